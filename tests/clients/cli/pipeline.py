"""The order pipeline by the AWS CLI v1: every call is one `aws stepfunctions ...`, as a script would make it."""
import json, os, re, subprocess, tempfile, threading, time

from orders import QUEUES, ROLE, Shop, TaskFailed, check, definition, equal, held_as_expected, orders, write

POLLERS = 2  # of each queue: each is a process
DEADLINE = 400  # seconds; each call starts Python anew
FILES = tempfile.TemporaryDirectory()
RUNNING = set()


class Refused(Exception):
    """AWS's name of the error is the first argument."""


def aws(command, **options):
    """The answer of one call, or None where there is none to read."""
    flags = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", *([] if value is True else [value]))]
    call = ["aws", "stepfunctions", command, *flags, "--output", "json", "--cli-read-timeout", "75"]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    RUNNING.add(process)
    answer, fault = process.communicate()
    RUNNING.discard(process)
    if process.returncode != 0:
        known = re.search(r"An error occurred \((\w+)\)", fault)
        raise Refused(known[1] if known else "?", fault.strip())
    return json.loads(answer) if answer.strip() else None


def patient(definition):
    """A call starts a process, which takes seconds on a busy machine: six times as long for each attempt, and between its heartbeats."""
    return re.sub(r'("(?:Timeout|Heartbeat)Seconds": )(\d+)', lambda limit: f"{limit[1]}{6 * int(limit[2])}", definition)


def in_file(name, text):
    """What is too long for a command line, or has characters that it can't carry."""
    path = os.path.join(FILES.name, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return f"file://{path}"


class Worker:
    def __init__(self, activities):
        self.shop, self.heartbeats, self.faults, self.over = Shop(), 0, [], False
        for queue, arn in activities.items():
            for number in range(POLLERS):
                threading.Thread(target=self.serve, args=(queue, arn, f"{queue}-{number}"), daemon=True).start()

    def serve(self, queue, arn, worker):
        try:
            while not self.over:
                task = aws("get-activity-task", activity_arn=arn, worker_name=worker) or {}
                if task.get("taskToken"):
                    self.work(queue, task)
        except Exception as fault:  # the whole run fails with it
            self.faults.append(fault)

    def work(self, queue, task):
        """An answer that comes too late, on a busy machine, is refused: the attempt is over, and the task comes again."""
        try:
            self.answer(task["taskToken"], queue, task["input"])
        except Refused as refused:
            equal("the refusal", refused.args[0], "TaskTimedOut")

    def answer(self, token, queue, input):
        try:
            output = self.shop.handle(queue, input)
        except TaskFailed as failure:
            error, cause = failure.args
            return aws("send-task-failure", task_token=token, error=error, cause=cause)
        if output is None:
            return self.hold(token)
        return aws("send-task-success", task_token=token, task_output=output)

    def hold(self, token):
        """No answer, but signs of life, until the attempt has timed out and they are refused."""
        while True:
            aws("send-task-heartbeat", task_token=token)
            self.heartbeats += 1
            time.sleep(1)


def end(arn, worker, deadline):
    while True:
        description = aws("describe-execution", execution_arn=arn)
        if description["status"] != "RUNNING":
            return description
        if worker.faults:
            raise worker.faults[0]
        if time.monotonic() > deadline:
            raise AssertionError(f"still running: {arn}")
        time.sleep(3)


def entered(arn):
    history = aws("get-execution-history", execution_arn=arn, no_include_execution_data=True, page_size="10")
    return [event["stateEnteredEventDetails"]["name"] for event in history["events"] if "stateEnteredEventDetails" in event]


def start_sync():
    price = '{"StartAt":"Price","States":{"Price":{"Type":"Pass","Result":{"total":1.10},"End":true}}}'
    machine = aws("create-state-machine", name="price-cli", type="EXPRESS", definition=price, role_arn=ROLE)
    answer = aws("start-sync-execution", state_machine_arn=machine["stateMachineArn"], input="{}")
    equal("the end of start-sync-execution", (answer["status"], answer["output"]), ("SUCCEEDED", '{"total":1.10}'))


def main():
    start_sync()
    activities = {queue: aws("create-activity", name=f"cli-{queue}")["activityArn"] for queue in QUEUES}
    text = in_file("definition", patient(definition(activities)))
    machine = aws("create-state-machine", name="order-cli", definition=text, role_arn=ROLE)["stateMachineArn"]
    worker, arns = Worker(activities), {}
    for order in orders():
        text = in_file(order["name"], write(order["input"]))
        arns[order["name"]] = aws("start-execution", state_machine_arn=machine, name=order["name"], input=text)["executionArn"]
    deadline = time.monotonic() + DEADLINE
    for order in orders():
        arn = arns[order["name"]]
        check(order, end(arn, worker, deadline), entered(arn))
    held_as_expected(worker.shop)
    print(f"{len(arns)} orders, {worker.heartbeats} heartbeats")
    worker.over = True
    for process in list(RUNNING):
        process.terminate()


main()
