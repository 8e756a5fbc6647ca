"""The orders and what is done with them, whichever Python client carries them: the data of an order says what happens to it."""
import json, os, threading

MACHINE = os.environ["ORDER_MACHINE"]
QUEUES = ["payment", "inventory", "shipping", "refund", "email"]
ROLE = "arn:aws:iam::000000000000:role/orders"


class Number:
    """A number as its text, so that 1.10 stays 1.10 and an id of 20 digits loses none."""

    def __init__(self, text):
        self.text = text


def read(json_text):
    return json.loads(json_text, parse_float=Number, parse_int=Number)


def write(value):
    match value:
        case Number():
            return value.text
        case dict():
            return "{" + ",".join(f"{text(key)}:{write(held)}" for key, held in value.items()) + "}"
        case list():
            return "[" + ",".join(map(write, value)) + "]"
    return text(value)


def text(value):
    return json.dumps(value, ensure_ascii=False)  # a character is sent as itself: escapes would swell the large orders beyond the limit


def orders():
    with open(os.environ["ORDERS"], encoding="utf-8") as lines:
        return [read(line) for line in lines]


def definition(activities):
    """The example's definition, each queue's name replaced by its activity's ARN."""
    with open(MACHINE, encoding="utf-8") as file:
        definition = file.read()
    for queue, arn in activities.items():
        definition = definition.replace(f'"Resource": "{queue}"', f'"Resource": "{arn}"')
    return definition


class TaskFailed(Exception):
    """The error's name, which `ErrorEquals` matches, and its cause."""


class Shop:
    """What the workers do. A task from AWS's face tells no attempt number: slow orders are remembered here."""

    def __init__(self):
        self.lock, self.held = threading.Lock(), {}

    def handle(self, queue, input):
        """The output as JSON text, or None where there shall be no answer at all."""
        order = read(input)
        output = self.work(queue, order, id_of(order), [item["sku"] for item in order.get("items", [])])
        return None if output is None else write(output)

    def work(self, queue, order, name, skus):
        match queue:
            case "payment" if order["card"]["number"] == "4000000000000002":
                return {"paid": False, "amount": order["amount"]}
            case "payment":
                return {"paid": True, "receipt": f"receipt-{name}", "amount": order["amount"]}
            case "inventory" if "GONE" in skus:
                raise TaskFailed("OutOfStock", "no GONE is left")
            case "inventory" if self.slow(name, skus):
                return None
            case "inventory":
                return {"reservation": f"reservation-{name}", "lines": len(skus)}
            case "shipping" if order["customer"]["country"] == "Atlantis":
                raise TaskFailed("ShippingFailed", "no carrier goes to Atlantis")
            case "shipping":
                return {"shipment": f"shipment-{name}", "to": order["customer"]["name"], "holds": order["reservation"]}
            case "refund":
                return {"refund": f"refund-{name}", "amount": order["amount"]}
            case "email":
                return {"sent": True}
        raise ValueError(f"no such queue: {queue}")

    def slow(self, name, skus):
        with self.lock:
            before = self.held.get(name, 0)
            if not ("SLOW-ALWAYS" in skus or ("SLOW-ONCE" in skus and before == 0)):
                return False
            self.held[name] = before + 1
            return True


def id_of(order):
    return order["order_id"].text if isinstance(order["order_id"], Number) else order["order_id"]


def held_as_expected(shop):
    """Each slow order was held as often as its Retry lets it be: once, or four times and given up."""
    slow = {}
    for order in orders():
        skus = [item["sku"] for item in order["input"]["items"]]
        if "SLOW-ONCE" in skus or "SLOW-ALWAYS" in skus:
            slow[id_of(order["input"])] = 4 if "SLOW-ALWAYS" in skus else 1
    equal("what was held", shop.held, slow)


def check(order, description, states):
    """One execution's end against what the order says of it, to the last digit and character."""
    name, expected = order["name"], order["expect"]
    equal(f"{name}: status", description["status"], expected["status"])
    equal(f"{name}: error", description.get("error"), expected.get("error"))
    equal(f"{name}: input", description["input"], write(order["input"]))
    equal(f"{name}: states", states, expected["states"])
    if expected["status"] == "SUCCEEDED":
        wanted = order["input"] | expected.get("adds", {})
        equal(f"{name}: output", write(read(description["output"])), write(wanted))


def equal(what, found, wanted):
    if found != wanted:
        raise AssertionError(f"{what} is\n  {shortened(found)}\nbut should be\n  {shortened(wanted)}")


def shortened(value):
    shown = repr(value)
    return shown if len(shown) < 1500 else f"{shown[:1500]}… ({len(shown)} characters)"
