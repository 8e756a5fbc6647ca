package everstep.clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.GetActivityTaskResponse;
import software.amazon.awssdk.services.sfn.model.StartSyncExecutionResponse;
import software.amazon.awssdk.services.sfn.model.TaskTimedOutException;

/**
 * The order pipeline by the AWS SDK for Java v2: makes the activities and the machine, serves them, starts the orders, and checks
 * how each ends.
 */
public final class Pipeline {
    private static final List<String> QUEUES = List.of("payment", "inventory", "shipping", "refund", "email");
    private static final String ROLE = "arn:aws:iam::000000000000:role/orders";
    private static final int POLLERS = 8; // of each queue: a slow order holds one for eight seconds
    private static final int DEADLINE_SECONDS = 240; // the slowest order, whose stock never answers, takes 38 s

    private final SfnClient client;
    private final Shop shop = new Shop();
    private final AtomicInteger heartbeats = new AtomicInteger();

    private Pipeline(SfnClient client) {
        this.client = client;
    }

    public static void main(String[] arguments) throws Exception {
        // The endpoint and the region are in the environment. GetActivityTask holds its answer for 60 s, longer than this client
        // waits by itself; and StartSyncExecution goes to a host with `sync-` before its name, which does not resolve here.
        SfnClient client = SfnClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(75)))
                .overrideConfiguration(it -> it.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true))
                .build();
        new Pipeline(client).run();
        System.exit(0); // the pollers are still waiting
    }

    private void run() throws Exception {
        startSync();
        ExecutorService threads = Executors.newCachedThreadPool();
        CompletionService<Void> ends = new ExecutorCompletionService<>(threads);
        String definition = Files.readString(Path.of(System.getenv("ORDER_MACHINE")));
        for (String queue : QUEUES) {
            String activity = client.createActivity(it -> it.name("java-" + queue)).activityArn();
            definition = definition.replace("\"Resource\": \"" + queue + "\"", "\"Resource\": \"" + activity + "\"");
            for (int number = 0; number < POLLERS; number++) {
                ends.submit(() -> serve(queue, activity)); // ends only by its fault
            }
        }
        String text = definition;
        String machine = client.createStateMachine(it -> it.name("order-java").definition(text).roleArn(ROLE)).stateMachineArn();
        List<JsonNode> orders = orders();
        for (JsonNode order : orders) {
            ends.submit(() -> check(machine, order));
        }
        for (int ended = 0; ended < orders.size(); ended++) {
            Future<Void> end = ends.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (end == null) {
                throw new AssertionError("orders are still running");
            }
            end.get();
        }
        same("what was held", new TreeMap<>(shop.held), slowOnes(orders));
        System.out.println(orders.size() + " orders, " + heartbeats + " heartbeats");
    }

    private void startSync() {
        String definition = "{\"StartAt\":\"Price\",\"States\":{\"Price\":{\"Type\":\"Pass\",\"Result\":{\"total\":1.10},\"End\":true}}}";
        String machine = client.createStateMachine(it -> it.name("price-java").type("EXPRESS").definition(definition).roleArn(ROLE))
                .stateMachineArn();
        StartSyncExecutionResponse answer = client.startSyncExecution(it -> it.stateMachineArn(machine).input("{}"));
        same("the end of StartSyncExecution", answer.statusAsString() + " " + answer.output(), "SUCCEEDED {\"total\":1.10}");
    }

    private Void serve(String queue, String activity) throws Exception {
        while (true) {
            GetActivityTaskResponse task = client.getActivityTask(it -> it.activityArn(activity).workerName(queue));
            if (task.taskToken() == null || task.taskToken().isEmpty()) {
                continue;
            }
            try {
                work(queue, task);
            } catch (TaskTimedOutException late) {
                continue; // on a busy machine, an answer that is refused: the attempt is over, and the task comes again
            }
        }
    }

    private void work(String queue, GetActivityTaskResponse task) throws Exception {
        String token = task.taskToken();
        try {
            String output = shop.handle(queue, task.input());
            if (output == null) {
                hold(token);
            } else {
                client.sendTaskSuccess(it -> it.taskToken(token).output(output));
            }
        } catch (Shop.TaskFailed failed) {
            client.sendTaskFailure(it -> it.taskToken(token).error(failed.error).cause(failed.getMessage()));
        }
    }

    /** No answer, but signs of life, until the attempt has timed out and they are refused. */
    private void hold(String token) throws InterruptedException {
        while (true) {
            client.sendTaskHeartbeat(it -> it.taskToken(token));
            heartbeats.incrementAndGet();
            Thread.sleep(1000);
        }
    }

    /** One order from its start to its end, which must be what the order says of it, to the last digit and character. */
    private Void check(String machine, JsonNode order) throws Exception {
        String name = order.get("name").asText();
        String input = Shop.JSON.writeValueAsString(order.get("input"));
        JsonNode expect = order.get("expect");
        String execution = client.startExecution(it -> it.stateMachineArn(machine).name(name).input(input)).executionArn();
        DescribeExecutionResponse end = ended(execution);
        same(name + ": status", end.statusAsString(), expect.get("status").asText());
        same(name + ": error", String.valueOf(end.error()), expect.path("error").asText("null"));
        same(name + ": input", end.input(), input);
        same(name + ": states", entered(execution), texts(expect.get("states")));
        if (end.status() == ExecutionStatus.SUCCEEDED) {
            ObjectNode output = order.get("input").deepCopy();
            expect.path("adds").properties().forEach(added -> output.set(added.getKey(), added.getValue()));
            same(name + ": output", canonical(Shop.JSON.readTree(end.output())), canonical(output));
        }
        return null;
    }

    private DescribeExecutionResponse ended(String execution) throws InterruptedException {
        while (true) {
            DescribeExecutionResponse end = client.describeExecution(it -> it.executionArn(execution));
            if (end.status() != ExecutionStatus.RUNNING) {
                return end;
            }
            Thread.sleep(500);
        }
    }

    private List<String> entered(String execution) {
        return client.getExecutionHistoryPaginator(it -> it.executionArn(execution).includeExecutionData(false).maxResults(10))
                .events().stream()
                .filter(event -> event.stateEnteredEventDetails() != null)
                .map(event -> event.stateEnteredEventDetails().name())
                .toList();
    }

    private static List<JsonNode> orders() throws Exception {
        List<JsonNode> orders = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(System.getenv("ORDERS")))) {
            orders.add(Shop.JSON.readTree(line));
        }
        return orders;
    }

    /** Each slow order is held as often as its Retry lets it be: once, or four times and given up. */
    private static Map<String, Integer> slowOnes(List<JsonNode> orders) {
        Map<String, Integer> slow = new TreeMap<>();
        for (JsonNode order : orders) {
            JsonNode input = order.get("input");
            if (Shop.asksFor(input, "SLOW-ALWAYS") || Shop.asksFor(input, "SLOW-ONCE")) {
                slow.put(Shop.id(input), Shop.asksFor(input, "SLOW-ALWAYS") ? 4 : 1);
            }
        }
        return slow;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static String canonical(JsonNode value) throws Exception {
        return Shop.JSON.writeValueAsString(value);
    }

    private static void same(String what, Object found, Object wanted) {
        if (!found.equals(wanted)) {
            throw new AssertionError("%s is%n  %.1500s%nbut should be%n  %.1500s".formatted(what, found, wanted));
        }
    }
}
