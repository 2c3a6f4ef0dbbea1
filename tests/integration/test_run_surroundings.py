"""What surrounds `arazzo run`: standard files that are closed or that nobody reads any more, signals at any moment, a terminal that
goes away, and files that have two roles. A run is neither lost nor doubled by any of them."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from image_run import DOCUMENT, FAILED, IMAGE, INPUTS, operations

PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]
THREE = """arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: api, url: api.yaml, type: openapi}]
workflows:
  - workflowId: main
    steps:
      - {stepId: one, operationId: ask}
      - {stepId: two, operationId: ask}
      - {stepId: three, operationId: ask, outputs: {said: $response.body#/said}}
    outputs: {said: $steps.three.outputs.said}
"""
API = """openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: SERVER}]
paths: {/ask: {get: {operationId: ask, responses: {"200": {description: d}}}}}
"""


@pytest.fixture
def folder(server, tmp_path):
    """Documents of three requests."""
    (tmp_path / "doc.yaml").write_text(THREE)
    (tmp_path / "api.yaml").write_text(API.replace("SERVER", server.url))
    server.script("GET", "/ask", {"json": {"said": "hello"}})
    return tmp_path


def shell(arazzo, folder, command):
    """Runs a line of bash, in which $A is the command."""
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60,
                          env={"PATH": os.environ["PATH"], "A": str(arazzo.program), **arazzo.environment})


# ---- standard files ----

NOBODY_READS = {
    "progress": "$A run doc.yaml --trace t.json 2> >(exec 0<&-) >out; echo $?",
    "progress-is-cut": "{ $A run doc.yaml --trace t.json 2>&1 >out; echo $? >status; } | head -1 >/dev/null; cat status",
}


@pytest.mark.parametrize("command", NOBODY_READS.values(), ids=NOBODY_READS.keys())
def test_nobody_reads_the_progress(arazzo, server, folder, command):
    """The run goes on to its end."""
    assert shell(arazzo, folder, command).stdout.strip() == "0"
    assert json.loads((folder / "out").read_text())["outputs"] == {"said": "hello"}
    assert len(server.sent()) == 3


def test_nobody_reads_the_response(arazzo, server, folder):
    done = shell(arazzo, folder, "{ $A run doc.yaml --save s.json; echo $? >status; } | true; cat status")
    assert done.stdout.strip() == "1" and "could not be printed" in done.stderr
    assert json.loads((folder / "s.json").read_text())["status"] == "SUCCEEDED"
    assert len(server.sent()) == 3


CLOSED = {"stdout": (">&-", "1"), "stderr": ("2>&-", "0"), "stdout-and-stderr": (">&- 2>&-", "1"), "all": ("<&- >&- 2>&-", "1"),
          "stdin": ("<&-", "0")}


@pytest.mark.parametrize("closed, status", CLOSED.values(), ids=CLOSED.keys())
def test_closed_standard_files(arazzo, server, folder, closed, status):
    """Nothing that is printed may land in a file or a connection that got the number of a closed one."""
    done = shell(arazzo, folder, f"exec 3>&1; $A run doc.yaml --trace t.json --har t.har --save s.json {closed} 3>&-; echo $? >&3")
    assert done.stdout.splitlines()[-1] == status
    for name in ("t.json", "t.har", "s.json"):
        json.loads((folder / name).read_text())
    assert [request.body for request in server.requests] == [b""] * 3


# ---- signals ----

def started(arazzo, folder, environment, *arguments, **more):
    return subprocess.Popen([arazzo.program, "run", *map(str, arguments)], cwd=folder, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env={**arazzo.environment, **environment}, **more)


def test_nohup(arazzo, server, folder):
    """Who asks that a run outlives the terminal gets that."""
    server.script("GET", "/ask", {"seconds": 0.3, "json": {"said": "hello"}})
    process = started(arazzo, folder, {}, "doc.yaml", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    while not server.requests:
        time.sleep(0.01)
    process.send_signal(signal.SIGHUP)
    stdout, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(stdout)["status"]) == (0, "SUCCEEDED")


def test_nothing_is_sent_after_the_cut(arazzo, server, folder):
    """Further tries of a request that was cut would go out on the connection that stands."""
    server.script("GET", "/ask", {"json": {"said": "hello"}}, {"seconds": 5})
    process = started(arazzo, folder, {"AWS_MAX_ATTEMPTS": "5"}, "doc.yaml")
    while len(server.requests) < 2:
        time.sleep(0.01)
    for _ in range(2):
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
    stdout, _ = process.communicate(timeout=30)
    assert (json.loads(stdout)["nextStepId"], len(server.requests)) == ("two", 2)


def test_a_signal_while_the_response_is_printed(arazzo, server, folder):
    """To somebody who reads slowly: it is printed to its end."""
    server.script("GET", "/ask", {"json": {"said": "x" * 150_000}})
    (folder / "doc.yaml").write_text(THREE)
    process = started(arazzo, folder, {}, "doc.yaml")
    while "SUCCEEDED" not in process.stderr.readline():
        pass
    time.sleep(0.3)
    for _ in range(3):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 0, stderr
    assert len(json.loads(stdout)["outputs"]["said"]) == 150_000


def test_a_signal_while_inputs_are_read(arazzo, server, folder):
    """Nothing has begun: the process ends as any other."""
    process = started(arazzo, folder, {}, "doc.yaml", "--inputs", "@-", stdin=subprocess.PIPE)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == -signal.SIGINT
    process.communicate()
    assert server.sent() == []


def test_a_run_that_is_stopped_for_a_while(arazzo, server, folder):
    """As by Ctrl-Z: it goes on where it was."""
    server.script("GET", "/ask", {"seconds": 0.3, "json": {"said": "hello"}})
    process = started(arazzo, folder, {}, "doc.yaml")
    for _ in range(4):
        time.sleep(0.1)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.1)
        process.send_signal(signal.SIGCONT)
    stdout, _ = process.communicate(timeout=30)
    assert (process.returncode, json.loads(stdout)["status"], len(server.requests)) == (0, "SUCCEEDED", 3)


SIGNALS = {"once": [signal.SIGINT], "twice": [signal.SIGINT, signal.SIGTERM], "killed": [signal.SIGKILL],
           "interrupted-and-killed": [signal.SIGINT, signal.SIGKILL]}


def interrupted_at_random(arazzo, aws, chance, saved, signals):
    """Starts the run, or goes on with it, and sends it signals at some moment; the last response that it kept, None: none yet."""
    has_begun = saved.exists()
    begin = ["--resume", f"@{saved}"] if has_begun else PAIRS
    process = started(arazzo, arazzo.folder, {"PATH": os.environ["PATH"], **aws.sdk_environment()}, DOCUMENT, *begin, "--save", saved,
                      "--poll-seconds", "0")
    for number in signals:
        time.sleep(chance.uniform(0, 0.06))
        process.send_signal(number)
    stdout, stderr = process.communicate(timeout=30)
    assert "Sanitizer" not in stderr, stderr
    if not saved.exists():
        return None
    response = json.loads(saved.read_text())
    if stdout:
        assert json.loads(stdout) == response
    return response


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("signals", SIGNALS.values(), ids=SIGNALS.keys())
def test_signals_at_any_moment(aws, arazzo, tmp_path, signals, seed):
    """However often it is interrupted and resumed: one image is made, and it is the one that is deleted at the end."""
    aws.image_builder.script(["PENDING", "BUILDING", "TESTING", FAILED])
    for operation in ("CreateImage", "GetImage", "DeleteImage"):
        aws.image_builder.fault(operation, "slow", seconds=0.02, times=None)
    chance, saved, response = random.Random(seed), tmp_path / "run.json", None
    for _ in range(40):
        response = interrupted_at_random(arazzo, aws, chance, saved, signals)
        if response and response["status"] != "RUNNING":
            break
    aws.clear_faults()
    if not response or response["status"] == "RUNNING":
        begin = ["--resume", f"@{saved}"] if response else PAIRS
        response = arazzo("run", DOCUMENT, *begin, "--poll-seconds", "0", environment=aws.sdk_environment()).json
    assert (response["status"], response["outputs"]) == (
        "SUCCEEDED", {"imageBuildVersionArn": IMAGE, "finalStatus": "FAILED", "deletedArn": IMAGE})
    assert len({entry.client_token for entry in aws.image_builder.requests("CreateImage")}) == 1
    assert "DeleteImage" in operations(aws)


# ---- files ----

CLASHES = {
    "trace-is-save": ("--trace t.json --save t.json", "--trace and --save are the same file"),
    "spelled-in-another-way": ("--trace t.json --save ./t.json", "--trace and --save are the same file"),
    "har-is-trace": ("--har t.json --trace ../$(basename $PWD)/t.json", "--har and --trace are the same file"),
    "har-is-save": ("--har t.json --save t.json", "--har and --save are the same file"),
    "trace-is-the-document": ("--trace doc.yaml", "--trace would overwrite 'doc.yaml', which is read"),
    "save-is-the-document": ("--save ./doc.yaml", "--save would overwrite 'doc.yaml', which is read"),
    "trace-is-resumed": ("--resume @r.json --trace r.json", "--trace and --resume are the same file"),
    "har-is-replayed": ("--replay r.json --har r.json", "--har and --replay are the same file"),
    "save-has-the-inputs": ("--inputs @i.json --save i.json", "--save and --inputs are the same file"),
}


@pytest.mark.parametrize("options, message", CLASHES.values(), ids=CLASHES.keys())
def test_one_file_in_two_roles(arazzo, server, folder, options, message):
    for name in ("r.json", "i.json"):
        (folder / name).write_text("{}")
    before = {path.name: path.read_text() for path in folder.iterdir()}
    done = shell(arazzo, folder, f"$A run doc.yaml {options}")
    assert (done.returncode, done.stdout, server.sent()) == (2, "", [])
    assert message in done.stderr
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


@pytest.mark.parametrize("place", ["no/such/folder/s.json", ".", "fifo"])
def test_a_state_that_could_not_be_saved(arazzo, server, folder, place):
    """Found before anything is sent."""
    os.mkfifo(folder / "fifo")
    place = str(folder / "fifo") if place == "fifo" else place
    done = arazzo("run", folder / "doc.yaml", "--save", place)
    assert (done.exit_status, done.stdout, server.sent()) == (1, "", [])
    assert "--save" in done.stderr and place in done.stderr


def test_a_folder_that_goes_away(aws, arazzo, tmp_path):
    """What can't be saved any more ends the run between two steps, with a response to go on from."""
    place = tmp_path / "place"
    place.mkdir()
    aws.image_builder.fault("CreateImage", "slow", seconds=0.5)
    process = started(arazzo, arazzo.folder, aws.sdk_environment(), DOCUMENT, *PAIRS, "--save", place / "run.json")
    while not aws.image_builder.requests():
        time.sleep(0.01)
    shutil.rmtree(place)
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, json.loads(stdout)["nextStepId"]) == (1, "getImage")
    assert "--save" in stderr and operations(aws) == ["CreateImage"]
