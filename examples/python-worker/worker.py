"""Serves the order pipeline's queues from Python: the contract in `proto/`, grpcio, and nothing else."""
import base64, json, os, re, signal, sys, threading, time
from concurrent.futures import ThreadPoolExecutor

import grpc
from everstep.v1 import tasks_pb2 as pb
from everstep.v1.tasks_pb2_grpc import TasksStub
from google.protobuf.duration_pb2 import Duration

QUEUES = ["payment", "inventory", "shipping", "refund", "email", "fraud-check"]
AGAIN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.DEADLINE_EXCEEDED)
KEPT = "\0{}\0"  # how a number is kept while it is here: as its text, so that 1.10 stays 1.10
AGAIN_CODES = [code.value[0] for code in AGAIN]
DIGITS = "([-+.0-9eE]+)"
ACCESS_KEY = f"{os.environ.get('EVERSTEP_ACCESS_KEY_ID', '')}:{os.environ.get('EVERSTEP_SECRET_ACCESS_KEY', '')}"
# Where the server asks for an access key, every call carries it.
METADATA = [] if ACCESS_KEY == ":" else [("authorization", "Basic " + base64.b64encode(ACCESS_KEY.encode()).decode())]


class TaskFailed(Exception):  # the error's name, which `ErrorEquals` matches, and its cause
    pass


def read(text):
    return json.loads(text, parse_float=KEPT.format, parse_int=KEPT.format)


def write(value):
    return re.sub(re.escape(json.dumps(KEPT)).replace(r"\{\}", DIGITS), r"\1", json.dumps(value))


def handle(task):
    """The output, or None where there shall be no answer at all."""
    order = read(task.input)
    named = lambda what: f"{what}-" + re.sub(f"^{KEPT.format(DIGITS)}$", r"\1", order["order_id"])
    skus = [item["sku"] for item in order.get("items", [])]
    match task.queue:
        case "payment" if order["card"]["number"] == "4000000000000002":
            return {"paid": False, "amount": order["amount"]}
        case "payment":
            return {"paid": True, "receipt": named("receipt"), "amount": order["amount"]}
        case "inventory" if "GONE" in skus:
            raise TaskFailed("OutOfStock", "no GONE is left")
        case "inventory" if "SLOW-ALWAYS" in skus or ("SLOW-ONCE" in skus and task.attempt == 1):
            return None
        case "inventory":
            return {"reservation": named("reservation"), "lines": len(skus)}
        case "shipping" if order["customer"]["country"] == "Atlantis":
            raise TaskFailed("ShippingFailed", "no carrier goes to Atlantis")
        case "shipping":
            return {"shipment": named("shipment"), "to": order["customer"]["name"], "holds": order["reservation"]}
        case "refund":
            return {"refund": named("refund"), "amount": order["amount"]}
    return {"sent": True} if task.queue == "email" else {"suspicious": False}


def patiently(call, request):
    """A server that is away, or full, is asked again: outcomes must not be lost."""
    while True:
        try:
            return call(request, timeout=30, metadata=METADATA)
        except grpc.RpcError as error:
            if error.code() not in AGAIN:
                raise
            time.sleep(0.5)


def beat(tasks, task, over):
    seconds = task.heartbeat_timeout.ToNanoseconds() / 1e9
    while seconds and not over.wait(seconds / 3):
        patiently(tasks.HeartbeatTasks, pb.HeartbeatTasksRequest(tokens=[task.token]))


def serve(tasks, task):
    over, outcome = threading.Event(), pb.TaskOutcome(token=task.token)
    threading.Thread(target=beat, args=(tasks, task, over), daemon=True).start()
    try:
        output = handle(task)
        if output is not None:
            outcome.output = write(output)
    except Exception as error:  # whatever it is, it is this task's failure
        known = isinstance(error, TaskFailed)
        outcome.failure.error, outcome.failure.cause = error.args if known else (type(error).__name__, str(error))
    report = pb.ReportTasksRequest(outcomes=[outcome] if outcome.WhichOneof("outcome") else [])
    while any(result.status.code in AGAIN_CODES for result in patiently(tasks.ReportTasks, report).results):
        time.sleep(0.5)
    over.set()


def main(server="127.0.0.1:7233", *queues):
    tasks, stop = TasksStub(grpc.insecure_channel(server)), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    poll = pb.PollTasksRequest(queues=queues or QUEUES, worker="python", max_tasks=32, wait=Duration(seconds=2))
    with ThreadPoolExecutor(32) as pool:  # its end waits for the tasks that run
        while not stop.is_set():
            if taken := patiently(tasks.PollTasks, poll).tasks:
                patiently(tasks.AcknowledgeTasks, pb.AcknowledgeTasksRequest(tokens=[task.token for task in taken]))
                pool.map(lambda task: serve(tasks, task), taken)


main(*sys.argv[1:])
