"""`arazzo eval`: values, nodes and verdicts, and errors with their place. What the languages mean has tests of its own; these are about
the command. It has neither credentials nor a region here."""

import json

import pytest

ANSWER = {"inputs": {"token": "t", "n": 3, "a": {"b": [1, {"c": None}]}}, "statusCode": 200,
          "steps": {"make": {"outputs": {"id": "x-1"}}},
          "response": {"header": {"X-Request-Id": "r"}, "body": {"state": "FAILED", "items": [1, 2, 3], "xml": "<a><b>1</b></a>"}}}

EXPRESSIONS = {
    "input": ("$inputs.n", [], 3),
    "object": ("$inputs.a", [], {"b": [1, {"c": None}]}),
    "pointer": ("$response.body#/items/1", [], 2),
    "header": ("$response.header.x-request-id", [], "r"),
    "output": ("$steps.make.outputs.id", [], "x-1"),
    "status": ("$statusCode", [], 200),
    "text-with-braces": ("Bearer {$inputs.token}!", [], "Bearer t!"),
    "text-without-braces-1.0": ("Bearer $inputs.token", [], "Bearer t"),
    "text-without-braces-1.1": ("Bearer $inputs.token", ["--arazzo", "1.1"], "Bearer $inputs.token"),
    "plain-text": ("nothing", [], "nothing"),
}
CONDITIONS = {
    "simple": ("$statusCode == 200", [], True),
    "simple-false": ("$statusCode == 201 || $inputs.n > 3", [], False),
    "regex": ("^FAIL", ["--type", "regex", "--of", "$response.body#/state"], True),
    "jsonpath": ("$[?@.state == 'FAILED']", ["--type", "jsonpath"], True),
    "jsonpath-1.1": ("$.items[?@ > 3]", ["--type", "jsonpath", "--arazzo", "1.1"], False),
    "comparison-form": ("$.state == \"FAILED\"", ["--type", "jsonpath"], True),
    "jsonpath-with-an-expression": ("$.items[?@ == {$inputs.n}]", ["--type", "jsonpath"], True),
    "xpath": ("//b = '1'", ["--type", "xpath", "--of", "$response.body#/xml"], True),
    "unknown": ("$.state == \"FAILED\"", ["--type", "jsonpath", "--of", "$response.body#/nothing"], None),
}


@pytest.fixture
def answer(tmp_path):
    (tmp_path / "answer.json").write_text(json.dumps(ANSWER))
    return tmp_path / "answer.json"


@pytest.mark.parametrize("text, options, value", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_expression(arazzo, answer, text, options, value):
    done = arazzo("eval", "expression", text, "--context", answer, *options)
    assert (done.exit_status, done.json, done.stderr) == (0, {"value": value}, "")


def test_an_expression_without_a_value(arazzo, answer):
    done = arazzo("eval", "expression", "$inputs.other", "--context", answer)
    assert (done.exit_status, done.json) == (0, {"value": None, "why": "'$inputs.other' has no value in this context"})


def test_null_is_a_value(arazzo, answer):
    assert arazzo("eval", "expression", "$inputs.a#/b/1/c", "--context", answer).json == {"value": None}


@pytest.mark.parametrize("text, options, holds", CONDITIONS.values(), ids=CONDITIONS.keys())
def test_condition(arazzo, answer, text, options, holds):
    done = arazzo("eval", "condition", text, "--context", answer, *options)
    assert (done.exit_status, done.stderr) == (0, "")
    assert done.json["holds"] is holds
    assert ("why" in done.json) == (holds is None)


def test_a_condition_without_a_context(arazzo):
    assert arazzo("eval", "condition", "1 < 2").json == {"holds": True}


def test_jsonpath_from_standard_input(arazzo):
    done = arazzo("eval", "jsonpath", "$..a", "--context", "-", stdin='{"a": [1], "b": {"a": 1e2}}')
    assert done.json == {"nodes": [[1], 100]}
    assert "1e2" in done.stdout


def test_jsonpath_of_yaml(arazzo):
    assert arazzo("eval", "jsonpath", "$[0].a", "--context", "-", stdin="- a: yes\n").json == {"nodes": ["yes"]}


@pytest.mark.parametrize("text, value", [("//b", ["1", "2"]), ("//b[1]", "1"), ("count(//b)", 2), ("//c", None)],
                         ids=["nodes", "node", "number", "nothing"])
def test_xpath(arazzo, text, value):
    assert arazzo("eval", "xpath", text, "--context", "-", stdin="<a><b>1</b><b>2</b></a>").json["value"] == value


# (command, text, options, column, part of the message)
WRONG = {
    "expression": ("expression", "$inpts.x", [], 1, "did you mean '$inputs'"),
    "brace": ("expression", "a {$inputs.", [], 3, "'}'"),
    "condition": ("condition", "$statusCode = 200", [], 13, "write =="),
    "regex": ("condition", "a(b", ["--type", "regex"], 4, ""),
    "jsonpath-1.1": ("condition", "$.a == 1", ["--type", "jsonpath", "--arazzo", "1.1"], 5, "$[?$.a == 1]"),
    "xpath": ("condition", "//b[", ["--type", "xpath"], 5, "found the end"),
    "beyond-ascii": ("jsonpath", "$.é[", ["--context", "-"], 5, "expected a selector"),
}


@pytest.mark.parametrize("command, text, options, column, message", WRONG.values(), ids=WRONG.keys())
def test_a_caret_is_below_the_mistake(arazzo, command, text, options, column, message):
    done = arazzo("eval", command, text, *options, stdin="{}")
    assert (done.exit_status, done.stdout) == (1, "")
    first, second, third = done.stderr.splitlines()
    assert first.startswith(f"arazzo: character {column}: ") and message in first
    assert (second, third) == ("  " + text, "  " + " " * (column - 1) + "^")


def test_control_characters_do_not_reach_the_terminal(arazzo):
    done = arazzo("eval", "jsonpath", "$.\x1b[31m\u009b[", "--context", "-", stdin="{}")
    assert done.exit_status == 1
    assert "\x1b" not in done.stderr and "\u009b" not in done.stderr


def test_an_error_in_the_context_has_its_place(arazzo, tmp_path):
    (tmp_path / "c.json").write_text('{"a": 1,\n "b": [}')
    done = arazzo("eval", "condition", "1 == 1", "--context", tmp_path / "c.json")
    assert done.exit_status == 1
    assert "c.json:2:" in done.stderr and "^" not in done.stderr


REFUSED = {
    "no-context": (["jsonpath", "$"], 2, "--context FILE"),
    "no-text": (["condition"], 2, "eval condition needs TEXT"),
    "no-language": (["regex", "a"], 2, "eval"),
    "no-file": (["condition", "1 == 1", "--context", "/no/such"], 1, "/no/such"),
    "of": (["condition", "a", "--type", "regex", "--of", "$x"], 1, "--of '$x'"),
}


@pytest.mark.parametrize("arguments, exit_status, message", REFUSED.values(), ids=REFUSED.keys())
def test_refused(arazzo, arguments, exit_status, message):
    done = arazzo("eval", *arguments)
    assert (done.exit_status, done.stdout) == (exit_status, "")
    assert message in done.stderr
