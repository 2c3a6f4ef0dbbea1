"""The documents of these tests are what the specification says: as 1.1.0 documents they are checked against its published JSON
Schema. That of 1.0 is stricter than the text: it wants a target of every retry."""

import os
import pathlib

import jsonschema
import pytest
import yaml

from test_refused import GOOD

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCHEMAS = pathlib.Path(os.environ.get("CONFORMANCE_DATA", ROOT.parent / "shared" / "data")) / "arazzo/oai-schema-tests"
NAMES = ["nested", "transfers", "transfers-1.1", "depends", "depends-1.1", "loops", "timeouts", "values", "selectors",
         "criteria",
         "promises", "corners", "sources-main", "sources-other"]
pytestmark = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"the conformance data is not here: {SCHEMAS} (CONFORMANCE_DATA)")


def errors_of(document):
    schema = without_dynamic(yaml.safe_load((SCHEMAS / "schema-1.1.yaml").read_text()))
    # The text: "Any | {expression} | Selector Object".
    schema["$defs"]["payload-replacement-object"]["properties"]["value"] = True
    return [f"{each.json_path}: {each.message}" for each in jsonschema.Draft202012Validator(schema).iter_errors(document)]


def without_dynamic(schema):
    """The schema without its references to JSON Schema itself, whose dynamic references python3-jsonschema does not resolve."""
    if isinstance(schema, dict):
        return {key: without_dynamic(value) for key, value in schema.items()
                if key != "$dynamicRef" and not str(value).startswith("https://json-schema.org/draft/2020-12/schema")}
    return [without_dynamic(each) for each in schema] if isinstance(schema, list) else schema


@pytest.mark.parametrize("name", NAMES)
def test_schema(_folders, name):
    assert errors_of(yaml.safe_load((_folders["1.1.0"] / f"{name}.arazzo.yaml").read_text())) == []


def test_the_good_document_of_the_refusals():
    assert errors_of(yaml.safe_load(GOOD)) == []
