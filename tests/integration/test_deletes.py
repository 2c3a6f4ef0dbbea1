"""What leads to a DELETE, what does not, and what is not sent twice."""

import pytest

from test_engine import DOCUMENT, event, function  # noqa: F401 (a fixture)


LOOKS = {
    "said": ({"json": {"state": "bad"}}, "remove", "goto"),
    "said-by-jsonpath": ({"json": {"state": "good", "mark": "drop"}}, "remove", "goto"),
    "absent": ({"json": {}}, "look", "wait"),
    "absent-for-jsonpath": ({"json": {"state": "good"}}, "look", "wait"),
    "of-another-shape": ({"json": {"state": ["good"]}}, "look", "wait"),
    "text-with-attributes": ({"json": {"state": {"code": "1", "#text": "good"}}}, "look", "wait"),
    "throttled": ({"status": 503, "json": {"message": "slow down"}}, "look", "wait"),
    "not-found": ({"status": 404, "json": {"state": "gone"}}, "remove", "goto"),
}


@pytest.mark.parametrize("answer, next_step, action", LOOKS.values(), ids=LOOKS.keys())
def test_what_is_absent_leads_to_no_delete(emulator, documents, server, answer, next_step, action):
    """'not equal' holds for what is absent, but a DELETE must rest on what an answer says."""
    aws = emulator({"ARAZZO_DOCUMENT": DOCUMENT, "AWS_REGION": None, "AWS_MAX_ATTEMPTS": "1"}, task_root=str(documents))
    server.script("GET", "/orders/1", answer)
    response = aws.invoke(event("delete-unless-good", {"id": "1"})).payload
    assert (response["nextStepId"], response["lastStep"]["action"]) == (next_step, action)


@pytest.mark.parametrize("workflow_id", ["delete-when-not-good", "delete-else"])
@pytest.mark.parametrize("answer, next_step, action", [
    ({"json": {"state": "bad"}}, "remove", "goto"),
    ({"json": {}}, "look", "wait"),
    ({"json": []}, "look", "wait"),
], ids=["said", "absent", "another-shape"])
def test_what_is_absent_excludes_no_other_action(function, server, workflow_id, answer, next_step, action):
    """A DELETE for "everything else" needs an answer that really is something else."""
    server.script("GET", "/orders/1", answer)
    response = function(event(workflow_id, {"id": "1"}))
    assert (response["nextStepId"], response["lastStep"]["action"]) == (next_step, action)


@pytest.mark.parametrize("status, error", [(500, "Arazzo.AmbiguousOutcome"), (524, "Arazzo.AmbiguousOutcome"), (400, None)])
def test_going_back_to_a_failed_post_is_a_repetition(function, server, status, error):
    server.script("POST", "/orders", {"status": status})
    response = function(event("post-until-done", {"title": "t"}))
    assert response.get("error", {}).get("name") == error
    assert server.sent() == ["POST /orders"]


@pytest.mark.parametrize("count", [110000, 240000])
def test_an_answer_that_exceeds_memory_ends_the_run(function, server, count):
    """After the request was sent, no error may ask the caller to send the event again."""
    server.script("POST", "/orders", {"json": {"id": [1] * count}})
    result = function.aws.invoke(event("post", {"title": "t"}))
    assert result.function_error is None, result.payload
    assert result.payload["error"]["name"] in ("Arazzo.ResponseTooLarge", "Arazzo.StateTooLarge")
    assert result.payload["outputs"] == {"id": None}
    assert server.sent() == ["POST /orders"]


@pytest.mark.parametrize("delivery, status, sent", [
    ({}, "FAILED", ["DELETE /orders/1"]),
    ({"delivery": {"retryCount": 0}}, "FAILED", ["DELETE /orders/1"]),
    ({"delivery": {"retryCount": 1}}, "SUCCEEDED", ["DELETE /orders/1", "DELETE /orders/2"]),
], ids=["unknown", "certainly-first", "repeated"])
def test_a_missing_resource_leads_to_no_other_delete_by_list_order(function, server, delivery, status, sent):
    """That the first DELETE was done is only guessed unless the delivery is known to be a repetition."""
    server.script("DELETE", "/orders/1", {"status": 404})
    server.script("DELETE", "/orders/2", {"json": {}})
    response = function(event("delete-two", {"first": "1", "second": "2"}, **delivery))
    while response["status"] == "RUNNING":
        response = function(response)
    assert response["status"] == status
    assert server.sent() == sent


DELETES = {
    "certainly-first": ({"delivery": {"retryCount": 0}}, 404, ("SUCCEEDED", False)),
    "repeated": ({"delivery": {"retryCount": 1}}, 404, ("SUCCEEDED", True)),
    "repeated-410": ({"delivery": {"retryCount": 1}}, 410, ("SUCCEEDED", True)),
    "unknown": ({}, 404, ("SUCCEEDED", False)),
    "repeated-403": ({"delivery": {"retryCount": 1}}, 403, ("FAILED", False)),
}


@pytest.mark.parametrize("delivery, status, expected", DELETES.values(), ids=DELETES.keys())
def test_delete_that_finds_nothing(function, server, delivery, status, expected):
    """404 counts as done when the request was sent before; else the document's onFailure decides, where it says something."""
    server.script("DELETE", "/orders/1", {"status": status})
    response = function(event("delete", {"id": "1"}, **delivery))
    assert (response["status"], response["lastStep"]["success"]) == expected
