"""What is sent: parameters of every place and type, bodies of every media type, replacements, Selector Objects."""

import xml.etree.ElementTree

import pytest

VALUES, SELECTORS = "values", "selectors"
ONLY_1_1 = pytest.mark.parametrize("version", ["1.1.0"])


# ---- parameters ----

EVERY = {"text": "a/b ä", "integer": 9007199254740993, "number": -1.5, "boolean": False, "list": ["x y", "z"]}
OTHERS = {"text": "?#&=%+", "integer": 0, "number": 2, "boolean": True, "list": ["1"]}


@pytest.mark.parametrize("inputs", [EVERY, OTHERS], ids=["every", "others"])
def test_path(play, things, inputs):
    play.end(VALUES, "path", inputs)
    assert things.calls[0].path == inputs


@pytest.mark.parametrize("inputs", [{**EVERY, "joined": [1, 2]}, {**OTHERS, "joined": [7]}, {}, {"boolean": False},
                                    {"text": ""}],
                         ids=["every", "others", "none", "false", "empty"])
def test_query(play, things, inputs):
    play.end(VALUES, "query", inputs)
    assert things.calls[0].query == inputs


@pytest.mark.parametrize("inputs", [{**EVERY, "text": "a/b"}, OTHERS, {}], ids=["every", "others", "none"])
def test_header(play, things, inputs):
    play.end(VALUES, "header", inputs)
    assert things.calls[0].header == {f"X-{name.capitalize()}": value for name, value in inputs.items()}


@pytest.mark.parametrize("inputs", [{"text": "a b", "integer": 7, "boolean": True}, {"integer": 0}, {}],
                         ids=["every", "one", "none"])
def test_cookie(play, things, inputs):
    play.end(VALUES, "cookie", inputs)
    assert things.calls[0].cookie == inputs
    assert ("cookie" in things.requests[0].headers) == bool(inputs)


def test_cookies_are_one_header(play, things):
    play.end(VALUES, "cookie", {"text": "a", "integer": 7})
    assert things.requests[0].headers["cookie"] == "text=a; integer=7"


@pytest.mark.parametrize("text", ["a; integer=7", "a\r\nX-Evil: 1"], ids=["another-cookie", "another-header"])
def test_cookie_can_not_be_split(play, things, text):
    last = play.end(VALUES, "cookie", {"text": text})
    for call in things.calls:
        assert (call.cookie, "x-evil" in call.request.headers) == ({"text": text}, False)
    assert last["status"] == ("SUCCEEDED" if things.calls else "FAILED")


def test_constants(play, things):
    play.end(VALUES, "constants")
    assert things.calls[0].query == {"text": "a {b", "integer": 7, "number": 1.5, "boolean": False, "list": ["a", "b c"]}


# Scalar values are converted to their string representation; parsed structures are serialized as JSON.
TEMPLATES = {"text": ("a", "<a>"), "number": (1.50, "<1.5>"), "boolean": (False, "<false>"), "list": ([1, "b"], '<[1,"b"]>'),
             "object": ({"a": {"b": None}}, '<{"a":{"b":null}}>'), "empty": ("", "<>")}


@pytest.mark.parametrize("value, text", TEMPLATES.values(), ids=TEMPLATES.keys())
def test_templates(play, things, value, text):
    play.end(VALUES, "templates", {"value": value})
    assert things.calls[0].query == {"text": text}


def test_pointer_into_an_input(play, things):
    play.end(VALUES, "deep-inputs", {"order": {"lines": [{}, {"name": "lamp"}]}})
    assert things.calls[0].query == {"text": "lamp"}


def test_request_expressions(play, things):
    last = play.end(VALUES, "request-expressions")
    assert last["outputs"] == {"id": "a b", "tag": "t", "name": "lamp", "method": "PUT", "status": 200,
                               "url": f"{things.url}/things/a%20b"}


@ONLY_1_1
def test_querystring(play, things):
    play.end(SELECTORS, "querystring")
    assert things.sent() == ["GET /search?filter=active&limit=50"]


@ONLY_1_1
def test_querystring_template(play, things):
    play.end(SELECTORS, "querystring-template", {"filter": "active", "limit": 5})
    assert things.sent() == ["GET /search?filter=active&limit=5&note=on"]


@ONLY_1_1
def test_querystring_json(play, things):
    play.end(SELECTORS, "querystring-json")
    assert things.sent()[0].startswith("GET /select?%7B")


# ---- bodies ----

BODIES = {
    "whole-object": ("whole-body", {"order": {"a": [1, {"b": None}]}}, {"a": [1, {"b": None}]}),
    "whole-list": ("whole-body", {"order": [1, 2]}, [1, 2]),
    "whole-text": ("whole-body", {"order": "text"}, "text"),
    "list": ("list-body", {"one": {"a": 1}, "two": "b"}, [{"a": 1}, {"two": "b"}, '{"a":1} and {"a":1}', 3]),
    "list-of-scalars": ("list-body", {"one": 1, "two": True}, [1, {"two": True}, "1 and 1", 3]),
    "json-text": ("json-text", {"name": "Ada"}, {"name": "Ada", "note": "for Ada, please", "fixed": [1, True, None]}),
    "json-text-is-escaped": ("json-text", {"name": 'a"b\\\n'},
                             {"name": 'a"b\\\n', "note": 'for a"b\\\n, please', "fixed": [1, True, None]}),
    "json-text-number": ("json-text", {"name": 7}, {"name": "7", "note": "for 7, please", "fixed": [1, True, None]}),
    "json-text-bare": ("json-text-bare", {"count": 7, "lines": [{"a": "b"}], "done": False},
                       {"count": 7, "lines": [{"a": "b"}], "done": False}),
    "replace-in-json": ("replace-in-json", {"name": "new"},
                        {"name": "new", "lines": [{"count": 1}, {"count": 10}], "a/b": {"c": ["new"]}}),
    "replace-in-an-expression": ("replace-in-a-template", {"order": {"count": 1, "name": "n"}, "count": 2},
                                 {"count": 2, "name": "n"}),
}


@pytest.mark.parametrize("workflow, inputs, body", BODIES.values(), ids=BODIES.keys())
def test_json(play, things, workflow, inputs, body):
    assert play.end(VALUES, workflow, inputs)["status"] == "SUCCEEDED"
    assert (things.calls[0].media_type, things.calls[0].body) == ("application/json", body)


FORMS = {
    "object": ("form", {"name": "a&b =ä+%", "count": 7, "tags": ["x", "y z"]},
               {"name": "a&b =ä+%", "count": 7, "done": True, "tags": ["x", "y z"]}),
    "absent-is-left-out": ("form", {"name": "n"}, {"name": "n", "done": True}),
    "text": ("form-text", {"name": "n", "count": 7}, {"name": "n", "count": 7}),
}


@pytest.mark.parametrize("workflow, inputs, body", FORMS.values(), ids=FORMS.keys())
def test_form(play, things, workflow, inputs, body):
    assert play.end(VALUES, workflow, inputs)["status"] == "SUCCEEDED"
    assert (things.calls[0].media_type, things.calls[0].body) == ("application/x-www-form-urlencoded", body)


def texts(root):
    return [(each.tag, (each.text or "").strip(), each.attrib) for each in root.iter()]


def test_xml_text(play, things):
    play.end(VALUES, "xml-text", {"id": "a", "count": 2})
    assert things.calls[0].media_type == "application/xml"
    assert texts(things.calls[0].body) == [("order", "", {}), ("id", "a", {}), ("count", "2", {})]


def test_replacements_in_xml(play, things):
    play.end(VALUES, "replace-in-xml", {"count": 12})
    assert texts(things.calls[0].body) == [("order", "", {"state": "is 12"}), ("id", "1", {}), ("line", "", {}),
                                           ("count", "12", {})]


def test_plain_text(play, things):
    play.end(VALUES, "plain-text", {"name": "Ada"})
    assert (things.calls[0].media_type, things.calls[0].body) == ("text/plain", "Hello Ada!")


XML = "<?xml version='1.0'?>\n<order><id>17</id><line><name>lamp &amp; co</name></line><line><name>pen</name></line></order>\n"


def xml_answer(text=XML):
    return {"body": text, "headers": {"Content-Type": "application/xml"}}


def test_xml_passes_as_it_is(play, things):
    """XML responses are stored as strings, and a string is embedded as it is."""
    things.answers("getDocument", xml_answer())
    last = play.end(VALUES, "copy-document")
    assert things.requests[1].body.decode() == XML
    assert last["outputs"] == {"whole": XML}


def test_text_response(play, things):
    things.answers("getText", {"body": "Grüße\n", "headers": {"Content-Type": "text/plain; charset=utf-8"}})
    assert play.end(VALUES, "read-text")["outputs"] == {"whole": "Grüße\n"}


# ---- Selector Objects ----

ORDER = {"count": 2, "lines": [{"name": "lamp", "price": 9}, {"name": "pen", "price": 1}]}


@ONLY_1_1
def test_selected_outputs(play, things):
    things.answers("getThing", {"json": ORDER})
    assert play.end(SELECTORS, "outputs")["outputs"] == {
        "name": "lamp", "dear": "lamp", "pointer": "pen", "typed": {"name": "pen", "price": 1}, "nothing": None, "again": 1}


@ONLY_1_1
def test_selected_parameter(play, things):
    play.end(SELECTORS, "parameter", {"order": ORDER})
    assert (things.calls[0].query, things.calls[0].header) == ({"text": "lamp", "integer": 2}, {})


@ONLY_1_1
def test_selected_payload(play, things):
    """An object with a context and a selector is a Selector Object only with a type, which that REQUIRES."""
    play.end(SELECTORS, "payload", {"order": ORDER})
    assert things.calls[0].body == {"name": "lamp", "deep": [{"line": ORDER["lines"][0]}],
                                    "not-a-selector": {"context": "here", "selector": "there"}}


@ONLY_1_1
def test_selected_replacements(play, things):
    play.end(SELECTORS, "replacements", {"stock": {"newQuantity": 20}, "total": 21})
    assert things.calls[0].body == {"items": [{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 20}], "total": 21}


@ONLY_1_1
def test_xml_response(play, things):
    things.answers("getDocument", xml_answer())
    last = play.end(SELECTORS, "xml")
    assert last["outputs"] == {"id": "17", "names": ["lamp & co", "pen"], "count": 2}
    assert things.calls[1].body == {"id": "17"}


@ONLY_1_1
def test_xml_response_without_what_the_criterion_asks_for(play, things):
    things.answers("getDocument", xml_answer("<order><id>17</id></order>"))
    last = play.end(SELECTORS, "xml")
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert things.sent() == ["GET /documents"]


@ONLY_1_1
@pytest.mark.parametrize("text", ["<order><id>", "not xml", ""], ids=["cut-off", "text", "empty"])
def test_xml_that_is_none_is_no_answer(play, things, text):
    """The step is kept, as with JSON that is none."""
    things.answers("getDocument", xml_answer(text), xml_answer())
    first = play.step(SELECTORS, {"workflowId": "xml", "inputs": {}})
    assert (first["status"], first["lastStep"]["action"], first["nextStepId"]) == ("RUNNING", "wait", "get")


@ONLY_1_1
def test_selected_replacement_in_xml(play, things):
    play.end(SELECTORS, "xml-replacements", {"xml": "<customer><id>c-7</id></customer>"})
    body = things.calls[0].body
    assert isinstance(body, xml.etree.ElementTree.Element)
    assert texts(body) == [("order", "", {}), ("id", "c-7", {}), ("customer", "", {})]
