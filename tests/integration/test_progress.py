"""What `arazzo run` shows at a terminal: the line that follows the step, the countdown, the table; and what it doesn't: colours where
they are not wanted, control characters of answers, lines that are longer than the terminal is wide."""

import json
import signal

import pytest

from image_run import DOCUMENT, FAILED, INPUTS, operations
from terminal import Terminal

PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]


@pytest.fixture
def terminal(aws, arazzo):
    def start(*arguments, environment=None, **more):
        variables = {**aws.sdk_environment(), "AWS_MAX_ATTEMPTS": "3", **(environment or {})}
        return Terminal(arazzo, "run", DOCUMENT, *PAIRS, *arguments, environment=variables, **more)
    return start


def test_the_line_follows_the_run(aws, terminal):
    """Try, backoff, countdown; each drawn over the one before, so that only finished steps and the table stay."""
    aws.image_builder.script(["PENDING", FAILED])
    aws.image_builder.fault("GetImage", "status", status=503)
    one = terminal("--poll-seconds", "1")
    status, stdout = one.finish()
    assert (status, json.loads(stdout)["status"]) == (0, "SUCCEEDED")
    for part in ("> createImage  PUT", "> getImage  GET  transient (503), try 2 of 3 in 0.", "> getImage  GET  try 2 of 3  ",
                 "> getImage  in 1 s"):
        assert part in one.output
    lines = [line for line in one.screen.lines if line]
    assert not any(">" in line.replace("->", "") for line in lines)
    assert [line.split()[0] for line in lines] == [
        "createImage", "getImage", "getImage", "deleteFailedImage",
        "step", "createImage", "getImage", "deleteFailedImage", "SUCCEEDED"]
    assert lines[6].split()[:3] == ["getImage", "3", "200"]
    assert lines[-1].endswith(", 5 requests")


@pytest.mark.parametrize("columns", [12, 40])
def test_a_narrow_terminal(aws, terminal, columns):
    aws.image_builder.script(["PENDING", "AVAILABLE"])
    one = terminal("--poll-seconds", "1", columns=columns)
    assert one.finish()[0] == 0
    assert not one.screen.has_wrapped
    assert all(len(line) < columns for line in one.screen.lines)


def test_a_terminal_that_becomes_narrow(aws, terminal):
    aws.image_builder.script(["PENDING", "AVAILABLE"])
    one = terminal("--poll-seconds", "1", columns=100).until("> getImage  in")
    one.resize(14)
    assert one.finish()[0] == 0
    assert all(len(line) < 14 for line in one.screen.lines[-4:])


PLAIN = {"no-color-option": (["--no-color"], {}, "xterm", True), "no-color-variable": ([], {"NO_COLOR": "1"}, "xterm", True),
         "dumb": ([], {}, "dumb", False), "coloured": ([], {}, "xterm", True)}


@pytest.mark.parametrize("name", PLAIN)
def test_colours(terminal, name):
    options, environment, term, is_live = PLAIN[name]
    one = terminal(*options, environment=environment, term=term)
    assert one.finish()[0] == 0
    assert ("\x1b[32m" in one.output) == (name == "coloured")
    assert ("\x1b[K" in one.output) == is_live
    assert "createImage" in one.output


def test_quiet(terminal):
    one = terminal("--quiet")
    assert (one.finish()[0], one.output) == (0, "")


def test_interrupted_while_a_request_is_under_way(aws, terminal):
    """It is said what a second signal would do."""
    aws.image_builder.fault("CreateImage", "slow", seconds=0.7)
    one = terminal().until("> createImage  PUT").interrupt().until("once more cuts it")
    status, stdout = one.finish()
    assert (status, json.loads(stdout)["nextStepId"]) == (1, "getImage")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_while_it_waits(aws, terminal, number):
    aws.image_builder.script(["PENDING"])
    one = terminal("--poll-seconds", "60").until("> getImage  in 1:00").interrupt(number)
    status, stdout = one.finish()
    assert (status, json.loads(stdout)["nextStepId"]) == (1, "getImage")
    assert "RUNNING after" in one.screen.lines[-2]
    assert operations(aws) == ["CreateImage", "GetImage"]


def test_a_log_line_does_not_run_into_the_progress(aws, terminal):
    aws.image_builder.fault("GetImage", "status", status=503)
    one = terminal("--poll-seconds", "1", environment={"AWS_MAX_ATTEMPTS": "1"})
    assert one.finish()[0] == 0
    assert any("transient failure" in line and ">" not in line.split("transient")[0] for line in one.screen.lines)


DOCUMENT_WITH_CONTROLS = """arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: main
    steps:
      - stepId: ask
        operationId: ask
        outputs: {said: $response.body#/said}
"""
API = """openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: SERVER}]
paths: {/ask: {get: {operationId: ask, responses: {"200": {description: d}}}}}
"""


def test_answers_do_not_reach_the_terminal(arazzo, server, tmp_path):
    """A refused request is told of in the service's words: these must not clear the screen, or reorder what stands there."""
    (tmp_path / "doc.yaml").write_text(DOCUMENT_WITH_CONTROLS)
    (tmp_path / "api.yaml").write_text(API.replace("SERVER", server.url))
    server.script("GET", "/ask", {"status": 403, "json": {"message": "no \x1b[2J\x07\u202e\u009b31m way", "code": "A\x1bB"}})
    one = Terminal(arazzo, "run", tmp_path / "doc.yaml")
    assert one.finish()[0] == 1
    assert "FAILED" in one.output and "\u202e" not in one.output and "\u009b" not in one.output
