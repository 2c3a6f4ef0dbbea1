"""Systematic mutations of a JSON value: each yields (what was done, the changed document)."""

import copy

OTHER_TYPES = [None, True, 7, -1, 1.5, "text", "", [], {}, ["text"], {"a": 1}]

# Each string that is one of a row's words is replaced by every other one of its row.
WORDS = [
    ["end", "goto", "retry"],
    ["simple", "regex", "jsonpath", "xpath", "jsonpointer", "graphql"],
    ["path", "query", "querystring", "header", "cookie", "channel", "body", "Path"],
    ["arazzo", "openapi", "asyncapi", "graphql"],
    ["send", "receive", "both"],
    ["rfc9535", "draft-goessner-dispatch-jsonpath-00", "xpath-10", "xpath-20", "xpath-30", "xpath-31", "rfc6901", "1"],
]

# The value of a member of this name is replaced by each of these texts (with a list: each element of it).
TEXTS = {
    "arazzo": ["1.0.0", "1.1.0", "1.0.10", "1.1.10-rc1", "1.0.0-", "1.0.0-a b", "1.0", "1.1.", "1.1.0x", "2.0.0", " 1.1.0"],
    "$self": ["", "a#b", "#", "not a uri", "https://example.com/"],
    "name": ["a b", "ä", "a.b", "a-b_C9"],
    "dependsOn": ["$", "$workflows.w.steps.s", "$workflows.w.steps.", "$workflows.w.s.steps.s", "$workflows..steps.s",
                  "$workflows.w.step.s", "$sourceDescriptions.n.w.steps.s", "$sourceDescriptions.n.steps.s",
                  "$sourceDescriptions..w.steps.s", "$sourceDescriptions.n.w.steps.s.t", "$steps.s", "a.b", "a $", "x\ny"],
    "retryLimit": [0, 2.0, 2.5, 1e3, "1"],
    "retryAfter": [0, -0.5, 1e3, 0.001],
    "timeout": [0, -5, 1.0, 1.5],
}

# Members of the specification, added where they are not.
MEMBERS = {
    "arazzo": "1.1.0", "$self": "a", "title": "t", "summary": "s", "name": "n", "url": "u", "workflowId": "w",
    "dependsOn": ["s"], "inputs": True, "outputs": {"o": "$statusCode"}, "successActions": [], "parameters": [],
    "stepId": "s", "operationId": "o", "operationPath": "p", "channelPath": "c", "correlationId": 1, "action": "receive",
    "timeout": 1, "requestBody": {}, "successCriteria": [{"condition": "1"}], "onSuccess": [], "in": "query", "value": 1,
    "reference": "$components.parameters.p", "context": "$response.body", "condition": "1", "type": "jsonpath",
    "version": "draft-goessner-dispatch-jsonpath-00", "criteria": [], "retryAfter": 1, "retryLimit": 1, "target": "/a",
    "targetSelectorType": "jsonpath", "selector": "$", "payload": 1, "replacements": [], "components": {},
}

# What lies below these is JSON Schema, or any value.
FREE = {"inputs", "payload"}


def places(value, path=()):
    """The paths to a value and to all that lies below it, down to what the specification does not describe."""
    yield path
    if isinstance(value, dict):
        for name in value:
            if path and path[-1] in FREE and path[:1] != ("components",):
                continue
            yield from places(value[name], path + (name,))
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from places(value[index], path + (index,))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def replaced(document, path, value):
    """The document with another value at a path; what is not on the path is shared."""
    if not path:
        return value
    changed = copy.copy(document)
    changed[path[0]] = replaced(document[path[0]], path[1:], value)
    return changed


def same(a, b):
    return type(a) is type(b) and a == b


def renamed(mapping, old, new):
    return {new if name == old else name: value for name, value in mapping.items()}


def of_object(value):
    for name in value:
        yield f"without '{name}'", {other: value[other] for other in value if other != name}
        yield f"'{name}' with a space", renamed(value, name, name + " x")
        yield f"'{name}' as an extension", renamed(value, name, "x-" + name)
        yield f"'{name}' in capitals", renamed(value, name, name.upper())
    for name, added in [("unknown", 1), ("x-more", {"a": None}), ("x", 1), ("", "empty name"), *MEMBERS.items()]:
        if name not in value:
            yield f"with '{name}'", {**value, name: added}


def of_array(value):
    for index in range(len(value)):
        yield f"element {index} twice", value[: index + 1] + [value[index]] + value[index + 1 :]
        yield f"without element {index}", value[:index] + value[index + 1 :]
    yield "one null more", value + [None]
    yield "one empty object more", value + [{}]
    yield "1 and 1.0 more", value + [1, 1.0]
    yield "true and 1 more", value + [True, 1]


def of_text(value, names):
    for row in WORDS:
        if value in row:
            yield from ((f"word {word}", word) for word in row)
    for name in names[-2:]:
        yield from ((f"text {text!r}", text) for text in TEXTS.get(name, []))


def of_value(value, path):
    """(what was done, the new value)"""
    yield from ((f"as {other!r}", other) for other in OTHER_TYPES)
    if isinstance(value, dict):
        yield from of_object(value)
    elif isinstance(value, list):
        yield from of_array(value)
    elif isinstance(value, (str, int, float)):
        yield from of_text(value, path)


def mutants(document):
    for path in places(document):
        value = at(document, path)
        for what, new in of_value(value, path):
            if not same(new, value):
                yield f"{'/'.join(map(str, path)) or 'the document'}: {what}", replaced(document, path, new)
