"""What an OpenAPI description says of a request, and of an answer: checked with python3-jsonschema.

`Description.read` finds the operation of a request and tells every way in which the request is not as described: path,
required and unknown parameters, their schemas, the body's media type and its schema. `example` makes an answer's body of the
schema's own examples, defaults and types. OpenAPI 3.0 schemas are read as draft 4, those of 3.1 and later as 2020-12. What is
not looked at: security, style (but for lists), and the schemas of XML bodies, which must only be well-formed.
"""

import dataclasses
import json
import re
import urllib.parse
import xml.etree.ElementTree
from re import _parser as patterns

import jsonschema

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Sent with every request, and no parameters: OpenAPI says that descriptions of the first three are to be ignored.
OWN_HEADERS = {"accept", "content-type", "authorization", "host", "user-agent", "accept-encoding", "content-length",
               "connection", "cookie", "transfer-encoding", "x-amzn-trace-id"}
TEXTS = {"date": "2026-11-22", "date-time": "2026-11-22T12:00:00Z", "uri": "https://example.com/1",
         "uuid": "5f9b1a52-7c1d-4e7a-9c1b-0d4f3a2b1c00"}
MAX_DEPTH = 8  # of an example: schemas may be recursive


@dataclasses.dataclass
class Call:
    """A request, read as the description says: what each place of parameters held, and the body."""
    operation: str = None
    method: str = None
    path: dict = dataclasses.field(default_factory=dict)
    query: dict = dataclasses.field(default_factory=dict)
    header: dict = dataclasses.field(default_factory=dict)
    cookie: dict = dataclasses.field(default_factory=dict)
    querystring: str = None
    media_type: str = None
    body: object = None
    request: object = None


@dataclasses.dataclass
class Operation:
    identifier: str
    method: str
    template: str
    node: dict
    parameters: list

    def match(self, path):
        names = re.findall(r"{([^}]+)}", self.template)
        parts = [re.escape(part) for part in re.split(r"{[^}]+}", self.template)]
        found = re.fullmatch("([^/]+)".join(parts), path)
        return None if found is None else dict(zip(names, map(urllib.parse.unquote, found.groups())))


class Description:
    def __init__(self, document, base=""):
        """`base` is the path of the server's URL: it stands before each path of the description."""
        self.document, self._base = document, base
        modern = not str(document["openapi"]).startswith("3.0")
        self._kind = jsonschema.Draft202012Validator if modern else jsonschema.Draft4Validator
        self.operations = list(self._operations())

    def _operations(self):
        for template, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    node = item[method]
                    own = [self.resolve(one) for one in node.get("parameters", [])]
                    named = {(one["name"], one["in"]) for one in own}
                    shared = [one for one in map(self.resolve, item.get("parameters", []))
                              if (one["name"], one["in"]) not in named]
                    name = node.get("operationId", f"{method} {template}")
                    yield Operation(name, method.upper(), self._base + template, node, shared + own)

    def join(self, other):
        """Takes over another's operations: references in their schemas are not followed."""
        self.operations += other.operations

    def operation(self, identifier):
        return next(one for one in self.operations if one.identifier == identifier)

    def resolve(self, node):
        while "$ref" in node:
            at = self.document
            for token in node["$ref"].removeprefix("#/").split("/"):
                at = at[token.replace("~1", "/").replace("~0", "~")]
            node = at
        return node

    def faults(self, schema, value):
        """What of a value does not fit a schema, in words."""
        resolver = jsonschema.RefResolver("", self.document)
        checker = self._kind(schema, resolver=resolver, format_checker=jsonschema.FormatChecker())
        return [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in checker.iter_errors(value)]

    # ---- requests ----

    def read(self, request):
        """The call that a request is, and the ways in which it is not as described."""
        path, _, query = request.target.partition("?")
        call, wrong = Call(method=request.method, request=request), []
        for operation in self.operations:
            values = operation.match(path) if operation.method == request.method else None
            if values is not None:
                call.operation = operation.identifier
                self._read_parameters(operation, values, query, call, wrong)
                self._read_body(operation, call, wrong)
                return call, [f"{operation.identifier}: {text}" for text in wrong]
        return call, [f"no operation for {request.method} {request.target}"]

    def _read_parameters(self, operation, path, query, call, wrong):
        pairs = [part.partition("=") for part in query.split("&") if part]
        given = {"path": path, "header": {}, "query": {}, "cookie": _cookies(call.request)}
        for name, _, value in pairs:
            given["query"].setdefault(urllib.parse.unquote(name), []).append(urllib.parse.unquote(value))
        for name, value in call.request.headers.items():
            given["header"][name.lower()] = value
        known = {place: set() for place in given}
        for parameter in operation.parameters:
            name, place = parameter["name"], parameter["in"]
            if place == "querystring":
                self._read_querystring(parameter, query, call, wrong)
                given["query"] = {}
                continue
            key = name.lower() if place == "header" else name
            if place == "header" and key in OWN_HEADERS - {"authorization"}:
                continue
            known[place].add(key)
            if key in given[place]:
                value = self._value(parameter, given[place][key], wrong)
                getattr(call, place)[name] = value
            elif parameter.get("required"):
                wrong.append(f"the {place} parameter '{name}' is missing")
        for place, ignored in (("query", set()), ("header", OWN_HEADERS), ("cookie", set())):
            for name in sorted(set(given[place]) - known[place] - ignored):
                wrong.append(f"the {place} parameter '{name}' is not described")
        if "authorization" in given["header"] and "authorization" not in known["header"]:
            wrong.append("the header parameter 'authorization' is not described")

    def _value(self, parameter, text, wrong):
        if "content" in parameter:
            (media, node), = parameter["content"].items()
            one = text[0] if isinstance(text, list) else text
            value = _parsed(media, one, wrong)
            schema = node.get("schema", {})
        else:
            schema = self.resolve(parameter.get("schema", {}))
            value = _coerced(schema, text, parameter)
        for fault in self.faults(schema, value):
            wrong.append(f"the {parameter['in']} parameter '{parameter['name']}' is {value!r}: {fault}")
        return value

    def _read_querystring(self, parameter, query, call, wrong):
        (media, node), = parameter["content"].items()
        call.querystring = query
        if not query:
            if parameter.get("required"):
                wrong.append("the query string is missing")
            return
        text = query if media.endswith("urlencoded") else urllib.parse.unquote(query)
        value = _parsed(media, text, wrong, self.resolve(node.get("schema", {})))
        for fault in self.faults(node.get("schema", {}), value):
            wrong.append(f"the query string is {value!r}: {fault}")

    def _read_body(self, operation, call, wrong):
        described = self.resolve(operation.node.get("requestBody", {}))
        content, raw = described.get("content", {}), call.request.body
        media = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not raw and not media:
            if described.get("required"):
                wrong.append("the body is missing")
            return
        call.media_type = media
        if not described:
            wrong.append("a body is not described")
        elif media not in content:
            wrong.append(f"the media type {media!r} is none of {sorted(content)}")
        node = content.get(media, {})
        schema = node.get("schema", {})
        call.body = _parsed(media, raw.decode(), wrong, self.resolve(schema))
        if not media.endswith("xml"):
            for fault in self.faults(schema, call.body):
                wrong.append(f"the body {fault}")

    # ---- answers ----

    def answer_faults(self, operation, status, media, body):
        """What of an answer is not as the description says: that is a mistake of the test."""
        described = self._response(operation, status)
        content = described.get("content", {})
        node = content.get(media.partition(";")[0])
        if not content or status >= 500 or node is None or not media.endswith("json"):
            return []
        return self.faults(node.get("schema", {}), body)

    def _response(self, operation, status):
        responses = {str(key): value for key, value in operation.node.get("responses", {}).items()}
        return self.resolve(responses.get(str(status), responses.get("default", {})))

    def example(self, operation, status):
        """An answer's JSON body, made of the examples, defaults and types of the description; None where it has none."""
        node = self._response(operation, status).get("content", {}).get("application/json")
        if node is None:
            return None
        if "example" in node:
            return node["example"]
        for one in node.get("examples", {}).values():
            return self.resolve(one)["value"]
        return self._made(node.get("schema", {}), 0)

    def _made(self, schema, depth):
        schema = self.resolve(schema)
        for name in ("example", "const", "default"):
            if name in schema:
                return schema[name]
        for name in ("examples", "enum"):
            if schema.get(name):
                return schema[name][0]
        if "allOf" in schema:
            parts = [self._made(part, depth) for part in schema["allOf"]]
            together = {}
            for part in parts:
                together.update(part if isinstance(part, dict) else {})
            return together or parts[0]
        for name in ("oneOf", "anyOf"):
            if name in schema:
                return self._made(schema[name][0], depth)
        return self._made_of_type(schema, depth)

    def _made_of_type(self, schema, depth):
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return {name: self._made(part, depth + 1) for name, part in schema.get("properties", {}).items()
                    if depth < MAX_DEPTH or name in schema.get("required", [])}
        if kind == "array":
            return [self._made(schema.get("items", {}), depth + 1)] if depth < MAX_DEPTH else []
        if kind == "string":
            pattern = schema.get("pattern")
            return _text_for(pattern) if pattern else TEXTS.get(schema.get("format"), "text")
        return {"integer": 1, "number": 1.5, "boolean": True, "null": None}[kind]


def _cookies(request):
    pairs = [part.strip().partition("=") for part in request.headers.get("cookie", "").split(";") if part.strip()]
    return {name: urllib.parse.unquote(value) for name, _, value in pairs}


def _coerced(schema, text, parameter):
    """Of a parameter's text, the value that its schema's type says; the text where it is none."""
    kind = schema.get("type")
    if kind == "array":
        listed = text if isinstance(text, list) and parameter.get("explode", True) else None
        items = listed if listed is not None else (text[0] if isinstance(text, list) else text).split(",")
        return [_coerced(schema.get("items", {}), item, parameter) for item in items]
    if isinstance(text, list):
        if len(text) > 1:
            return text  # given twice: fits no schema of a single value
        text = text[0]
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text


def _parsed(media, text, wrong, schema=None):
    try:
        if media.endswith("json"):
            return json.loads(text)
        if media.endswith("xml"):
            return xml.etree.ElementTree.fromstring(text)
    except (ValueError, xml.etree.ElementTree.ParseError) as error:
        wrong.append(f"{text!r} is not {media}: {error}")
        return text
    if media == "application/x-www-form-urlencoded":
        named = {}
        for name, value in urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True):
            named.setdefault(name, []).append(value)
        properties = (schema or {}).get("properties", {})
        return {name: _coerced(properties.get(name, {}), values, {}) for name, values in named.items()}
    return text


def _text_for(pattern):
    """A text that the pattern matches: of each choice the first, each repetition as short as it may be."""
    def made(parts):
        return "".join(one(kind, value) for kind, value in parts)

    def one(kind, value):
        name = str(kind)
        if name == "LITERAL":
            return chr(value)
        if name == "IN":
            first, detail = value[0]
            return chr(detail[0]) if str(first) == "RANGE" else one(first, detail)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            return made(value[2]) * value[0]
        if name == "SUBPATTERN":
            return made(value[3])
        if name == "BRANCH":
            return made(value[1][0])
        if name == "CATEGORY":
            return "0"
        return "x" if name == "ANY" else ""
    return made(patterns.parse(pattern))
