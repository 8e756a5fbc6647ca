#!/usr/bin/env python3
"""Derives the tables beside this script from botocore's service models (Apache-2.0): what an operation answers.

    python3 -m venv /tmp/models && /tmp/models/bin/pip install botocore==1.44.8
    /tmp/models/bin/python orchestrator/execution/src/test_state/answers/derive.py

A shape without a bound or a list of values stands as its type where it is used. Documentation and patterns are left out.
"""
import json
import pathlib

import botocore
from botocore.loaders import Loader

# The service's name in a resource after `aws-sdk:`, and botocore's folder.
SERVICES = {
    "batch": "batch",
    "dynamodb": "dynamodb",
    "ecs": "ecs",
    "eventbridge": "events",
    "kms": "kms",
    "lambda": "lambda",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "sfn": "stepfunctions",
    "sns": "sns",
    "sqs": "sqs",
}
# What Step Functions was recorded to go by, where botocore's model has moved on.
RECORDED = {("lambda", "MemorySize"): {"max": 10240}}
BOUNDS = ("min", "max", "enum")
NUMBERS = ("integer", "long", "float", "double")


class Table:
    def __init__(self, service, shapes):
        self.service, self.shapes, self.kept = service, shapes, {}

    def use(self, name):
        """The shape's name, or its type where that says all."""
        source = self.shapes[name]
        kind = "number" if source["type"] in NUMBERS else source["type"]
        if kind in ("structure", "list", "map"):
            if name not in self.kept:
                self.kept[name] = {"type": kind}
                self.kept[name] |= self.parts(kind, source)
            return name
        bounds = {bound: source[bound] for bound in BOUNDS if bound in source and kind != "timestamp"}
        if not bounds:
            return kind
        self.kept[name] = {"type": kind} | bounds | RECORDED.get((self.service, name), {})
        return name

    def parts(self, kind, source):
        if kind == "list":
            return {"of": self.use(source["member"]["shape"])}
        if kind == "map":
            return {"of": self.use(source["value"]["shape"])}
        members = {name: self.use(it["shape"]) for name, it in source.get("members", {}).items()}
        required = source.get("required", [])
        return {"members": list(members.items())} | ({"required": required} if required else {})


def main():
    loader = Loader()
    for name, folder in SERVICES.items():
        model = loader.load_service_model(folder, "service-2")
        table = Table(name, model["shapes"])
        operations = {it[0].lower() + it[1:]: table.use(source["output"]["shape"])
                      for it, source in sorted(model["operations"].items()) if "output" in source}
        rows = lambda entries: ",\n".join(f"{json.dumps(it)}:{json.dumps(entries[it], separators=(',', ':'))}" for it in sorted(entries))
        text = f'{{\n"botocore":"{botocore.__version__}",\n"operations":{{\n{rows(operations)}\n}},\n"shapes":{{\n{rows(table.kept)}\n}}\n}}\n'
        json.loads(text)
        pathlib.Path(__file__).with_name(f"{name}.json").write_text(text)


main()
