"""Compares our checks of inputs with those of python3-jsonschema, over schemas and values generated from a fixed seed.

Each schema is judged over values that were made to fit it more or less, so that both verdicts are frequent. Left out is
where Python is the weaker judge: fractions other than halves and quarters, large numbers, 0/1 beside false/true in
`enum` and `const` (Python holds them equal), and patterns that the two regular expression languages read differently. The
tables in tests/unit/spec/schema.json hold those.
"""

import json
import os
import pathlib
import random
import subprocess

import jsonschema
import pytest

COUNT = 8000
VALUES = 6
SEED = 20261122
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]

NAMES = ["a", "b", "c", "aa", "x-y", "é", "$ref", "~/"]
STRINGS = ["", "a", "ab", "abc", "bca", "é", "日本", "😀", "a1", "12", "x\ny", "A"]
NUMBERS = [0, 1, 2, 3, 5, -1, -4, 7, 12, 0.5, 1.5, 2.25, -0.5, 100, 2.0, 10000001]
PATTERNS = ["^a", "b", "^[a-c]+$", "[0-9]", "^.{2}$", "a|1", "^$", "^x", "[^a-z]"]
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
ANCHORS = ["Anchored", "_under-score.1"]


def scalar(dice):
    return dice.choice([dice.choice(STRINGS), dice.choice(NUMBERS), dice.choice([True, False, None])])


def value(dice, depth=3):
    kind = dice.random()
    if depth == 0 or kind < 0.45:
        return scalar(dice)
    if kind < 0.7:
        return [value(dice, depth - 1) for _ in range(dice.randint(0, 4))]
    return {name: value(dice, depth - 1) for name in dice.sample(NAMES, dice.randint(0, 4))}


def plain(dice):
    """A value that Python compares as JSON Schema does: without 0, 1, false and true."""
    kind = dice.random()
    text = dice.choice(STRINGS)
    if kind < 0.6:
        return dice.choice([text, dice.choice([2, 3, 0.5, 100, -4]), None])
    return [text, 3] if kind < 0.8 else {dice.choice(NAMES): text}


class Generator:
    """Schemas. References lead to definitions, from one to the next only, so that each ends; or back to the root, for a
    part of the value."""

    def __init__(self, dice):
        self.dice = dice
        self.targets = []

    def schema(self, depth):
        dice = self.dice
        if depth == 0 or dice.random() < 0.06:
            return dice.choice([True, True, False, {}, {"type": dice.choice(TYPES)}])
        made = {}
        for keyword in dice.sample(sorted(self.KEYWORDS), dice.choice([1, 1, 2, 2, 3, 4])):
            made.update(self.KEYWORDS[keyword](self, keyword, depth - 1))
        return made

    def document(self):
        definitions = {"inner": {"$defs": {"deep": {"$anchor": ANCHORS[1], "type": ["string", "integer"]}}}}
        self.targets = ["#_under-score.1", "#/$defs/inner/$defs/deep"]
        definitions["plain"] = self.schema(2)
        self.targets += ["#/$defs/plain", "#/%24defs/plain"]
        definitions["anchored"] = {"$anchor": ANCHORS[0], **self.object_schema(2)}
        self.targets += ["#Anchored", "#/$defs/anchored"]
        return {**self.object_schema(4), "$defs": definitions}

    def object_schema(self, depth):
        made = self.schema(depth)
        return {"not": {}} if made is False else {} if made is True else made

    # ---- keywords ----

    def type(self, keyword, depth):
        return {keyword: self.dice.choice([self.dice.choice(TYPES), self.dice.sample(TYPES, self.dice.randint(1, 4))])}

    def enum(self, keyword, depth):
        return {keyword: [plain(self.dice) for _ in range(self.dice.randint(1, 5))]}

    def const(self, keyword, depth):
        return {keyword: plain(self.dice)}

    def number(self, keyword, depth):
        return {keyword: self.dice.choice(NUMBERS)}

    def divisor(self, keyword, depth):
        return {keyword: self.dice.choice([1, 2, 3, 0.5, 0.25, 7, 1.5])}

    def count(self, keyword, depth):
        return {keyword: self.dice.choice([0, 1, 1, 2, 3, 2.0])}

    def flag(self, keyword, depth):
        return {keyword: self.dice.random() < 0.8}

    def pattern(self, keyword, depth):
        return {keyword: self.dice.choice(PATTERNS)}

    def names(self, keyword, depth):
        return {keyword: self.dice.sample(NAMES, self.dice.randint(0, 2))}

    def names_by_name(self, keyword, depth):
        return {keyword: {name: self.dice.sample(NAMES, self.dice.randint(0, 2))
                          for name in self.dice.sample(NAMES, 2)}}

    def one(self, keyword, depth):
        return {keyword: self.schema(depth)}

    def listed(self, keyword, depth):
        return {keyword: [self.schema(depth) for _ in range(self.dice.randint(1, 3))]}

    def by_name(self, keyword, depth):
        return {keyword: {name: self.schema(depth) for name in self.dice.sample(NAMES, self.dice.randint(0, 3))}}

    def by_pattern(self, keyword, depth):
        return {keyword: {name: self.schema(depth) for name in self.dice.sample(PATTERNS, self.dice.randint(1, 2))}}

    def contains(self, keyword, depth):
        made = {keyword: self.schema(depth)}
        if self.dice.random() < 0.4:
            made["minContains"] = self.dice.choice([0, 1, 2])
        if self.dice.random() < 0.4:
            made["maxContains"] = self.dice.choice([1, 2, 3])
        return made

    def condition(self, keyword, depth):
        made = {keyword: self.schema(depth)}
        for branch in ("then", "else"):
            if self.dice.random() < 0.7:
                made[branch] = self.schema(depth)
        return made

    def reference(self, keyword, depth):
        return {keyword: self.dice.choice(self.targets)}

    def recursion(self, keyword, depth):
        """The root again, for a part of the value, so that it ends."""
        return {"properties": {self.dice.choice(NAMES): {"$ref": "#"}}, "items": {"$ref": "#"}}

    KEYWORDS = {
        "type": type, "enum": enum, "const": const, "minimum": number, "maximum": number, "exclusiveMinimum": number,
        "exclusiveMaximum": number, "multipleOf": divisor, "minLength": count, "maxLength": count, "minItems": count,
        "maxItems": count, "minProperties": count, "maxProperties": count, "pattern": pattern, "uniqueItems": flag,
        "required": names, "dependentRequired": names_by_name, "properties": by_name, "patternProperties": by_pattern,
        "dependentSchemas": by_name, "additionalProperties": one, "propertyNames": one, "prefixItems": listed,
        "items": one, "contains": contains, "allOf": listed, "anyOf": listed, "oneOf": listed, "not": one,
        "if": condition, "$ref": reference, "recursion": recursion,
    }


def inside_document(schema):
    """The schema as the member "schema" of a document: '#/…' becomes '#/schema/…'; anchors stay."""
    if isinstance(schema, list):
        return [inside_document(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: "#/schema" + item[1:] if key == "$ref" and isinstance(item, str) and item[1:2] in ("", "/")
            else inside_document(item) for key, item in schema.items()}


def generated():
    dice = random.Random(SEED)
    return [(Generator(dice).document(), [value(dice) for _ in range(VALUES)]) for _ in range(COUNT)]


def program():
    path = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / "schema_lines"
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path


def ours(pairs):
    lines = [json.dumps({"schema": inside_document(schema), "values": values}) for schema, values in pairs]
    done = subprocess.run([program()], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_verdicts_agree():
    pairs = generated()
    verdicts = ours(pairs)
    assert len(verdicts) == len(pairs)
    seen = {True: 0, False: 0}
    differences = []
    for (schema, values), found in zip(pairs, verdicts):
        judge = jsonschema.Draft202012Validator(schema)
        wanted = [judge.is_valid(each) for each in values]
        for verdict in wanted:
            seen[verdict] += 1
        if wanted != found:
            differences.append((schema, values, wanted, found))
    assert differences == [], f"{len(differences)} schemas, the first: {json.dumps(differences[0])}"
    assert min(seen.values()) > COUNT, seen


def test_every_keyword_takes_part():
    text = json.dumps([schema for schema, _ in generated()])
    for keyword in [*Generator.KEYWORDS, "minContains", "maxContains", "then", "else", "$anchor"]:
        assert keyword == "recursion" or text.count(f'"{keyword}":') > 50, keyword
