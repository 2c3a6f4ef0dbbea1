"""Shapes of botocore's service models, as schemas in the notation of wire_notation.h and as values and XML that fit them."""

import base64
import json
import os
import pathlib
import subprocess
from xml.sax.saxutils import escape, quoteattr

import botocore.loaders
import botocore.model
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
TEXTS = ["", "a", "x y", "a&b=c+d", "<tag>'\"", "ä日é😀", "1", "true", "-0.50", " spaced ", "%41", "a/b:c?d#e", "line\nbreak\ttab"]
TIME = "2026-01-13T10:20:30Z"
TYPES = {"structure": "object", "map": "object", "list": "array", "boolean": "boolean", "integer": "integer",
         "long": "integer", "float": "number", "double": "number"}
DEEPEST = 5


def service_model(name):
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(name, "service-2"), name)


class Notation:
    """Makes schemas of shapes. Lists say `wrapped` as descriptions do that were made from AWS's models: only when they are
    flattened; or always, as OpenAPI has it."""

    def __init__(self, says_wrapped=False):
        self.says_wrapped = says_wrapped
        self.seen = set()

    def schema(self, shape):
        said = shape.serialization
        key = f"{shape.name} {json.dumps(said, sort_keys=True)}"
        if key in self.seen:
            return {"ref": key}
        made = {"type": TYPES.get(shape.type_name, "string"), "xml": self.xml(shape)}
        if shape.type_name in ("structure", "list", "map"):
            self.seen.add(key)
            made["id"] = key
        if "queryName" in said:
            made["x-aws-queryName"] = said["queryName"]
        if shape.type_name == "structure":
            made["properties"] = {name: self.schema(member) for name, member in shape.members.items()
                                  if "location" not in member.serialization}
        elif shape.type_name == "list":
            made["items"] = self.schema(shape.member)
        elif shape.type_name == "map":
            made["additionalProperties"] = self.schema(shape.value)
        return made

    def xml(self, shape):
        said = shape.serialization
        namespace = said.get("xmlNamespace", {})
        namespace = {"uri": namespace} if isinstance(namespace, str) else namespace
        xml = {"name": said.get("name"), "namespace": namespace.get("uri"), "prefix": namespace.get("prefix"),
               "attribute": said.get("xmlAttribute")}
        if said.get("flattened"):
            xml["wrapped"] = False
        elif self.says_wrapped and shape.type_name == "list":
            xml["wrapped"] = True
        return {name: value for name, value in xml.items() if value is not None}


def value(dice, shape, depth=0):
    """A value as callers of botocore give it."""
    if shape.type_name == "structure" and shape.is_tagged_union:
        name = dice.choice(sorted(shape.members))
        return {name: value(dice, shape.members[name], depth + 1)}
    if shape.type_name == "structure":
        chance = 0.75 if depth < 2 else 0.4
        return {name: value(dice, member, depth + 1) for name, member in shape.members.items()
                if "location" not in member.serialization and depth < DEEPEST and dice.random() < chance
                and not getattr(member, "is_eventstream", False)}
    if shape.type_name == "list":
        return [value(dice, shape.member, depth + 1) for _ in range(dice.choice([0, 1, 1, 2, 3]) if depth < DEEPEST else 0)]
    if shape.type_name == "map":
        keys = dice.sample(["k", "a b", "ä", "Key-1.x"], dice.choice([0, 1, 2, 3]))
        return {key: value(dice, shape.value, depth + 1) for key in keys}
    if shape.type_name == "blob":
        return dice.choice([b"", b"abc", bytes(range(256))])
    if shape.type_name == "boolean":
        return dice.random() < 0.5
    if shape.type_name in ("integer", "long"):
        return dice.choice([0, 1, -7, 4096, 2 ** 31 - 1])
    if shape.type_name in ("float", "double"):
        return dice.choice([0.5, -2.25, 1e3, 0.1])
    return TIME if shape.type_name == "timestamp" else dice.choice(TEXTS)


def as_json(item):
    """Bytes as base64, the way a workflow gives them."""
    if isinstance(item, bytes):
        return base64.b64encode(item).decode()
    if isinstance(item, list):
        return [as_json(each) for each in item]
    if isinstance(item, dict):
        return {name: as_json(each) for name, each in item.items()}
    return item


# ---- XML as services answer ----

def scalar_text(item):
    return str(item).lower() if isinstance(item, bool) else str(as_json(item))


def element(name, content, attributes=""):
    return f"<{name}{attributes}>{content}</{name}>"


def member_name(shape, name):
    """Smithy's name of a member's element; a flattened list's items count more than the list."""
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        name = shape.serialization.get("name", name)
        return shape.member.serialization.get("name", name)
    return shape.serialization.get("name", name)


def entry(name, shape, key, held):
    return element(name, element(shape.key.serialization.get("name", "key"), escape(key)) +
                   member(shape.value.serialization.get("name", "value"), shape.value, held))


def member(name, shape, item):
    said = shape.serialization
    if shape.type_name == "list":
        inner = name if said.get("flattened") else shape.member.serialization.get("name", "member")
        items = "".join(member(inner, shape.member, each) for each in item)
        return items if said.get("flattened") else element(name, items)
    if shape.type_name == "map":
        inner = name if said.get("flattened") else "entry"
        entries = "".join(entry(inner, shape, key, held) for key, held in item.items())
        return entries if said.get("flattened") else element(name, entries)
    if shape.type_name == "structure":
        return element(name, members(shape, item), attributes(shape, item))
    return element(name, escape(scalar_text(item), {"\r": "&#13;"}))


def members(shape, items):
    return "".join(member(member_name(shape.members[name], name), shape.members[name], item)
                   for name, item in items.items() if not shape.members[name].serialization.get("xmlAttribute"))


def attributes(shape, items):
    made = "".join(f" {shape.members[name].serialization.get('name', name)}={quoteattr(str(item))}"
                   for name, item in items.items() if shape.members[name].serialization.get("xmlAttribute"))
    return made + (' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' if " xsi:" in made else "")


# ---- our side ----

def program():
    path = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / "wire_lines"
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path.resolve()


def ours(lines):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([program()], input=text, capture_output=True, text=True, check=True, timeout=300)
    results = [json.loads(line) for line in done.stdout.split("\n")[:-1]]
    assert len(results) == len(lines)
    return results
