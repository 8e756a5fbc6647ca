#!/usr/bin/env python3
"""Writes service.json, what the AWS face checks requests against, from botocore's model of Step Functions.

Usage, with the version of botocore that the table then names:

    python3 -m venv /tmp/botocore && /tmp/botocore/bin/pip install botocore==1.44.8
    /tmp/botocore/bin/python derive.py > service.json

botocore is Apache-2.0. Documentation is left out, and so are shapes that no operation reaches.
"""

import gzip
import json
import pathlib

import botocore

# What AWS answers and the model does not say.
# From a report of an error in public, not recorded by us: "Member must have size less than or equal to 262144 bytes in UTF-8 encoding".
IN_BYTES = {"SensitiveData"}
# As LocalStack has it, not recorded by us: the order in which an error lists the values.
LISTED = {
    "ExecutionStatus": ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"],
}

ERROR_MEMBERS_OF_ALL = {"message"}


def read():
    folder = pathlib.Path(botocore.__file__).parent / "data/stepfunctions/2016-11-23"
    plain, packed = folder / "service-2.json", folder / "service-2.json.gz"
    return json.loads(plain.read_text() if plain.exists() else gzip.decompress(packed.read_bytes()))


def shape(name, found):
    kept = {"type": found["type"]}
    if found["type"] == "structure":
        required = found.get("required", [])
        kept["members"] = [
            {"name": member, "shape": its["shape"]} | ({"required": True} if member in required else {})
            for member, its in found["members"].items()
        ]
    elif found["type"] == "list":
        kept["member"] = found["member"]["shape"]
    elif found["type"] == "map":
        kept["value"] = found["value"]["shape"]
    for limit in ("min", "max", "pattern", "sensitive"):
        if limit in found:
            kept[limit] = found[limit]
    if "enum" in found:
        values = LISTED.get(name, found["enum"])
        assert sorted(values) == sorted(found["enum"]), name
        kept["enum"] = values
    if name in IN_BYTES:
        kept["bytes"] = True
    return kept


def reach(name, shapes, into):
    if name in into:
        return
    into[name] = kept = shape(name, shapes[name])
    below = [member["shape"] for member in kept.get("members", [])]
    below += [kept[key] for key in ("member", "value") if key in kept]
    for further in below:
        reach(further, shapes, into)


def error_members(name, shapes):
    return [member for member in shapes[name]["members"] if member not in ERROR_MEMBERS_OF_ALL]


def main():
    model = read()
    operations, reached = {}, {}
    for name, found in sorted(model["operations"].items()):
        operations[name] = {
            "input": found["input"]["shape"],
            "output": found["output"]["shape"],
            "errors": sorted(error["shape"] for error in found["errors"]),
        }
        reach(found["input"]["shape"], model["shapes"], reached)
        reach(found["output"]["shape"], model["shapes"], reached)
    faults = sorted({error for it in operations.values() for error in it["errors"]})
    errors = {name: error_members(name, model["shapes"]) for name in faults}
    print(f'{{"from": "botocore {botocore.__version__}, stepfunctions/2016-11-23",')
    tables = {"operations": operations, "errors": errors, "shapes": dict(sorted(reached.items()))}
    for index, (title, table) in enumerate(tables.items()):
        print(f'"{title}": {{')
        rows = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in table.items()]
        print(",\n".join(rows))
        print("}" + ("," if index + 1 < len(tables) else ""))
    print("}")


if __name__ == "__main__":
    main()
