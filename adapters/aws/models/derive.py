#!/usr/bin/env python3
"""Derives the tables beside this script from botocore's service models (Apache-2.0).

    python3 -m venv /tmp/models && /tmp/models/bin/pip install botocore==1.44.8
    /tmp/models/bin/python adapters/aws/models/derive.py

A table keeps what a request and its answer need: operations, the shapes that they reach, error codes. Documentation,
validation and what concerns other clients is left out. Operations with event streams are left out, too: a task has one answer.
"""
import json
import pathlib

import botocore
from botocore.loaders import Loader

# The name in a task's resource, and botocore's folder.
SERVICES = {
    "dynamodb": "dynamodb",
    "eventbridge": "events",
    "lambda": "lambda",
    "s3": "s3",
    "sfn": "stepfunctions",
    "sns": "sns",
    "sqs": "sqs",
}
MEMBER = {"shape": "shape", "location": "location", "locationName": "name", "flattened": "flattened",
          "timestampFormat": "timestampFormat", "xmlAttribute": "xmlAttribute"}
SHAPE = {"type": "type", "flattened": "flattened", "timestampFormat": "timestampFormat", "payload": "payload"}


def picked(names, source):
    return {short: source[long] for long, short in names.items() if source.get(long) not in (None, False)}


def member(source):
    kept = picked(MEMBER, source)
    if "xmlNamespace" in source:
        kept["xmlNamespace"] = source["xmlNamespace"]
    return kept


def shape(source):
    kept = picked(SHAPE, source)
    if "xmlNamespace" in source:
        kept["xmlNamespace"] = source["xmlNamespace"]
    if source["type"] == "structure":
        kept["members"] = {name: member(it) for name, it in source.get("members", {}).items()}
    for part in ("member", "key", "value"):
        if part in source:
            kept[part] = member(source[part])
    return kept


def reached(shapes, roots):
    found, todo = set(), list(roots)
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        source = shapes[name]
        below = list(source.get("members", {}).values())
        below += [source[part] for part in ("member", "key", "value") if part in source]
        todo += [it["shape"] for it in below]
    return found


def streams_events(shapes, root):
    return any(shapes[name].get("eventstream") for name in reached(shapes, [root]))


def operation(source):
    http, output = source.get("http", {}), source.get("output", {})
    kept = {"name": source["name"], "method": http.get("method", "POST"), "uri": http.get("requestUri", "/")}
    request = source.get("input", {})
    kept["input"], kept["output"] = request.get("shape"), output.get("shape")
    kept["wrapper"] = output.get("resultWrapper")
    kept["element"] = request.get("locationName")
    kept["namespace"] = request.get("xmlNamespace", {}).get("uri")
    checksum = source.get("httpChecksum", {})
    kept["checksum"] = bool(checksum.get("requestAlgorithmMember") or checksum.get("requestChecksumRequired"))
    return {name: value for name, value in kept.items() if value not in (None, False)}


def table(model):
    meta, shapes = model["metadata"], model["shapes"]
    operations, roots = {}, []
    for name, source in sorted(model["operations"].items()):
        ends = [source[end]["shape"] for end in ("input", "output") if end in source]
        if any(streams_events(shapes, end) for end in ends):
            continue
        roots += ends
        operations[name[0].lower() + name[1:]] = operation(source)
    errors = {it.get("error", {}).get("code", name): name
              for name, it in sorted(shapes.items()) if it.get("exception")}
    # By either name: a JSON answer names the shape, an XML one the code.
    errors |= {name: name for name, it in sorted(shapes.items()) if it.get("exception")}
    head = {"protocol": meta["protocol"], "version": meta["apiVersion"], "endpoint": meta["endpointPrefix"],
            "signing": meta.get("signingName", meta["endpointPrefix"]), "json": meta.get("jsonVersion"),
            "target": meta.get("targetPrefix"), "namespace": meta.get("xmlNamespace")}
    kept = {name: shape(shapes[name]) for name in sorted(reached(shapes, roots))}
    return {name: value for name, value in head.items() if value}, operations, errors, kept


def rows(entries):
    compact = lambda it: json.dumps(it, separators=(",", ":"))
    return ",\n".join(f"{json.dumps(name)}:{compact(it)}" for name, it in entries.items())


def main():
    loader = Loader()
    for name, folder in SERVICES.items():
        head, operations, errors, shapes = table(loader.load_service_model(folder, "service-2"))
        head = {"botocore": botocore.__version__} | head
        text = "{\n" + rows(head) + ',\n"operations":{\n' + rows(operations)
        text += '\n},\n"errors":{\n' + rows(errors) + '\n},\n"shapes":{\n' + rows(shapes) + "\n}\n}\n"
        json.loads(text)
        pathlib.Path(__file__).with_name(f"{name}.json").write_text(text)


if __name__ == "__main__":
    main()
