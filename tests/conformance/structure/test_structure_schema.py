"""Compares structure_check with the published JSON Schemas of Arazzo 1.0 and 1.1, as python3-jsonschema reads them.

The documents are those of the specification's own schema tests and examples, and ours. Each is taken as it is, and in every
mutation of mutants.py; both sides have to accept or refuse the same ones. Of the mutations a sample is taken, from a fixed
seed, so that the test takes a few seconds; the documents that hold every field get a larger one. ARAZZO_MUTANTS=all takes
everything, which takes minutes.

The schemas are changed where structure_check means to differ from them: see the functions below SAID_OTHERWISE.
"""

import concurrent.futures
import copy
import functools
import hashlib
import itertools
import json
import os
import pathlib
import random
import subprocess

import jsonschema
import pytest
import yaml

from mutants import mutants

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
DATA = pathlib.Path(os.environ.get("CONFORMANCE_DATA", REPOSITORY.parent / "shared" / "data")) / "arazzo"
PROGRAM = REPOSITORY / os.environ.get("ARAZZO_BUILD", "build/dev") / "structure_verdicts"
SCHEMAS = {"1.0": "oai-schema-tests/schema-1.0.json", "1.1": "oai-schema-tests/schema-1.1.yaml"}
EVERY_FIELD = sorted((REPOSITORY / "tests/data/structure").glob("every-field-*.yaml"))
SAMPLE = 40
SAMPLE_OF_EVERY_FIELD = 2000
TAKE_ALL = os.environ.get("ARAZZO_MUTANTS") == "all"
SEED = 20260113

pytestmark = pytest.mark.skipif(
    not DATA.exists(),
    reason=f"{DATA} is absent: put schemas/ and tests/ of OAI/Arazzo-Specification into its oai-schema-tests folder, "
           "and set CONFORMANCE_DATA to the folder above")


def documents():
    found = sorted(DATA.glob("oai-schema-tests/pass/*.yaml")) + sorted(DATA.glob("oai-examples/*/*.yaml"))
    found += sorted((REPOSITORY / "descriptions/arazzo").glob("*.yml")) + EVERY_FIELD
    found += sorted((REPOSITORY / "tests/data/documents").glob("*.arazzo.yaml"))
    return [path for path in found if "arazzo" in read_yaml(path)]


def name_of(path):
    return f"{path.parent.name}/{path.name}"


def load(path):
    """As JSON has it: dates and other types of YAML 1.1 are text."""
    return json.loads(json.dumps(read_yaml(path), default=str))


def read_yaml(path):
    return yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def version_of(document):
    return "1.1" if document["arazzo"].startswith("1.1") else "1.0"


class RememberingValidator(jsonschema.Draft202012Validator):
    """The validator, with its answers kept: a mutant shares most of its parts with the others.

    Only whether there is an error matters, so one is enough."""

    answers = {}  # (schema, digest of the instance) -> at most one error
    digests = {}  # of the document at hand: id -> (instance, digest); the instance is kept, so that its id stays its own

    @classmethod
    def digest(cls, instance):
        if id(instance) not in cls.digests:
            text = json.dumps(instance).encode()
            cls.digests[id(instance)] = instance, hashlib.blake2b(text, digest_size=16).digest()
        return cls.digests[id(instance)][1]

    def iter_errors(self, instance, _schema=None):
        key = id(self.schema), self.digest(instance)
        if key not in self.answers:
            self.answers[key] = list(itertools.islice(super().iter_errors(instance), 1))
        return iter(self.answers[key])

    @classmethod
    def judge(cls, validator, text):
        cls.digests.clear()
        return validator.is_valid(json.loads(text))


# ---- where the specification's prose says otherwise than its schema ----


def inputs_are_not_looked_into(definitions):
    """What `inputs` holds is a JSON Schema: structure_check looks at its type, the compiler of schemas refuses the rest."""
    definitions["schema"] = {"type": ["object", "boolean"]}


def a_retry_needs_nothing(definitions):
    """1.0.1, Failure Action Object: its example of a retry has no target, and retryAfter is not required. Both targets
    exclude each other."""
    both = {"required": ["stepId", "workflowId"]}
    goto = {"if": {"properties": {"type": {"const": "goto"}}},
            "then": {"oneOf": [{"required": ["workflowId"]}, {"required": ["stepId"]}]}}
    retry = {"if": {"properties": {"type": {"const": "retry"}}}, "then": {"not": both}}
    definitions["failure-action-object"]["allOf"] = [goto, retry]


def a_criterion_has_a_type_object(definitions):
    """1.0.1, Criterion Object: `type` is "string | Criterion Expression Type Object", where the schema has the object's fields
    in the criterion itself. rfc9535 is a version besides, as in 1.1."""
    described = copy.deepcopy(definitions["criterion-expression-type-object"])
    versions = described["allOf"][0]["then"]["properties"]["version"]
    described["allOf"][0]["then"]["properties"]["version"] = {"enum": [versions["const"], "rfc9535"]}
    definitions["type-object"] = described
    definitions["criterion-object"]["anyOf"].append({"properties": {"type": {"$ref": "#/$defs/type-object"}}})


def a_simple_criterion_needs_no_context(definitions):
    """Both: a criterion without type is a simple one, and needs no context; written out, `simple` means the same."""
    criterion = definitions["criterion-object"]
    assert criterion.pop("dependentRequired") == {"type": ["context"]}
    criterion["if"] = {"required": ["type"], "properties": {"type": {"not": {"const": "simple"}}}}
    criterion["then"] = {"required": ["context"]}


IS_SELECTOR = {"type": "object", "required": ["context", "selector", "type"], "maxProperties": 3}
ANY_OR_SELECTOR = {"if": IS_SELECTOR, "then": {"$ref": "#/$defs/selector-object"}}


def a_parameter_has_any_value(definitions):
    """1.1.0, Parameter Object: `value` is "Any | {expression} | Selector Object"."""
    definitions["parameter-object"]["properties"]["value"] = ANY_OR_SELECTOR


def a_replacement_has_any_value(definitions):
    """Both, Payload Replacement Object: `value` is "Any", and 10 in the specification's example; the schemas have text only."""
    has_selectors = "selector-object" in definitions
    definitions["payload-replacement-object"]["properties"]["value"] = ANY_OR_SELECTOR if has_selectors else True


SAID_OTHERWISE = {
    "1.0": [inputs_are_not_looked_into, a_retry_needs_nothing, a_criterion_has_a_type_object,
            a_simple_criterion_needs_no_context, a_replacement_has_any_value],
    "1.1": [inputs_are_not_looked_into, a_simple_criterion_needs_no_context, a_parameter_has_any_value,
            a_replacement_has_any_value],
}


@functools.cache
def judge(version):
    schema = read_yaml(DATA / SCHEMAS[version])
    for change in SAID_OTHERWISE[version]:
        change(schema["$defs"])
    return RememberingValidator(schema)


def schema_says(version, texts):
    """Whether the schema accepts each of these JSON texts."""
    return [RememberingValidator.judge(judge(version), text) for text in texts]


def we_say(version, texts):
    """Our verdicts, each "accepted" or "refused" and why."""
    data = b"".join(f"{version} {len(text)}\n".encode() + text for text in (text.encode() for text in texts))
    result = subprocess.run([PROGRAM], input=data, capture_output=True, check=False)
    verdicts = result.stdout.decode().splitlines()
    assert result.returncode == 0 and len(verdicts) == len(texts), (result.stderr, verdicts[-1:])
    return verdicts


def chosen(path):
    """The document as it is, then its mutations, or a sample of them."""
    document = load(path)
    all_of_them = list(mutants(document))
    size = SAMPLE_OF_EVERY_FIELD if path in EVERY_FIELD else SAMPLE
    if not TAKE_ALL and len(all_of_them) > size:
        all_of_them = random.Random(SEED).sample(all_of_them, size)
    return version_of(document), [("as it is", document), *all_of_them]


def in_parts(items, count):
    return [items[start::count] for start in range(count)]


@pytest.fixture(scope="session")
def workers():
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        yield pool


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_the_document_passes(path):
    document = load(path)
    assert we_say(version_of(document), [path.read_text()]) == ["accepted"]
    assert we_say(version_of(document), [json.dumps(document)]) == ["accepted"]


@pytest.mark.parametrize("path", documents(), ids=name_of)
def test_mutants_are_judged_as_by_the_schema(path, workers):
    version, cases = chosen(path)
    cases = [(what, json.dumps(document)) for what, document in cases]
    parts = in_parts(cases, os.cpu_count() * 2)
    judged = [workers.submit(schema_says, version, [text for _, text in part]) for part in parts]
    differences = []
    accepted = 0
    for part, wanted in zip(parts, judged):
        verdicts = we_say(version, [text for _, text in part])
        for (what, _), valid, verdict in zip(part, wanted.result(), verdicts):
            accepted += valid
            if valid != (verdict == "accepted"):
                differences.append(f"{what}: the schema {'accepts' if valid else 'refuses'}, we said: {verdict}")
    assert not differences, "\n".join([f"{len(differences)} of {len(cases)} differ", *differences[:40]])
    assert 0 < accepted < len(cases)
