"""Every operation of the API once by boto3, every paginator, and errors as `client.exceptions` has them."""
import json, os, socket, threading, time

import boto3
from botocore.config import Config

from calls import Calls, has
from orders import ROLE, equal

ACCOUNT = "arn:aws:states:us-east-1:000000000000"
DESCRIBED = "stateMachineArn name status definition roleArn type creationDate loggingConfiguration tracingConfiguration encryptionConfiguration"
RUNNING = "executionArn stateMachineArn name status startDate input inputDetails redriveCount redriveStatus redriveStatusReason"
COUNTS = "pending running succeeded failed timedOut aborted total resultsWritten failuresNotRedrivable pendingRedrive"


def client(**settings):
    return boto3.client("stepfunctions", config=Config(read_timeout=75, retries={"total_max_attempts": 1}, **settings))


def machine(*states, prefix="S"):
    """A definition of the states in their order, each given by its fields. Names are a machine's own, within Maps too: hence the prefix."""
    names = [f"{prefix}{number}" for number in range(1, len(states) + 1)]
    last = [*({"Next": name} for name in names[1:]), {"End": True}]
    return json.dumps({"StartAt": names[0], "States": {name: state | end for name, state, end in zip(names, states, last)}})


PASS = {"Type": "Pass"}


class Scenario:
    def __init__(self):
        self.call = Calls(client(inject_host_prefix=False))
        self.refused = self.call.refused

    def task(self, activity):
        return self.call("GetActivityTask", "taskToken input", activityArn=activity, workerName="operations")

    def described(self, execution, status, members):
        """The execution's description once it has this status."""
        deadline = time.monotonic() + 60
        while self.call.client.describe_execution(executionArn=execution)["status"] != status:
            if time.monotonic() > deadline:
                raise AssertionError(f"{execution} is not {status}")
            time.sleep(0.2)
        return self.call("DescribeExecution", members, executionArn=execution)

    def activities(self):
        call = self.call
        arn = call("CreateActivity", "activityArn creationDate", name="operations", tags=[{"key": "team", "value": "orders"}])["activityArn"]
        equal("the activity's ARN", arn, f"{ACCOUNT}:activity:operations")
        described = call("DescribeActivity", "activityArn name creationDate encryptionConfiguration?", activityArn=arn)
        equal("its name", described["name"], "operations")
        listed = call("ListActivities", "activities", maxResults=1000)["activities"]
        equal("it is listed", [item["name"] for item in listed if item["activityArn"] == arn], ["operations"])
        other = call("CreateActivity", "activityArn creationDate", name="operations-deleted")["activityArn"]
        call("DeleteActivity", "", activityArn=other)
        self.refused("DescribeActivity", "ActivityDoesNotExist", f"Activity Does Not Exist: '{other}'", activityArn=other)
        return arn

    def machines(self):
        call = self.call
        arn = call("CreateStateMachine", "stateMachineArn creationDate", name="operations", definition=machine(PASS), roleArn=ROLE)["stateMachineArn"]
        equal("the machine's ARN", arn, f"{ACCOUNT}:stateMachine:operations")
        described = call("DescribeStateMachine", DESCRIBED, stateMachineArn=arn)
        equal("its definition", described["definition"], machine(PASS))
        equal("its tracing", described["tracingConfiguration"], {"enabled": False})
        equal("its logging", described["loggingConfiguration"], {"level": "OFF", "includeExecutionData": False})
        equal("its encryption", described["encryptionConfiguration"], {"type": "AWS_OWNED_KEY"})
        call("UpdateStateMachine", "updateDate revisionId", stateMachineArn=arn, definition=machine(PASS, PASS))
        described = call("DescribeStateMachine", f"{DESCRIBED} revisionId", stateMachineArn=arn)
        equal("its new definition", described["definition"], machine(PASS, PASS))
        listed = call("ListStateMachines", "stateMachines", maxResults=1000)["stateMachines"]
        [item] = [item for item in listed if item["stateMachineArn"] == arn]
        has("a listed machine", item, "stateMachineArn name type creationDate")
        other = call("CreateStateMachine", "stateMachineArn creationDate", name="operations-deleted", definition=machine(PASS), roleArn=ROLE)
        call("DeleteStateMachine", "", stateMachineArn=other["stateMachineArn"])
        return arn

    def versions(self, arn):
        call = self.call
        first = call("PublishStateMachineVersion", "creationDate stateMachineVersionArn", stateMachineArn=arn)["stateMachineVersionArn"]
        equal("the version's ARN", first, f"{arn}:1")
        updated = call(
            "UpdateStateMachine", "updateDate revisionId stateMachineVersionArn", stateMachineArn=arn, definition=machine(PASS), publish=True
        )
        second = updated["stateMachineVersionArn"]
        listed = call("ListStateMachineVersions", "stateMachineVersions", stateMachineArn=arn)["stateMachineVersions"]
        equal("the versions", [item["stateMachineVersionArn"] for item in listed], [second, first])
        route = [{"stateMachineVersionArn": first, "weight": 0}, {"stateMachineVersionArn": second, "weight": 100}]
        alias = call("CreateStateMachineAlias", "stateMachineAliasArn creationDate", name="live", routingConfiguration=route)["stateMachineAliasArn"]
        members = "stateMachineAliasArn name routingConfiguration creationDate updateDate description?"
        equal("its route", call("DescribeStateMachineAlias", members, stateMachineAliasArn=alias)["routingConfiguration"], route)
        started = call("StartExecution", "executionArn startDate", stateMachineArn=alias)["executionArn"]
        members = f"{RUNNING} stopDate output outputDetails stateMachineAliasArn stateMachineVersionArn"
        described = self.described(started, "SUCCEEDED", members)
        equal("what it was started by", (described["stateMachineAliasArn"], described["stateMachineVersionArn"]), (alias, second))
        self.refused("DeleteStateMachineVersion", "ConflictException", ".+", stateMachineVersionArn=second)
        call("UpdateStateMachineAlias", "updateDate", stateMachineAliasArn=alias, routingConfiguration=[{"stateMachineVersionArn": second, "weight": 100}])
        listed = call("ListStateMachineAliases", "stateMachineAliases", stateMachineArn=arn)["stateMachineAliases"]
        equal("the aliases", [item["stateMachineAliasArn"] for item in listed], [alias])
        call("DeleteStateMachineVersion", "", stateMachineVersionArn=first)
        call("DeleteStateMachineAlias", "", stateMachineAliasArn=alias)

    def tags(self, arn):
        tags = [{"key": "team", "value": "orders"}, {"key": "stage", "value": "test"}]
        self.call("TagResource", "", resourceArn=arn, tags=tags)
        self.call("UntagResource", "", resourceArn=arn, tagKeys=["stage"])
        equal("its tags", self.call("ListTagsForResource", "tags", resourceArn=arn)["tags"], tags[:1])

    def executions(self, activity):
        """One whose task fails, and succeeds after a redrive; and one that is stopped."""
        call = self.call
        task = {"Type": "Task", "Resource": activity, "HeartbeatSeconds": 60}
        arn = call("CreateStateMachine", "stateMachineArn creationDate", name="operations-task", definition=machine(task), roleArn=ROLE)["stateMachineArn"]
        started = call("StartExecution", "executionArn startDate", stateMachineArn=arn, name="first", input='{"n":1.10}')["executionArn"]
        equal("the execution's ARN", started, f"{ACCOUNT}:execution:operations-task:first")
        given = self.task(activity)
        equal("the task's input", given["input"], '{"n":1.10}')
        equal("while it runs", self.described(started, "RUNNING", RUNNING)["input"], '{"n":1.10}')
        call("SendTaskHeartbeat", "", taskToken=given["taskToken"])
        call("SendTaskFailure", "", taskToken=given["taskToken"], error="Broken", cause="at the first try")
        failed = self.described(started, "FAILED", f"{RUNNING.removesuffix(' redriveStatusReason')} stopDate error cause")
        equal("how it failed", (failed["error"], failed["cause"], failed["redriveStatus"]), ("Broken", "at the first try", "REDRIVABLE"))
        self.refused("SendTaskSuccess", "TaskTimedOut", "Task Timed Out: '.+'", taskToken=given["taskToken"], output="1")
        call("RedriveExecution", "redriveDate", executionArn=started)
        call("SendTaskSuccess", "", taskToken=self.task(activity)["taskToken"], output='{"n":1.10}')
        ended = self.described(started, "SUCCEEDED", f"{RUNNING} redriveDate stopDate output outputDetails")
        equal("how it ended", (ended["output"], ended["redriveCount"]), ('{"n":1.10}', 1))
        self.stopped(arn)
        self.listed(arn)
        call("DescribeStateMachineForExecution", DESCRIBED.replace("status ", "").replace("type creationDate", "updateDate"), executionArn=started)
        self.history(started)
        return started

    def stopped(self, arn):
        started = self.call("StartExecution", "executionArn startDate", stateMachineArn=arn, name="second")["executionArn"]
        self.call("StopExecution", "stopDate", executionArn=started, error="Unwanted", cause="nobody waits for it")
        members = f"{RUNNING.removesuffix(' redriveStatusReason')} stopDate error cause"
        equal("how it was stopped", self.described(started, "ABORTED", members)["error"], "Unwanted")

    def listed(self, arn):
        items = self.call("ListExecutions", "executions", stateMachineArn=arn)["executions"]
        equal("the executions", [(item["name"], item["status"]) for item in items], [("second", "ABORTED"), ("first", "SUCCEEDED")])
        has("a listed execution", items[0], "executionArn stateMachineArn name status startDate stopDate redriveCount")

    def history(self, execution):
        events = self.call("GetExecutionHistory", "events", executionArn=execution)["events"]
        types = "ExecutionStarted TaskStateEntered ActivityScheduled ActivityStarted ActivityFailed ExecutionFailed ExecutionRedriven"
        again = "ActivityScheduled ActivityStarted ActivitySucceeded TaskStateExited ExecutionSucceeded"
        equal("the history", [event["type"] for event in events], f"{types} {again}".split())
        equal("its ids", [event["id"] for event in events], list(range(1, len(events) + 1)))
        has("an event", events[0], "timestamp type id previousEventId executionStartedEventDetails")
        details = {"input": '{"n":1.10}', "inputDetails": {"truncated": False}, "roleArn": ROLE}
        equal("its details", events[0]["executionStartedEventDetails"], details)
        backwards = self.call("GetExecutionHistory", "events nextToken", executionArn=execution, reverseOrder=True, maxResults=3)["events"]
        equal("it backwards", [event["id"] for event in backwards], [12, 11, 10])

    def map_runs(self, activity):
        """Two Distributed Maps in one execution; the first is described, and changed, while it runs."""
        call, arn, started = self.call, *self.map_started(activity)
        first = self.task(activity)
        [run] = call("ListMapRuns", "mapRuns", executionArn=started)["mapRuns"]
        has("a listed map run", run, "executionArn mapRunArn stateMachineArn startDate")
        members = "mapRunArn executionArn status startDate maxConcurrency toleratedFailurePercentage toleratedFailureCount itemCounts executionCounts redriveCount"
        described = call("DescribeMapRun", members, mapRunArn=run["mapRunArn"])
        equal("it runs", (described["status"], described["maxConcurrency"], described["itemCounts"]["total"]), ("RUNNING", 1, 2))
        has("its counts", described["itemCounts"], COUNTS)
        call("UpdateMapRun", "", mapRunArn=run["mapRunArn"], maxConcurrency=2)
        equal("it is changed", call("DescribeMapRun", members, mapRunArn=run["mapRunArn"])["maxConcurrency"], 2)
        second = self.task(activity)  # there is room for it now, though the first is not done
        children = call("ListExecutions", "executions", mapRunArn=run["mapRunArn"])["executions"]
        equal("its children", [child["status"] for child in children], ["RUNNING", "RUNNING"])
        redriven = call("ListExecutions", "executions", mapRunArn=run["mapRunArn"], redriveFilter="REDRIVEN")["executions"]
        equal("the redriven ones", redriven, [])
        of_child = call(
            "DescribeStateMachineForExecution",
            "stateMachineArn name definition roleArn updateDate loggingConfiguration tracingConfiguration encryptionConfiguration mapRunArn label",
            executionArn=children[0]["executionArn"],
        )
        equal("their map run", of_child["mapRunArn"], run["mapRunArn"])
        for given in (first, second):
            call("SendTaskSuccess", "", taskToken=given["taskToken"], output=given["input"])
        self.described(started, "SUCCEEDED", f"{RUNNING} stopDate output outputDetails")
        ended = call("DescribeMapRun", f"{members} stopDate", mapRunArn=run["mapRunArn"])
        equal("its end", (ended["status"], ended["itemCounts"]["succeeded"]), ("SUCCEEDED", 2))
        return started

    def map_started(self, activity):
        inner = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
        tasks = {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": json.loads(machine({"Type": "Task", "Resource": activity}, prefix="A")) | inner}
        passes = {"Type": "Map", "ItemProcessor": json.loads(machine(PASS, prefix="B")) | inner}
        arn = self.call("CreateStateMachine", "stateMachineArn creationDate", name="operations-map", definition=machine(tasks, passes), roleArn=ROLE)
        started = self.call("StartExecution", "executionArn startDate", stateMachineArn=arn["stateMachineArn"], input="[1,2]")
        return arn["stateMachineArn"], started["executionArn"]

    def express(self):
        """Without the host's prefix, and with it: `sync-` before names and addresses that resolve as if it were not there."""
        definition = machine({"Type": "Pass", "Result": {"total": 1}})
        arn = self.call("CreateStateMachine", "stateMachineArn creationDate", name="operations-express", type="EXPRESS", definition=definition, roleArn=ROLE)
        members = "executionArn stateMachineArn name startDate stopDate status input inputDetails output outputDetails billingDetails"
        request = {"stateMachineArn": arn["stateMachineArn"], "name": "quick", "input": "{}"}
        answer = self.call("StartSyncExecution", members, **request)
        equal("how it ended", (answer["status"], answer["output"], answer["name"]), ("SUCCEEDED", '{"total":1}', "quick"))
        has("what it would cost", answer["billingDetails"], "billedDurationInMilliseconds billedMemoryUsedInMB")
        hosts = resolve_prefixed()
        port = os.environ["AWS_ENDPOINT_URL"].rsplit(":", 1)[1]
        for host in ("localhost", "127.0.0.1"):
            prefixed = boto3.client("stepfunctions", endpoint_url=f"http://{host}:{port}", config=Config(inject_host_prefix=True))
            equal(f"by sync-{host}", prefixed.start_sync_execution(**request)["output"], '{"total":1}')
        equal("the hosts that were asked for", hosts, {"sync-localhost", "sync-127.0.0.1"})

    def offline(self):
        tested = self.call("TestState", "output status inspectionData", definition=json.dumps(PASS | {"End": True}), input='{"a": 1}', inspectionLevel="DEBUG")
        equal("the state tested", (tested["output"], tested["status"]), ('{"a": 1}', "SUCCEEDED"))
        found = self.call("ValidateStateMachineDefinition", "result diagnostics truncated", definition='{"StartAt": "S1"}')
        equal("the faults", [(item["severity"], item["code"]) for item in found["diagnostics"]], [("ERROR", "SCHEMA_VALIDATION_FAILED")])

    def errors(self, activity):
        none, call = f"{ACCOUNT}:stateMachine:none", self.refused
        call("DescribeStateMachine", "StateMachineDoesNotExist", f"State Machine Does Not Exist: '{none}'", stateMachineArn=none)
        call("DescribeStateMachine", "InvalidArn", "Invalid Arn: 'Invalid ARN prefix: none'", stateMachineArn="none")
        none = f"{ACCOUNT}:execution:none:none"
        call("DescribeExecution", "ExecutionDoesNotExist", f"Execution Does Not Exist: '{none}'", executionArn=none)
        call("SendTaskSuccess", "InvalidToken", "Invalid Token: 'Invalid token'", taskToken="none", output="1")
        text = r"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: \[StartAt\] at /.*'"
        call("CreateStateMachine", "InvalidDefinition", text, name="none", definition='{"States":{"S1":{"Type":"Succeed"}}}', roleArn=ROLE)
        call("CreateStateMachine", "InvalidName", "Invalid Name: 'a b'", name="a b", definition=machine(PASS), roleArn=ROLE)
        arn = f"{ACCOUNT}:stateMachine:operations-task"
        call("StartExecution", "InvalidExecutionInput", "Invalid State Machine Execution Input: 'Unrecognized token 'not'.+", stateMachineArn=arn, input="not")
        call("StartExecution", "ExecutionAlreadyExists", "Execution Already Exists: '.+'", stateMachineArn=arn, name="first", input="{}")
        call("StartSyncExecution", "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine", stateMachineArn=arn)
        call("UpdateStateMachine", "MissingRequiredParameter", ".+", stateMachineArn=arn)
        call("RedriveExecution", "ExecutionNotRedrivable", ".+", executionArn=f"{ACCOUNT}:execution:operations-task:first")
        text = "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000"
        call("ListStateMachines", "ValidationException", text, maxResults=1001)
        call("ListTagsForResource", "ResourceNotFound", ".+", resourceArn=f"{ACCOUNT}:stateMachine:none")

    def paginators(self, execution, mapped):
        """Each of botocore's, a few items a page: what comes is what one call gives."""
        requests = {
            "GetExecutionHistory": ("events", {"executionArn": execution}),
            "ListActivities": ("activities", {}),
            "ListExecutions": ("executions", {"stateMachineArn": f"{ACCOUNT}:stateMachine:operations-task"}),
            "ListMapRuns": ("mapRuns", {"executionArn": mapped}),
            "ListStateMachines": ("stateMachines", {}),
        }
        client = self.call.client
        names = client.meta.method_to_api_mapping
        equal("the paginators", sorted(api for method, api in names.items() if client.can_paginate(method)), sorted(requests))
        equal("the waiters", client.waiter_names, [])
        for operation, (items, request) in requests.items():
            method = next(method for method, api in names.items() if api == operation)
            pages = list(client.get_paginator(method).paginate(**request, PaginationConfig={"PageSize": 1}))
            if len(pages) < 2:
                raise AssertionError(f"{operation} gave all on one page")
            own = [item for page in pages for item in page[items] if "operations" in str(item) or operation == "GetExecutionHistory"]
            whole = [item for item in getattr(client, method)(**request, maxResults=1000)[items] if item in own]
            equal(f"{operation} by pages", own, whole)


def resolve_prefixed():
    """Lets names with the prefix resolve, as a wildcard in the DNS would; gives the set of those that were asked for."""
    asked, resolve = set(), socket.getaddrinfo

    def getaddrinfo(host, *rest, **more):
        if isinstance(host, str) and host.startswith("sync-"):
            asked.add(host)
            host = host.removeprefix("sync-")
        return resolve(host, *rest, **more)

    socket.getaddrinfo = getaddrinfo
    return asked


def idle_poll(idle, faults):
    """A poll for which there is no task is held for a minute, and answered by nothing."""
    try:
        arn = idle.create_activity(name="operations-idle")["activityArn"]
        begun = time.monotonic()
        answer = idle.get_activity_task(activityArn=arn)
        held = time.monotonic() - begun
        equal("the answer of an idle poll", (answer.get("taskToken"), answer.get("input")), (None, None))
        if not 55 < held < 75:
            raise AssertionError(f"an idle poll was held for {held:.1f} s")
    except Exception as fault:
        faults.append(fault)


def main():
    faults = []
    idle = threading.Thread(target=idle_poll, args=(client(), faults), daemon=True)
    idle.start()
    scenario = Scenario()
    activity = scenario.activities()
    arn = scenario.machines()
    scenario.tags(arn)
    scenario.versions(arn)
    execution = scenario.executions(activity)
    mapped = scenario.map_runs(activity)
    scenario.express()
    scenario.offline()
    scenario.errors(activity)
    scenario.paginators(execution, mapped)
    call = scenario.call
    equal("the operations called", sorted(call.made), sorted(call.client.meta.service_model.operation_names))
    idle.join()
    if faults:
        raise faults[0]
    print(f"{len(call.made)} operations")


main()
