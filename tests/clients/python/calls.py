"""Calls by boto3 that are kept count of, each answer held against the model's shape and the members that AWS answers with."""
import datetime, re

from botocore import xform_name
from botocore.exceptions import ClientError

from orders import equal


class Calls:
    def __init__(self, client):
        self.client, self.made = client, set()

    def __call__(self, operation, members, **request):
        """The answer, which has just these members; one with a `?` may be absent."""
        answer = getattr(self.client, xform_name(operation))(**request)
        self.made.add(operation)
        metadata = answer.pop("ResponseMetadata")
        equal(f"{operation}: HTTP status", metadata["HTTPStatusCode"], 200)
        if not metadata["RequestId"]:
            raise AssertionError(f"{operation} answered without a request id")
        has(operation, answer, members)
        fits(self.client.meta.service_model.operation_model(operation).output_shape, answer, operation)
        return answer

    def refused(self, operation, error, pattern, **request):
        """The call is refused by AWS's name of the error, as an exception of that name, with its text."""
        try:
            getattr(self.client, xform_name(operation))(**request)
        except ClientError as refusal:
            equal(f"{operation}: error", refusal.response["Error"]["Code"], error)
            equal(f"{operation}: HTTP status", refusal.response["ResponseMetadata"]["HTTPStatusCode"], 400)
            modelled = [shape.name for shape in self.client.meta.service_model.operation_model(operation).error_shapes]
            if error in modelled and not isinstance(refusal, getattr(self.client.exceptions, error)):
                raise AssertionError(f"{operation}: {error} is no exception of its own")
            if not re.fullmatch(pattern, refusal.response["Error"]["Message"]):
                raise AssertionError(f"{operation}: {refusal.response['Error']['Message']!r} is not {pattern!r}")
        else:
            raise AssertionError(f"{operation} was not refused, but should be by {error}")


def has(what, value, members):
    """An object's members, no fewer and no more."""
    optional = {member.rstrip("?") for member in members.split() if member.endswith("?")}
    required = {member for member in members.split() if not member.endswith("?")}
    equal(f"{what}: members", sorted(set(value) - optional), sorted(required))


def fits(shape, value, path):
    """A value against its shape: required members, enumerations, and times that are near."""
    if shape is None:
        return equal(path, value, {})
    if shape.type_name == "structure":
        for member in shape.required_members:
            if member not in value:
                raise AssertionError(f"{path}.{member} is missing")
        for member, held in value.items():
            fits(shape.members[member], held, f"{path}.{member}")
    elif shape.type_name == "list":
        for index, held in enumerate(value):
            fits(shape.member, held, f"{path}[{index}]")
    elif shape.type_name == "timestamp":
        away = abs(value - datetime.datetime.now(datetime.timezone.utc))
        if away > datetime.timedelta(minutes=10):
            raise AssertionError(f"{path} is {value}, {away} from now")
    elif shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        raise AssertionError(f"{path}: {value!r} is not one of {shape.enum}")
