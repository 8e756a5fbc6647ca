"""The order pipeline by boto3: makes the activities and the machine, serves them, starts the orders, and checks how each ends."""
import threading, time

import boto3
from botocore.config import Config

from orders import QUEUES, ROLE, Shop, TaskFailed, check, definition, held_as_expected, orders, write

POLLERS = 8  # of each queue: a slow order holds one for eight seconds
DEADLINE = 240  # seconds; the slowest order, whose stock never answers, takes 38

# GetActivityTask holds its answer for 60 s, which is where botocore gives up unless told otherwise.
CONFIG = Config(read_timeout=75, max_pool_connections=POLLERS * len(QUEUES) + 8, inject_host_prefix=False)


class Worker:
    def __init__(self, client, activities):
        self.client, self.shop = client, Shop()
        self.heartbeats, self.faults = 0, []
        for queue, arn in activities.items():
            for number in range(POLLERS):
                threading.Thread(target=self.serve, args=(queue, arn, f"{queue}-{number}"), daemon=True).start()

    def serve(self, queue, arn, worker):
        try:
            while True:
                task = self.client.get_activity_task(activityArn=arn, workerName=worker)
                if task.get("taskToken"):
                    self.work(queue, task)
        except Exception as fault:  # the whole run fails with it
            self.faults.append(fault)

    def work(self, queue, task):
        """An answer that comes too late, on a busy machine, is refused: the attempt is over, and the task comes again."""
        try:
            self.answer(task["taskToken"], queue, task["input"])
        except self.client.exceptions.TaskTimedOut:
            pass

    def answer(self, token, queue, input):
        try:
            output = self.shop.handle(queue, input)
        except TaskFailed as failure:
            error, cause = failure.args
            return self.client.send_task_failure(taskToken=token, error=error, cause=cause)
        if output is None:
            return self.hold(token)
        return self.client.send_task_success(taskToken=token, output=output)

    def hold(self, token):
        """No answer, but signs of life, until the attempt has timed out and they are refused."""
        while True:
            self.client.send_task_heartbeat(taskToken=token)
            self.heartbeats += 1
            time.sleep(1)


def ends(client, arns, worker):
    """The executions' descriptions, each once it has ended, by the order's name."""
    deadline, ended = time.monotonic() + DEADLINE, {}
    while len(ended) < len(arns):
        for name, arn in arns.items():
            if name not in ended:
                description = client.describe_execution(executionArn=arn)
                if description["status"] != "RUNNING":
                    ended[name] = description
        if worker.faults:
            raise worker.faults[0]
        if time.monotonic() > deadline:
            raise AssertionError(f"still running: {sorted(set(arns) - set(ended))}")
        time.sleep(0.5)
    return ended


def entered(client, arn):
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn, includeExecutionData=False, maxResults=10)
    return [event["stateEnteredEventDetails"]["name"] for event in pages.search("events[?stateEnteredEventDetails]")]


def main():
    client = boto3.client("stepfunctions", config=CONFIG)
    activities = {queue: client.create_activity(name=f"python-{queue}")["activityArn"] for queue in QUEUES}
    machine = client.create_state_machine(name="order-python", definition=definition(activities), roleArn=ROLE)
    worker = Worker(client, activities)
    arns = {}
    for order in orders():
        started = client.start_execution(stateMachineArn=machine["stateMachineArn"], name=order["name"], input=write(order["input"]))
        arns[order["name"]] = started["executionArn"]
    ended = ends(client, arns, worker)
    for order in orders():
        check(order, ended[order["name"]], entered(client, arns[order["name"]]))
    held_as_expected(worker.shop)
    print(f"{len(arns)} orders, {worker.heartbeats} heartbeats")


main()
