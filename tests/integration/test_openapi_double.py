"""The double itself: it must find what is wrong, or the tests that trust it prove nothing."""

import urllib.request

import pytest
import yaml

from openapi_description import Description
from openapi_double import OpenApiDouble
from http_double import Received

DESCRIPTION = yaml.safe_load("""
openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /things/{id}:
    parameters:
    - {name: id, in: path, required: true, schema: {type: integer}}
    put:
      operationId: putThing
      parameters:
      - {name: tag, in: query, schema: {type: array, items: {type: string, maxLength: 2}}}
      - {name: kind, in: query, required: true, schema: {type: string, enum: [a, b]}}
      - {name: X-Count, in: header, schema: {type: integer}}
      - {name: session, in: cookie, schema: {type: string}}
      - {name: claim, in: query, content: {application/json: {schema: {type: object, required: [sub]}}}}
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: '#/components/schemas/Thing'}}
          application/x-www-form-urlencoded: {schema: {type: object, required: [size], properties: {size: {type: integer}}}}
          application/xml: {}
          text/plain: {schema: {type: string, maxLength: 3}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
  /things:
    get:
      operationId: findThings
      responses: {'200': {description: ok}}
components:
  schemas:
    Thing:
      type: object
      required: [name, code, parts]
      properties:
        name: {type: string, example: lamp}
        code: {type: string, pattern: '^[A-Z]{3}-[0-9]+$'}
        size: {type: integer, default: 7}
        made: {type: string, format: date}
        state: {allOf: [{type: string, enum: [new, old]}]}
        parts: {type: array, items: {$ref: '#/components/schemas/Thing'}}
      additionalProperties: false
""")
THING = b'{"name": "n", "code": "A", "parts": []}'.replace(b'"A"', b'"ABC-1"')
JSON = {"content-type": "application/json; charset=utf-8"}
GOOD = ("PUT", "/things/1?kind=a&tag=x&tag=yy&claim=%7B%22sub%22%3A1%7D", {**JSON, "x-count": "3", "cookie": "session=a%20b"},
        THING)

# The request, and part of what is wrong with it.
REQUESTS = {
    "good": (*GOOD, None),
    "path-unknown": ("PUT", "/thing/1", JSON, THING, "no operation for PUT /thing/1"),
    "method-unknown": ("DELETE", "/things/1", {}, b"", "no operation for DELETE"),
    "path-parameter": ("PUT", "/things/x?kind=a", JSON, THING, "path parameter 'id' is 'x'"),
    "query-missing": ("PUT", "/things/1", JSON, THING, "query parameter 'kind' is missing"),
    "query-value": ("PUT", "/things/1?kind=c", JSON, THING, "query parameter 'kind' is 'c'"),
    "query-twice": ("PUT", "/things/1?kind=a&kind=b", JSON, THING, "query parameter 'kind' is ['a', 'b']"),
    "query-item": ("PUT", "/things/1?kind=a&tag=x&tag=yyy", JSON, THING, "query parameter 'tag'"),
    "query-unknown": ("PUT", "/things/1?kind=a&king=b", JSON, THING, "query parameter 'king' is not described"),
    "query-content": ("PUT", "/things/1?kind=a&claim=x", JSON, THING, "is not application/json"),
    "query-content-schema": ("PUT", "/things/1?kind=a&claim=%7B%7D", JSON, THING, "'sub' is a required property"),
    "header-value": ("PUT", "/things/1?kind=a", {**JSON, "x-count": "many"}, THING, "header parameter 'X-Count'"),
    "header-unknown": ("PUT", "/things/1?kind=a", {**JSON, "x-other": "1"}, THING, "'x-other' is not described"),
    "authorization": ("PUT", "/things/1?kind=a", {**JSON, "authorization": "x"}, THING, "'authorization' is not described"),
    "cookie-unknown": ("PUT", "/things/1?kind=a", {**JSON, "cookie": "x=1"}, THING, "cookie parameter 'x' is not described"),
    "body-missing": ("PUT", "/things/1?kind=a", {}, b"", "the body is missing"),
    "body-unexpected": ("GET", "/things", JSON, b"{}", "a body is not described"),
    "media-type": ("PUT", "/things/1?kind=a", {"content-type": "text/csv"}, b"a", "media type 'text/csv'"),
    "body-no-json": ("PUT", "/things/1?kind=a", JSON, b"{", "is not application/json"),
    "body-schema": ("PUT", "/things/1?kind=a", JSON, b'{"name": 1}', "1 is not of type 'string'"),
    "body-reference": ("PUT", "/things/1?kind=a", JSON, THING.replace(b"[]", b"[{}]"),
                       "parts/0: 'name' is a required property"),
    "body-additional": ("PUT", "/things/1?kind=a", JSON, THING.replace(b"{", b'{"x": 1, ', 1), "'x' was unexpected"),
    "form": ("PUT", "/things/1?kind=a", {"content-type": "application/x-www-form-urlencoded"}, b"size=7", None),
    "form-value": ("PUT", "/things/1?kind=a", {"content-type": "application/x-www-form-urlencoded"}, b"size=x",
                   "'x' is not of"),
    "xml": ("PUT", "/things/1?kind=a", {"content-type": "application/xml"}, b"<a/>", None),
    "xml-broken": ("PUT", "/things/1?kind=a", {"content-type": "application/xml"}, b"<a>", "is not application/xml"),
    "text": ("PUT", "/things/1?kind=a", {"content-type": "text/plain"}, b"abcd", "'abcd' is too long"),
}


@pytest.mark.parametrize("method, target, headers, body, part", REQUESTS.values(), ids=REQUESTS.keys())
def test_what_is_wrong_is_found(method, target, headers, body, part):
    _, wrong = Description(DESCRIPTION).read(Received(method, target, headers, body))
    assert (wrong == []) if part is None else (part in " ".join(wrong)), wrong


def test_what_a_call_held():
    call, _ = Description(DESCRIPTION).read(Received(*GOOD))
    assert (call.operation, call.path, call.cookie, call.header) == ("putThing", {"id": 1}, {"session": "a b"}, {"X-Count": 3})
    assert call.query == {"kind": "a", "tag": ["x", "yy"], "claim": {"sub": 1}}
    assert call.body == {"name": "n", "code": "ABC-1", "parts": []}


def test_example_fits_its_schema():
    description = Description(DESCRIPTION)
    operation = description.operation("putThing")
    made = description.example(operation, 200)
    assert (made["name"], made["size"], made["state"]) == ("lamp", 7, "new")
    assert description.answer_faults(operation, 200, "application/json", made) == []
    assert description.answer_faults(operation, 200, "application/json", {"name": 1}) != []


def test_double(tmp_path):
    (tmp_path / "d.yaml").write_text(yaml.safe_dump(DESCRIPTION))
    with OpenApiDouble(tmp_path / "d.yaml", "/v1") as double:
        double.answers("findThings", {"json": [1]}, {"json": [2]})
        texts = [urllib.request.urlopen(f"{double.server}/things").read() for _ in range(3)]
        assert (texts, double.called(), double.violations) == ([b"[1]", b"[2]", b"[2]"], ["findThings"] * 3, [])
        double.forget()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{double.server}/things")
        assert double.violations == ["findThings: the test has no answer for it"]
