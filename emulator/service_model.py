"""A REST-JSON service described by botocore's model: finds operations, validates requests, checks answers.

botocore's ParamValidator finds missing, unknown and wrongly typed members; maximum, pattern and enumeration are checked
here, because botocore leaves those to the service. Answers are checked against the output shape with the same code, so
that the emulator cannot invent members. Implemented is what the services use: labels in the path, query parameters, and
JSON bodies.
"""

import copy
import json
import pathlib
import re
from urllib.parse import unquote_to_bytes

import botocore.loaders
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from .errors import ServiceError

JSON_TYPES = ("application/json", "application/x-amz-json-1.1")


class _Invalid(Exception):
    """The parameters break the model."""


class Model:
    def __init__(self, service, additions=None, invalid_type="InvalidRequestException"):
        """`invalid_type` is the service's error type for parameters that its model does not allow."""
        description = copy.deepcopy(botocore.loaders.create_loader().load_service_model(service, "service-2"))
        if additions:
            add_documented(description, json.loads(pathlib.Path(additions).read_text(encoding="utf-8")))
        self.service = ServiceModel(description, service)
        self._invalid_type = invalid_type
        operations = [self.service.operation_model(name) for name in self.service.operation_names]
        self._routes = [(operation.http["method"], _route(operation.http["requestUri"]), operation)
                        for operation in operations]

    def operation(self, request):
        """The operation of a method and path, compared byte for byte; None where there is none."""
        return next((operation for method, route, operation in self._routes
                     if method == request.method and route.fullmatch(request.path)), None)

    def parameters(self, operation, request):
        """The validated parameters of a request."""
        try:
            shape = operation.input_shape
            parameters = {**_path_parameters(operation, request), **_query_parameters(shape, request.query),
                          **_body_parameters(shape, request)}
            problems = shape_problems(parameters, shape)
            if problems:
                raise _Invalid(problems)
            return parameters
        except _Invalid as error:
            raise ServiceError(self._invalid_type, f"{operation.name}: {error}") from None

    @staticmethod
    def check_answer(operation, answer, unmodelled=()):
        """Make sure that an answer keeps the model; values listed in `unmodelled` break it on purpose."""
        problems = shape_problems(answer, operation.output_shape, unmodelled)
        if problems:
            raise AssertionError(f"the emulator's answer to {operation.name} breaks the model: {problems}")


def add_documented(description, additions):
    """Merge the additions file into a service description, where the description lacks them."""
    shapes = description["shapes"]
    for name, shape in additions["shapes"].items():
        shapes.setdefault(name, shape)
    for name, members in additions["members"].items():
        for member, shape in members.items():
            shapes[name]["members"].setdefault(member, {"shape": shape})
    for name, limits in additions["limits"].items():
        shapes[name].update(limits)
    for name, values in additions["enums"].items():
        shapes[name]["enum"] += [value for value in values if value not in shapes[name]["enum"]]


def _route(uri):
    """A pattern of paths; each label is one segment that is not empty."""
    pieces = re.split(r"\{([A-Za-z]+)\}", uri)
    return re.compile("".join(f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece)
                              for index, piece in enumerate(pieces)))


def _path_parameters(operation, request):
    labels = _route(operation.http["requestUri"]).fullmatch(request.path).groupdict()
    members = {member.serialization.get("name", name): name for name, member in operation.input_shape.members.items()
               if member.serialization.get("location") == "uri"}
    return {members[label]: unquote_to_bytes(text).decode("utf-8", "replace") for label, text in labels.items()}


def _query_parameters(shape, query):
    known = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()
             if member.serialization.get("location") == "querystring"}
    parameters = {}
    for pair in filter(None, query.split("&")):
        key, _, text = (unquote_to_bytes(part).decode("utf-8", "replace") for part in pair.partition("="))
        if key not in known:
            raise _Invalid(f"Unknown query parameter {key!r}; known: {sorted(known)}")
        name, member = known[key]
        if name in parameters:
            raise _Invalid(f"Query parameter {key!r} is given twice")
        parameters[name] = _from_text(key, text, member)
    return parameters


def _from_text(key, text, member):
    kinds = {"string": str, "integer": int, "long": int, "boolean": {"true": True, "false": False}.__getitem__}
    try:
        return kinds[member.type_name](text)
    except (KeyError, ValueError):
        raise _Invalid(f"Query parameter {key!r} is {text!r}, not of type {member.type_name}") from None


def _body_parameters(shape, request):
    in_body = {name: member.serialization.get("name", name) for name, member in shape.members.items()
               if "location" not in member.serialization}
    if not in_body:
        if request.body:
            raise _Invalid(f"{request.method} {request.path} takes no body")
        return {}
    media_type = (request.header("Content-Type") or "").partition(";")[0].strip().lower()
    if media_type not in JSON_TYPES:
        raise ServiceError("UnsupportedMediaTypeException", f"Content-Type {media_type!r} is not application/json")
    body = _json_object(request.body)
    clash = set(body) & (set(shape.members) - set(in_body))
    if clash:
        raise _Invalid(f"{sorted(clash)} belong into the query or the path, not into the body")
    return body


def _json_object(body):
    def unique(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("a member is given twice")
        return dict(pairs)
    try:
        value = json.loads(body.decode("utf-8") or "{}", object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ServiceError("SerializationException", "The body is not a JSON object")
    return value


def shape_problems(value, shape, unmodelled=()):
    """What is wrong with a value, as one text; empty where nothing is. Texts in `unmodelled` fit every enumeration."""
    report = ParamValidator().validate(value, shape)
    problems = [report.generate_report()] if report.has_errors() else _Constraints(unmodelled).of(value, shape, "input")
    return "; ".join(problems)


class _Constraints:
    """Walks a value along its shape; each method yields what breaks the shape's limits."""

    def __init__(self, unmodelled):
        self._unmodelled = unmodelled

    def of(self, value, shape, where):
        walk = getattr(self, f"_{shape.type_name}", None)
        return walk(value, shape, where) if walk else ()

    def _structure(self, value, shape, where):
        for name, member in value.items():
            yield from self.of(member, shape.members[name], f"{where}.{name}")

    def _list(self, value, shape, where):
        yield from _range(len(value), shape, where)
        for index, member in enumerate(value):
            yield from self.of(member, shape.member, f"{where}[{index}]")

    def _map(self, value, shape, where):
        yield from _range(len(value), shape, where)
        for name, member in value.items():
            yield from self.of(name, shape.key, f"{where} key")
            yield from self.of(member, shape.value, f"{where}.{name}")

    def _integer(self, value, shape, where):
        if isinstance(value, bool):
            yield f"{where}: a boolean is not an integer"
        yield from _range(value, shape, where)

    _long = _integer

    def _string(self, value, shape, where):
        yield from _range(len(value), shape, where)
        enum, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
        if enum and value not in enum and value not in self._unmodelled:
            yield f"{where}: {value!r} must satisfy enum value set {enum}"
        if pattern and not re.search(pattern, value):
            yield f"{where}: {value!r} must satisfy regular expression pattern {pattern}"


def _range(measure, shape, where):
    if measure > shape.metadata.get("max", measure):
        yield f"{where}: {measure} is over the maximum, {shape.metadata['max']}"
