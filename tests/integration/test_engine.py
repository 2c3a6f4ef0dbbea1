"""The engine's general behaviour, with documents of its own against a small HTTP server: what is sent, what comes out."""

import json

import pytest

from contract import check_refusal, check_response

DOCUMENT = "library.arazzo.yaml"
OK = {"json": {}}


@pytest.fixture
def workflow(arazzo, documents):
    """Runs one workflow at the terminal; the last response."""
    def run(name, inputs=None, options=("--poll-seconds", "0"), exit_status=0):
        done = arazzo("run", documents / DOCUMENT, "--workflow", name, "--inputs", json.dumps(inputs or {}), *options)
        assert done.exit_status == exit_status, done.stdout + done.stderr
        return check_response(done.json)
    return run


@pytest.fixture
def function(emulator, documents):
    """The function with these documents: one invocation for an event; the response."""
    aws = emulator({"ARAZZO_DOCUMENT": DOCUMENT, "AWS_REGION": None}, task_root=str(documents))

    def invoke(event):
        result = aws.invoke(event)
        assert not result.function_error, result.payload
        return check_response(result.payload)
    invoke.aws = aws
    return invoke


def event(workflow, inputs=None, **more):
    return {"workflowId": workflow, "inputs": inputs or {}, **more}


# ---- requests ----

PATHS = {
    "plain": ("a", "b", "/shelves/a/books/b"),
    "reserved": ("a/b", "c?d#e", "/shelves/a%2Fb/books/c%3Fd%23e"),
    "percent-and-plus": ("50%", "a+b", "/shelves/50%25/books/a%2Bb"),
    "space-and-umlaut": ("ä ö", "b", "/shelves/%C3%A4%20%C3%B6/books/b"),
    "unreserved": ("a-b._~", "b", "/shelves/a-b._~/books/b"),
    "template-characters": ("{book}", "$inputs.shelf", "/shelves/%7Bbook%7D/books/%24inputs.shelf"),
    "number": (7, 1.50, "/shelves/7/books/1.5"),
    "boolean": (True, False, "/shelves/true/books/false"),
    "list": (["a", "b c"], "d", "/shelves/a,b%20c/books/d"),
    "dots-inside": ("a..", "...", "/shelves/a../books/..."),
}


@pytest.mark.parametrize("shelf, book, target", PATHS.values(), ids=PATHS.keys())
def test_path_parameters(workflow, server, shelf, book, target):
    server.script("GET", target, OK)
    assert workflow("path", {"shelf": shelf, "book": book})["status"] == "SUCCEEDED"
    assert server.sent() == [f"GET {target}"]


UNSENDABLE = {
    "missing": ({"shelf": "a"}, "book"),
    "null": ({"shelf": "a", "book": None}, "book"),
    "empty": ({"shelf": "a", "book": ""}, "book"),
    "empty-list": ({"shelf": "a", "book": []}, "book"),
    "dot": ({"shelf": ".", "book": "a"}, "shelf"),
    "dot-dot": ({"shelf": "..", "book": "a"}, "shelf"),
    "object-in-object": ({"shelf": {"a": {"b": 1}}, "book": "a"}, "shelf"),
    "list-of-lists": ({"shelf": [["a"]], "book": "a"}, "shelf"),
    "too-long": ({"shelf": "x" * 20000, "book": "a"}, "URL"),
}


@pytest.mark.parametrize("inputs, part", UNSENDABLE.values(), ids=UNSENDABLE.keys())
def test_unsendable_path_parameter_fails_before_sending(workflow, server, inputs, part):
    response = workflow("path", inputs, exit_status=1)
    assert response["error"]["name"] == "Arazzo.StepFailed"
    assert part in response["error"]["message"]
    assert server.sent() == []


GREEDY = {
    "slashes-stay": ("a/b/c.txt", "/files/a/b/c.txt"),
    "the-rest-is-encoded": ("a b/ü?#", "/files/a%20b/%C3%BC%3F%23"),
    "double-slash": ("a//b", "/files/a//b"),
}


@pytest.mark.parametrize("key, target", GREEDY.values(), ids=GREEDY.keys())
def test_greedy_path_parameter(workflow, server, key, target):
    server.script("GET", target, OK)
    workflow("greedy-path", {"key": key})
    assert server.sent() == [f"GET {target}"]


@pytest.mark.parametrize("key", ["..", "a/../../orders/1", "../orders/1", "./a", "a/.."])
def test_greedy_path_parameter_does_not_climb(workflow, server, key):
    """A server that resolves dot segments would be led to another resource."""
    response = workflow("greedy-path", {"key": key}, exit_status=1)
    assert response["error"]["name"] == "Arazzo.StepFailed"
    assert server.sent() == []


QUERIES = {
    "nothing-is-left-out": ({}, "/books"),
    "one-tag": ({"tag": ["a"]}, "/books?tag=a"),
    "tags-repeat": ({"tag": ["a", "b c"]}, "/books?tag=a&tag=b%20c"),
    "tags-empty": ({"tag": []}, "/books"),
    "ids-joined": ({"ids": ["1", "2,3"]}, "/books?ids=1,2%2C3"),
    "number": ({"limit": 9007199254740993}, "/books?limit=9007199254740993"),
    "number-as-it-was": ({"limit": 1.0}, "/books?limit=1.0"),
    "boolean": ({"all": False}, "/books?all=false"),
    "null-is-left-out": ({"after": None, "limit": 1}, "/books?limit=1"),
    "empty-text-is-sent": ({"after": ""}, "/books?after="),
    "reserved": ({"after": "a&b=c+d/e"}, "/books?after=a%26b%3Dc%2Bd%2Fe"),
}


@pytest.mark.parametrize("inputs, target", QUERIES.values(), ids=QUERIES.keys())
def test_query_parameters(workflow, server, inputs, target):
    server.script("GET", "/books", OK)
    workflow("query", inputs)
    assert server.sent() == [f"GET {target}"]


HEADERS = {
    "absent": ({}, None, None),
    "text": ({"reader": "Ada"}, "reader Ada", None),
    "list": ({"reader": 7, "groups": ["a", "b"]}, "reader 7", "a,b"),
    "not-encoded": ({"reader": "a/b?c=d e"}, "reader a/b?c=d e", None),
}


@pytest.mark.parametrize("inputs, reader, groups", HEADERS.values(), ids=HEADERS.keys())
def test_header_parameters(workflow, server, inputs, reader, groups):
    server.script("GET", "/books", OK)
    workflow("query", inputs)
    headers = server.requests[0].headers
    assert (headers.get("x-reader"), headers.get("x-groups")) == (reader, groups)


@pytest.mark.parametrize("text", ["a\r\nX-Evil: 1", "a\nb", "\r"], ids=["crlf", "lf", "cr"])
def test_header_can_not_be_split(workflow, server, text):
    response = workflow("query", {"reader": text}, exit_status=1)
    assert response["error"]["name"] == "Arazzo.StepFailed"
    assert "X-Reader" in response["error"]["message"]
    assert server.sent() == []


FIXED = {"yes": True, "none": None, "pi": 3.14159265358979323846, "text": "plain"}
BODIES = {
    "everything": ({"title": "t", "note": "n", "address": {"street": "s", "city": "c", "country": ["x", {"y": 1}]},
                    "first": {"id": 1}, "second": "2"},
                   {"title": "t", "note": "n", "address": {"street": "s", "city": "in c", "country": ["x", {"y": 1}]},
                    "items": [{"id": 1}, {"id": "2"}, 3], "fixed": FIXED}),
    "optional-members-left-out": ({"title": "t", "first": 1, "second": 2, "address": {"street": "s"}},
                                  {"title": "t", "address": {"street": "s"}, "items": [1, {"id": 2}, 3], "fixed": FIXED}),
}


@pytest.mark.parametrize("inputs, body", BODIES.values(), ids=BODIES.keys())
def test_nested_body(workflow, server, inputs, body):
    server.script("POST", "/orders", {"json": {"id": 17}})
    response = workflow("body", {"key": "k", **inputs})
    assert response["outputs"] == {"id": 17}
    assert server.requests[0].json == body
    assert server.requests[0].headers["content-type"] == "application/json"
    assert "3.14159265358979323846" in server.requests[0].body.decode()


# ---- values that pass through ----

VALUES = {
    "2^53+1": "9007199254740993",
    "30-digits": "123456789012345678901234567890",
    "1e400": "1e400",
    "tiny": "-1.5E-400",
    "fraction-as-written": "1.10",
    "negative-zero": "-0",
    "text-with-escapes": r'"a\"b\\c\/\b\f\n\r\t\u00e9\ud83d\ude00"',
    "empty-text": '""',
    "true": "true",
    "list": '[1, "2", [3, {}], {"a": null}]',
    "object-with-odd-names": r'{"": 1, "a.b": 2, "~/": 3, "\ud83d\ude00": 5}',
    "deep": "[" * 110 + "]" * 110,
    "looks-like-an-expression": '"$inputs.x {$response.body}"',
}


def same_json(left, right):
    """Equal with every number's text."""
    def parse(text):
        return json.loads(text, parse_float=str, parse_int=str)
    return parse(left) == parse(right)


@pytest.mark.parametrize("text", VALUES.values(), ids=VALUES.keys())
def test_value_passes_from_response_to_request(workflow, server, text):
    server.script("GET", "/value", {"body": '{"value": %s}' % text})
    server.script("PUT", "/value", OK)
    response = workflow("pass-on")
    assert response["status"] == "SUCCEEDED"
    assert server.sent() == ["GET /value", "PUT /value"]
    assert same_json(server.requests[1].body.decode(), '{"value": %s, "missing": null, "tag": null}' % text) or \
        same_json(server.requests[1].body.decode(), '{"value": %s}' % text)


def test_nul_in_text_is_refused_with_its_name(workflow, server):
    """JSON allows U+0000 in strings, this program does not; it must say so, and not cut the text there."""
    server.script("GET", "/value", {"body": r'{"value": "a\u0000b"}'})
    response = workflow("pass-on", exit_status=1)
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert "U+0000" in response["error"]["message"]
    assert "PUT /value" not in server.sent()


def test_null_outputs_are_sent_as_the_document_says(workflow, server):
    """Design, section 6: an optional body member that is unresolved is left out, never sent as null."""
    server.script("GET", "/value", {"body": '{"value": 1}'})
    server.script("PUT", "/value", OK)
    response = workflow("pass-on")
    assert response["outputs"] == {"value": 1, "missing": None, "tag": None}
    assert server.requests[1].json == {"value": 1}


def test_header_as_output(workflow, server):
    server.script("GET", "/value", {"headers": {"x-tag": "t1"}, "body": '{"value": 1}'})
    server.script("PUT", "/value", OK)
    assert workflow("pass-on")["outputs"]["tag"] == "t1"


@pytest.mark.parametrize("depth", [1, 100, 117, 118, 119])
def test_what_is_written_into_the_state_can_be_read_back(workflow, server, depth):
    """A body may be nested 120 levels deep, fewer than JSON in general: around it the state adds levels of its own."""
    server.script("GET", "/value", {"body": '{"value": %s}' % ("[" * depth + "]" * depth)})
    server.script("PUT", "/value", OK)
    response = workflow("pass-on")
    assert response["status"] == "SUCCEEDED"
    assert server.sent() == ["GET /value", "PUT /value"]


@pytest.mark.parametrize("depth", [120, 127, 500])
def test_a_body_that_nests_deeper_is_no_answer(workflow, server, depth):
    server.script("GET", "/value", {"body": '{"value": %s}' % ("[" * depth + "]" * depth)})
    response = workflow("pass-on", exit_status=1)
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert "PUT /value" not in server.sent()


def test_large_outputs_fit_what_step_functions_takes(function, server):
    """With the default limits no response is larger than the 262,144 bytes of a Step Functions payload."""
    server.script("GET", "/value", {"json": {"value": '"' * 45000}})
    result = function.aws.invoke(event("pass-on"))
    assert len(result.raw) <= 262144


def test_run_that_fails_for_its_state_fits_step_functions(function, server):
    """Arazzo.StateTooLarge must arrive: outputs as large as the state was would be refused by Step Functions."""
    server.script("GET", "/value", {"json": {"value": "x" * 400000}})
    result = function.aws.invoke(event("pass-on"))
    assert result.payload["error"]["name"] == "Arazzo.StateTooLarge"
    assert len(result.raw) <= 262144


# ---- transitions ----

def test_retry_waits_and_then_succeeds(function, server):
    server.script("GET", "/value", {"status": 404}, {"status": 404}, {"json": {"value": 5}})
    first = function(event("retry"))
    assert (first["lastStep"]["action"], first["nextStepId"], first["waitSeconds"]) == ("retry", "read", 3)
    second = function(first)
    assert (second["lastStep"]["action"], second["waitSeconds"]) == ("retry", 3)
    last = function(second)
    assert (last["status"], last["outputs"]) == ("SUCCEEDED", {"value": 5})


def test_retry_limit_then_the_next_action(function, server):
    server.script("GET", "/value", {"status": 404})
    response, actions = event("retry"), []
    while response.get("status", "RUNNING") == "RUNNING":
        response = function(response)
        actions.append(response["lastStep"]["action"])
    assert actions == ["retry", "retry", "end"]
    assert (response["status"], response["outputs"]) == ("SUCCEEDED", {"value": None})


@pytest.mark.parametrize("value, seconds", [("7", 7), ("0", 0), ("86401", 86400), ("soon", 3), ("-1", 3)],
                         ids=["7", "0", "too-long", "text", "negative"])
def test_retry_after_header_overrules(function, server, value, seconds):
    server.script("GET", "/value", {"status": 404, "headers": {"Retry-After": value}})
    assert function(event("retry"))["waitSeconds"] == seconds


@pytest.mark.parametrize("status", [400, 403, 409, 418])
def test_failure_that_no_action_is_for_ends_the_run(function, server, status):
    server.script("GET", "/value", {"status": status})
    response = function(event("retry"))
    assert (response["status"], response["error"]["name"], response["error"]["statusCode"]) == (
        "FAILED", "Arazzo.StepFailed", status)


def test_transient_failure_that_no_action_is_for_waits(function, server):
    server.script("GET", "/value", {"status": 503}, {"json": {"value": 1}})
    response = function(event("retry"))
    assert (response["status"], response["lastStep"]["action"], response["waitSeconds"]) == ("RUNNING", "wait", 60)
    assert function(response)["outputs"] == {"value": 1}


def test_goto_backwards_waits_and_forward_does_not(function, server):
    server.script("GET", "/value", *({"json": {"value": n}} for n in range(1, 9)))
    response, seen = event("back"), []
    while response.get("status", "RUNNING") == "RUNNING":
        response = function(response)
        seen.append((response["lastStep"]["stepId"], response.get("waitSeconds")))
    assert seen[:2] == [("first", 0), ("second", 60)]
    assert seen[-1] == ("second", None)
    assert response["outputs"] == {"first": 3, "second": 4}


INTO_DELETE = {
    "good": ({"state": "good"}, "SUCCEEDED", 0),
    "bad": ({"state": "bad"}, "SUCCEEDED", 1),
    "neither": ({"state": "building"}, "FAILED", 0),
    "absent": ({}, "FAILED", 0),
    "null": ({"state": None}, "FAILED", 0),
    "other-type": ({"state": ["bad"]}, "FAILED", 0),
    "not-an-object": (["bad"], "FAILED", 0),
}


@pytest.mark.parametrize("body, status, deletes", INTO_DELETE.values(), ids=INTO_DELETE.keys())
def test_nothing_falls_into_delete(workflow, server, body, status, deletes):
    server.script("GET", "/orders/1", {"json": body})
    server.script("DELETE", "/orders/1", {"status": 204, "body": ""})
    response = workflow("into-delete", {"id": "1"}, exit_status=0 if status == "SUCCEEDED" else 1)
    assert response["status"] == status
    assert server.sent().count("DELETE /orders/1") == deletes


@pytest.mark.parametrize("state, requests", [
    ("good", ["GET /orders/1"]), ("bad", ["GET /orders/1", "PUT /value", "DELETE /orders/1"])])
def test_delete_at_the_end_of_what_the_author_wrote(workflow, server, state, requests):
    script_order(server, {"json": {"state": state}})
    assert workflow("into-delete-later", {"id": "1"})["status"] == "SUCCEEDED"
    assert server.sent() == requests


def test_nothing_falls_into_delete_through_another_step(workflow, server):
    """None of the actions applied: the list's order must not lead to the DELETE behind a harmless step either."""
    script_order(server, {"json": {"state": "building"}})
    workflow("into-delete-later", {"id": "1"}, exit_status=1)
    assert "DELETE /orders/1" not in server.sent()


def script_order(server, *answers):
    server.script("GET", "/orders/1", *answers)
    server.script("PUT", "/value", OK)
    server.script("DELETE", "/orders/1", {"status": 204, "body": ""})


@pytest.mark.parametrize("states, deletes", [
    (["good"], 0), (["broken", "good"], 0), (["lost"], 1), (["broken", "lost"], 1), (["broken", "broken", "good"], 0)],
    ids=["good", "mended", "lost", "mended-then-lost", "mended-twice"])
def test_repaired_order_lives(workflow, server, states, deletes):
    """Each look decides by what it saw itself."""
    script_order(server, *({"json": {"state": state}} for state in states))
    assert workflow("repair", {"id": "1"})["status"] == "SUCCEEDED"
    looks = [sent for sent in server.sent() if sent == "GET /orders/1"]
    assert len(looks) == len(states)
    assert server.sent().count("DELETE /orders/1") == deletes


CLEAN_UPS = {
    "lost-answer": ([{"reset": True}], 0),
    "page-of-a-proxy": ([{"status": 502, "body": "<html>", "headers": {"Content-Type": "text/html"}}], 0),
    "refused": ([{"status": 409, "json": {"state": "dead"}}], 1),
    "busy": ([{"status": 409, "json": {"state": "busy"}}], 0),
}


@pytest.mark.parametrize("answers, deletes", CLEAN_UPS.values(), ids=CLEAN_UPS.keys())
def test_clean_up_needs_an_answer_to_decide_by(function, server, answers, deletes):
    """Without an answer `$statusCode != 429` can't be evaluated; it does not hold, and nothing is deleted for it."""
    server.script("GET", "/orders/1", *answers)
    server.script("DELETE", "/orders/1", {"status": 204, "body": ""})
    response = function(event("clean-up-on-failure", {"id": "1"}))
    if response["status"] == "RUNNING" and response["nextStepId"] == "remove":
        function(response)
    assert server.sent().count("DELETE /orders/1") == deletes


UNREADABLE = {
    "html": {"body": "<html>", "headers": {"Content-Type": "text/html"}},
    "cut-off": {"body": '{"state": "ba'},
    "empty": {"body": ""},
    "no-type": {"body": '{"state": "bad"', "headers": {"Content-Type": None}},
    "not-utf-8": {"body": b'{"state": "\xff"}'},
    "lone-surrogate": {"body": r'{"state": "bad", "x": "\ud800"}'},
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_unreadable_body_keeps_the_step(function, server, answer):
    server.script("GET", "/orders/1", answer, {"json": {"state": "good"}})
    response = function(event("into-delete", {"id": "1"}))
    assert (response["status"], response["lastStep"]["action"], response["nextStepId"]) == ("RUNNING", "wait", "read")
    assert function(response)["status"] == "SUCCEEDED"
    assert "DELETE /orders/1" not in server.sent()


def test_criteria_of_a_step_see_its_new_outputs(function, server):
    """A poll that decides by $steps.<itself>.outputs decides by this answer, not by the one before."""
    server.script("GET", "/value", *({"json": {"state": state}} for state in ("new", "ready", "gone")))
    first = function(event("own-outputs"))
    assert (first["lastStep"]["action"], first["nextStepId"]) == ("goto", "read")
    last = function(first)
    assert (last["status"], last["outputs"]) == ("SUCCEEDED", {"state": "ready"})


def test_a_page_instead_of_json_is_no_success(function, server):
    """A captive portal's page with status 200 must not pass for an answer, even where only the status is asked for."""
    server.script("GET", "/value", {"body": "<html>", "headers": {"Content-Type": "text/html"}})
    response = function(event("status-only"))
    assert (response["status"], response["nextStepId"]) == ("RUNNING", "read")


# ---- requests that may have been carried out ----

def test_post_without_token_is_not_sent_twice(function, server):
    server.script("POST", "/orders", {"reset": True}, {"json": {"id": 1}})
    response = function(event("post", {"title": "t"}))
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
    assert server.sent() == ["POST /orders"]


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 503}, {"body": "<html>", "headers": {"Content-Type": "text/html"}},
                                    {"body": '{"id": '}], ids=["500", "503", "html", "cut-off"])
def test_unclear_answer_to_a_post_without_token(function, server, answer):
    server.script("POST", "/orders", answer, {"json": {"id": 1}})
    response = function(event("post", {"title": "t"}))
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
    assert server.sent() == ["POST /orders"]


def test_throttled_post_without_token_is_sent_later(function, server):
    """429 says that nothing was done."""
    server.script("POST", "/orders", {"status": 429}, {"json": {"id": 1}})
    response = function(event("post", {"title": "t"}))
    assert (response["status"], response["lastStep"]["action"]) == ("RUNNING", "wait")
    assert function(response)["outputs"] == {"id": 1}


def test_repeated_delivery_of_a_post_without_token_sends_nothing(function, server):
    server.script("POST", "/orders", {"json": {"id": 1}})
    response = function(event("post", {"title": "t"}, delivery={"retryCount": 1}))
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.AmbiguousOutcome")
    assert server.sent() == []


@pytest.mark.parametrize("delivery", [{}, {"delivery": {"retryCount": 0}}], ids=["unknown", "first"])
def test_delivery_that_may_be_the_first_of_a_post(function, server, delivery):
    server.script("POST", "/orders", {"json": {"id": 1}})
    assert function(event("post", {"title": "t"}, **delivery))["outputs"] == {"id": 1}


SAFE = {"key": ("post-with-key", {"title": "t", "key": "k1"}), "token": ("post-with-token", {"title": "t"})}


@pytest.mark.parametrize("name, inputs", SAFE.values(), ids=SAFE.keys())
@pytest.mark.parametrize("answer", [{"reset": True}, {"status": 503}, {"body": "{"}], ids=["reset", "503", "cut-off"])
def test_post_with_token_is_sent_again(function, server, name, inputs, answer):
    server.script("POST", "/orders", answer, {"json": {"id": 1}})
    response = function(event(name, inputs))
    assert response["lastStep"]["action"] == "wait"
    assert function({**response, "delivery": {"retryCount": 1}})["outputs"] == {"id": 1}
    first, second = server.requests
    assert (first.body, first.headers.get("idempotency-key")) == (second.body, second.headers.get("idempotency-key"))


@pytest.mark.parametrize("key", [None, ""], ids=["absent", "empty"])
def test_empty_key_is_no_token(function, server, key):
    server.script("POST", "/orders", {"reset": True})
    response = function(event("post-with-key", {"title": "t", "key": key}))
    assert response["error"]["name"] == "Arazzo.AmbiguousOutcome"


# ---- answers of a hostile or odd server ----

def test_header_that_is_not_utf_8_does_not_spoil_the_response(function, server):
    """Step Functions refuses a response that is not UTF-8, and the run would be lost."""
    server.script("GET", "/value", {"headers": {"x-amzn-RequestId": "\xff\xfe", "X-Tag": "\xe9"}, "json": {"value": 1}})
    server.script("PUT", "/value", OK)
    result = function.aws.invoke(event("pass-on"))
    assert json.loads(result.raw.decode("utf-8"))["nextStepId"] == "write"
    for line in function.aws.logs()[-5:]:
        line.text.encode("utf-8")


@pytest.mark.parametrize("size", [300, 5000])
def test_long_request_id(function, server, size):
    server.script("GET", "/value", {"headers": {"x-amzn-RequestId": "x" * size}, "json": {"value": 1}})
    response = function(event("retry"))
    assert response["status"] == "SUCCEEDED"


TYPES = ["application/json; charset=utf-8", "Application/JSON", "application/problem+json", "text/json",
         "application/x-amz-json-1.1", None]


@pytest.mark.parametrize("content_type", TYPES)
def test_media_types_of_json(function, server, content_type):
    server.script("GET", "/value", {"headers": {"Content-Type": content_type}, "json": {"value": 1}})
    assert function(event("retry"))["outputs"] == {"value": 1}


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_success_without_criteria_is_2xx(function, server, status):
    server.script("DELETE", "/orders/1", {"status": status, "body": ""})
    assert function(event("delete", {"id": "1"}, delivery={"retryCount": 0}))["lastStep"]["success"] is True


@pytest.mark.parametrize("body", ['{"value": 1, "value": 2}', '\ufeff{"value": 1} x', "{'value': 1}", "NaN", '{"value": 01}'],
                         ids=["member-twice", "text-behind", "single-quotes", "nan", "leading-zero"])
def test_json_that_is_none_is_not_guessed_at(function, server, body):
    server.script("GET", "/value", {"body": body})
    response = function(event("retry"))
    assert (response["status"], response["lastStep"]["action"]) == ("RUNNING", "wait")


# ---- starting ----

LARGE = {"text": "x" * 300000, "many-values": [1] * 200000, "many-objects": [{}] * 100000}


@pytest.mark.parametrize("value", LARGE.values(), ids=LARGE.keys())
def test_inputs_larger_than_the_state_are_refused_before_sending(function, server, value):
    """That the state will be too large is known before the first request: nothing may be created and then lost."""
    server.script("GET", "/orders/1", {"json": {"state": "bad"}})
    result = function.aws.invoke(event("into-delete", {"id": "1", "note": value}))
    name = result.payload["errorType"] if result.function_error else result.payload["error"]["name"]
    assert name in ("Arazzo.StateTooLarge", "Arazzo.InvalidInput")
    assert server.sent() == []


def test_log_of_a_failed_run_says_why(function, server):
    """Whoever reads the log alone must learn the error's name and message."""
    response = function(event("path", {"shelf": "a"}))
    lines = [line.text for line in function.aws.logs() if "Arazzo.StepFailed" in line.text]
    assert lines and "book" in lines[-1]
    assert response["error"]["name"] == "Arazzo.StepFailed"


def test_workflow_must_be_named_where_there_are_many(function, server):
    check_refusal(function.aws.invoke({"inputs": {}}), "Arazzo.InvalidEvent", "workflowId", "path")
    assert server.sent() == []


def test_unsigned_operations_need_no_credentials(emulator, documents, server):
    server.script("GET", "/value", {"json": {"value": 1}})
    missing = {name: None for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION")}
    aws = emulator({"ARAZZO_DOCUMENT": DOCUMENT, **missing}, task_root=str(documents))
    assert aws.invoke(event("retry")).payload["outputs"] == {"value": 1}
    assert "authorization" not in server.requests[0].headers


def test_credentials_are_not_sent_to_unsigned_operations(function, server):
    server.script("GET", "/value", {"json": {"value": 1}})
    function(event("retry"))
    text = json.dumps(server.requests[0].headers)
    assert "AWS4" not in text and "x-amz-" not in text.lower()


def test_redirect_is_not_followed(function, server):
    server.script("GET", "/value", {"status": 302, "headers": {"Location": "/books"}})
    assert function(event("retry"))["status"] == "FAILED"
    assert server.sent() == ["GET /value"]
