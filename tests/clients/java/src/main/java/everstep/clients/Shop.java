package everstep.clients;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the workers do with an order, whose data says what happens to it. */
final class Shop {
    /** Keeps numbers to the last digit: 1.10 stays 1.10, an id of 20 digits loses none. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** The error's name, which ErrorEquals matches, and its cause. */
    static final class TaskFailed extends Exception {
        final String error;

        TaskFailed(String error, String cause) {
            super(cause);
            this.error = error;
        }
    }

    /** A task from AWS's face tells no attempt number: how often each slow order was held is remembered here. */
    final Map<String, Integer> held = new ConcurrentHashMap<>();

    /** The output as JSON text, or null where there shall be no answer at all. */
    String handle(String queue, String text) throws TaskFailed, JsonProcessingException {
        JsonNode order = JSON.readTree(text);
        JsonNode output = work(queue, order, id(order));
        return output == null ? null : JSON.writeValueAsString(output);
    }

    private JsonNode work(String queue, JsonNode order, String id) throws TaskFailed {
        ObjectNode output = JSON.createObjectNode();
        switch (queue) {
            case "payment":
                if (order.at("/card/number").asText().equals("4000000000000002")) {
                    return output.put("paid", false).set("amount", order.get("amount"));
                }
                return output.put("paid", true).put("receipt", "receipt-" + id).set("amount", order.get("amount"));
            case "inventory":
                if (asksFor(order, "GONE")) {
                    throw new TaskFailed("OutOfStock", "no GONE is left");
                }
                if (slow(order, id)) {
                    return null;
                }
                return output.put("reservation", "reservation-" + id).put("lines", order.get("items").size());
            case "shipping":
                if (order.at("/customer/country").asText().equals("Atlantis")) {
                    throw new TaskFailed("ShippingFailed", "no carrier goes to Atlantis");
                }
                output.put("shipment", "shipment-" + id).set("to", order.at("/customer/name"));
                return output.set("holds", order.get("reservation"));
            case "refund":
                return output.put("refund", "refund-" + id).set("amount", order.get("amount"));
            case "email":
                return output.put("sent", true);
            default:
                throw new IllegalArgumentException("no such queue: " + queue);
        }
    }

    private boolean slow(JsonNode order, String id) {
        int before = held.getOrDefault(id, 0);
        boolean slow = asksFor(order, "SLOW-ALWAYS") || (asksFor(order, "SLOW-ONCE") && before == 0);
        if (slow) {
            held.merge(id, 1, Integer::sum);
        }
        return slow;
    }

    static boolean asksFor(JsonNode order, String sku) {
        for (JsonNode item : order.get("items")) {
            if (item.get("sku").asText().equals(sku)) {
                return true;
            }
        }
        return false;
    }

    /** An order's id as text: some are numbers of twenty digits. */
    static String id(JsonNode order) {
        return order.get("order_id").asText();
    }
}
