"""`arazzo run` and `arazzo step` against the emulator: exit statuses, what goes where, options, interruption."""

import json
import re
import signal
import subprocess

import pytest

from contract import check_response
from image_run import DOCUMENT, FAILED, IMAGE, INFRASTRUCTURE, INPUTS, RECIPE, WORKFLOW, operations, start

PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]


@pytest.fixture
def cli(aws, arazzo):
    """The command with the emulator's variables; `cli.aws` is the emulator."""
    def call(*arguments, environment=None, **more):
        return arazzo(*arguments, environment={**aws.sdk_environment(), **(environment or {})}, **more)
    call.aws = aws
    return call


ENDS = {
    "available": (["PENDING", "AVAILABLE"], None, 0, "SUCCEEDED"),
    "failed-build": (["PENDING", FAILED], None, 0, "SUCCEEDED"),
    "refused": (["AVAILABLE"], ("CreateImage", {"status": 400}), 1, "FAILED"),
    "poll-refused": (["AVAILABLE"], ("GetImage", {"status": 403}), 1, "FAILED"),
    "throttled-poll": (["AVAILABLE"], ("GetImage", {"status": 429}), 0, "SUCCEEDED"),
}


@pytest.mark.parametrize("script, fault, exit_status, status", ENDS.values(), ids=ENDS.keys())
def test_run(cli, script, fault, exit_status, status):
    cli.aws.image_builder.script(script)
    if fault:
        cli.aws.image_builder.fault(fault[0], "status", **fault[1])
    done = cli("run", DOCUMENT, "--poll-seconds", "0", *PAIRS)
    assert done.exit_status == exit_status, done.stderr
    assert check_response(done.json)["status"] == status
    assert status in done.stderr
    assert "createImage" in done.stderr
    assert len({entry.client_token for entry in cli.aws.image_builder.requests("CreateImage")}) == 1


def test_two_runs_are_two_images(cli):
    for _ in range(2):
        assert cli("run", DOCUMENT, *PAIRS).exit_status == 0
    assert len(cli.aws.image_builder.images()) == 2


INPUT_OPTIONS = {
    "inputs-json": (["--inputs", json.dumps(INPUTS)], RECIPE),
    "inputs-equals": ([f"--inputs={json.dumps(INPUTS)}"], RECIPE),
    "input-pairs": (PAIRS, RECIPE),
    "input-equals": ([f"--input={name}={value}" for name, value in INPUTS.items()], RECIPE),
    "pair-over-json": (["--inputs", json.dumps({**INPUTS, "imageRecipeArn": RECIPE.replace("web", "old")}),
                        "--input", f"imageRecipeArn={RECIPE}"], RECIPE),
    "pair-before-json": (["--input", f"imageRecipeArn={RECIPE}", "--inputs",
                          json.dumps({"infrastructureConfigurationArn": INFRASTRUCTURE})], RECIPE),
    "workflow": (["--workflow", WORKFLOW, *PAIRS], RECIPE),
}


@pytest.mark.parametrize("options, recipe", INPUT_OPTIONS.values(), ids=INPUT_OPTIONS.keys())
def test_inputs(cli, options, recipe):
    done = cli("run", DOCUMENT, *options)
    assert done.exit_status == 0, done.stderr
    assert cli.aws.image_builder.requests("CreateImage")[0].parameters["imageRecipeArn"] == recipe


def test_inputs_from_a_file(cli, tmp_path):
    (tmp_path / "in.json").write_text(json.dumps({**INPUTS, "clientToken": "12"}))
    assert cli("run", DOCUMENT, "--inputs", f"@{tmp_path}/in.json").exit_status == 0
    assert cli.aws.image_builder.requests("CreateImage")[0].client_token == "12"


def test_a_pair_of_a_string_input_is_text(cli):
    assert cli("run", DOCUMENT, *PAIRS, "--input", "clientToken=12").exit_status == 0
    assert cli.aws.image_builder.requests("CreateImage")[0].client_token == "12"


def test_endpoint_url(cli):
    done = cli("run", DOCUMENT, *PAIRS, "--endpoint-url", cli.aws.endpoints["imagebuilder"] + "/",
               environment={"AWS_ENDPOINT_URL_IMAGEBUILDER": "http://127.0.0.1:1"})
    assert done.exit_status == 0, done.stderr


@pytest.mark.parametrize("most, sent", [(1, 1), (3, 3)])
def test_max_steps(cli, most, sent):
    cli.aws.image_builder.script(["PENDING"])
    done = cli("run", DOCUMENT, *PAIRS, "--max-steps", str(most), "--poll-seconds", "0")
    assert done.exit_status == 1
    assert done.json["error"]["name"] == "Arazzo.GuardExceeded"
    assert len(operations(cli.aws)) == sent


def test_poll_seconds_is_waited(cli):
    cli.aws.image_builder.script(["PENDING", "AVAILABLE"])
    assert cli("run", DOCUMENT, *PAIRS, "--poll-seconds", "1").exit_status == 0
    polls = cli.aws.image_builder.requests("GetImage")
    assert polls[1].time - polls[0].time >= 1


USAGE = {
    "nothing": [],
    "unknown-command": ["go"],
    "no-document": ["run"],
    "two-documents": ["run", DOCUMENT, DOCUMENT],
    "unknown-option": ["run", DOCUMENT, "--fast"],
    "option-without-value": ["run", DOCUMENT, "--inputs"],
    "single-dash": ["run", DOCUMENT, "-x"],
    "poll-seconds-text": ["run", DOCUMENT, "--poll-seconds", "soon"],
    "poll-seconds-negative": ["run", DOCUMENT, "--poll-seconds", "-1"],
    "max-steps-text": ["run", DOCUMENT, "--max-steps", "x"],
    "max-steps-0": ["run", DOCUMENT, *PAIRS, "--max-steps", "0"],
    "input-without-value": ["run", DOCUMENT, "--input", "imageRecipeArn"],
    "input-without-name": ["run", DOCUMENT, *PAIRS, "--input", "=x"],
    "resume-without-at": ["run", DOCUMENT, "--resume", "file.json"],
    "resume-with-inputs": ["run", DOCUMENT, "--resume", "@file.json", "--inputs", "{}"],
    "endpoint-not-a-url": ["run", DOCUMENT, *PAIRS, "--endpoint-url", "localhost:80"],
    "step-with-inputs": ["step", DOCUMENT, "--inputs", "{}"],
    "step-with-resume": ["step", DOCUMENT, "--resume", "@x"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE.keys())
def test_usage(cli, arguments):
    done = cli(*arguments, stdin="{}")
    assert (done.exit_status, done.stdout) == (2, "")
    assert done.stderr.startswith("arazzo: ")
    assert operations(cli.aws) == []


@pytest.mark.parametrize("option", ["--help", "-h", "help"])
def test_help(cli, option):
    done = cli(option)
    assert (done.exit_status, done.stderr) == (0, "")
    assert "arazzo run DOC" in done.stdout


def test_help_of_a_command(cli):
    done = cli("run", "--help")
    assert done.exit_status == 0
    assert "arazzo run DOC" in done.stdout


@pytest.mark.parametrize("arguments, status", [(["eval", "--help"], 0), (["help", "eval"], 0), (["eval"], 2), (["eval", "xquery", "1"], 2)],
                         ids=["asked", "help-first", "one-word-of-two", "another-second-word"])
def test_help_of_commands_of_two_words(cli, arguments, status):
    """`arazzo eval --help` lists what can follow; so does what `eval` without it is answered with."""
    done = cli(*arguments)
    assert done.exit_status == status
    text, other = (done.stderr, done.stdout) if status else (done.stdout, done.stderr)
    assert other == ""
    assert re.findall(r"(?m)^  arazzo (eval [a-z]+) ", text) == ["eval condition", "eval expression", "eval jsonpath", "eval xpath"]
    assert status == 0 or text.startswith(f"arazzo: '{' '.join(arguments[:2])}' is not a command")


def test_version(cli):
    assert cli("--version").stdout.startswith("arazzo ")


WRONG = {
    "no-such-document": (["run", "no-such.yml"], "no-such.yml"),
    "document-is-no-arazzo": (["run", "descriptions/openapi/amazon-ec2-image-builder-openapi.yaml"], "openapi.yaml:"),
    "inputs-not-json": (["run", DOCUMENT, "--inputs", "{a}"], "--inputs"),
    "inputs-not-an-object": (["run", DOCUMENT, "--inputs", "[]"], "--inputs"),
    "inputs-file-missing": (["run", DOCUMENT, "--inputs", "@no-such.json"], "no-such.json"),
    "inputs-file-is-a-folder": (["run", DOCUMENT, "--inputs", "@tests"], "tests"),
    "resume-file-missing": (["run", DOCUMENT, "--resume", "@no-such.json"], "no-such.json"),
}


@pytest.mark.parametrize("arguments, part", WRONG.values(), ids=WRONG.keys())
def test_what_can_not_be_begun(cli, arguments, part):
    done = cli(*arguments)
    assert (done.exit_status, done.stdout) == (1, "")
    assert part in done.stderr
    assert operations(cli.aws) == []


REFUSED = {
    "input-missing": (["run", DOCUMENT], "Arazzo.InvalidInput", "imageRecipeArn"),
    "input-of-other-type": (["run", DOCUMENT, "--inputs", json.dumps({**INPUTS, "imageRecipeArn": 1})],
                            "Arazzo.InvalidInput", "imageRecipeArn"),
    "workflow-unknown": (["run", DOCUMENT, *PAIRS, "--workflow", "other"], "Arazzo.InvalidEvent", "other"),
}


@pytest.mark.parametrize("arguments, name, part", REFUSED.values(), ids=REFUSED.keys())
def test_refused(cli, arguments, name, part):
    done = cli(*arguments)
    assert done.exit_status == 1
    assert done.json["errorType"] == name
    assert part in done.json["errorMessage"]
    assert name in done.stderr
    assert operations(cli.aws) == []


# ---- step ----

def test_step_is_one_invocation(cli):
    done = cli("step", DOCUMENT, stdin=json.dumps(start(runId="x")))
    assert done.exit_status == 0
    assert check_response(done.json)["nextStepId"] == "getImage"
    assert operations(cli.aws) == ["CreateImage"]


def test_steps_make_a_run(cli):
    cli.aws.image_builder.script(["PENDING", FAILED])
    text = json.dumps(start())
    for _ in range(4):
        done = cli("step", DOCUMENT, stdin=text)
        assert done.exit_status == 0
        text = done.stdout
    assert json.loads(text)["outputs"]["deletedArn"] == IMAGE
    assert cli("step", DOCUMENT, stdin=text).json["errorType"] == "Arazzo.InvalidEvent"


def test_step_that_fails_the_run(cli):
    """Exit status 1: the run failed (design, section 8)."""
    cli.aws.image_builder.fault("CreateImage", "status", status=400)
    done = cli("step", DOCUMENT, stdin=json.dumps(start()))
    assert check_response(done.json)["status"] == "FAILED"
    assert done.exit_status == 1


def test_step_of_the_function_goes_on_at_the_terminal(cli):
    """The state is the same whoever runs the step."""
    cli.aws.image_builder.script(["AVAILABLE"])
    first = cli.aws.invoke(start()).payload
    done = cli("step", DOCUMENT, stdin=json.dumps(first))
    assert done.json["outputs"]["finalStatus"] == "AVAILABLE"


@pytest.mark.parametrize("command", [["run", DOCUMENT, *PAIRS], ["step", DOCUMENT]], ids=["run", "step"])
def test_a_response_that_can_not_be_written_is_an_error(aws, arazzo, tmp_path, command):
    """A full disk must not pass for success: the response is all that is known of the run."""
    (tmp_path / "event.json").write_text(json.dumps(start()))
    with open("/dev/full", "w") as full, open(tmp_path / "event.json") as event:
        done = subprocess.run([arazzo.program, *command], stdin=event, stdout=full, stderr=subprocess.PIPE, text=True,
                              cwd=arazzo.folder, env={**arazzo.environment, **aws.sdk_environment()}, timeout=30)
    assert done.returncode == 1
    assert "arazzo: " in done.stderr


# ---- interruption ----

@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_interrupted_and_resumed(aws, arazzo, tmp_path, number):
    """The run's state is the only thing that knows of the image: a signal must not lose it."""
    aws.image_builder.script(["PENDING", "PENDING", FAILED])
    environment = aws.sdk_environment()
    done = arazzo.interrupt("run", DOCUMENT, *PAIRS, "--poll-seconds", "30", environment=environment, number=number,
                            when=lambda: operations(aws).count("GetImage") == 1)
    assert done.exit_status == 1
    assert check_response(json.loads(done.stdout))["status"] == "RUNNING"
    (tmp_path / "run.json").write_text(done.stdout)
    done = arazzo("run", DOCUMENT, "--resume", f"@{tmp_path}/run.json", "--poll-seconds", "0", environment=environment)
    assert done.exit_status == 0, done.stderr
    assert done.json["outputs"] == {"imageBuildVersionArn": IMAGE, "finalStatus": "FAILED", "deletedArn": IMAGE}
    assert operations(aws) == ["CreateImage", "GetImage", "GetImage", "GetImage", "DeleteImage"]


def test_interrupted_while_a_request_is_under_way(aws, arazzo):
    """The answer is awaited, so that the image it tells of is not lost."""
    aws.image_builder.fault("CreateImage", "slow", seconds=0.7)
    done = arazzo.interrupt("run", DOCUMENT, *PAIRS, environment=aws.sdk_environment(),
                            when=lambda: aws.image_builder.requests() != [])
    assert done.exit_status == 1
    assert json.loads(done.stdout)["nextStepId"] == "getImage"
    assert operations(aws) == ["CreateImage"]


@pytest.mark.parametrize("text, name", [("{}", "Arazzo.InvalidEvent"), ('{"status": "SUCCEEDED"}', "Arazzo.InvalidEvent"),
                                        ("", "Arazzo.InvalidEvent"), ('{"state": {}}', "Arazzo.InvalidState")],
                         ids=["empty-object", "finished", "nothing", "empty-state"])
def test_resumed_from_something_else(cli, tmp_path, text, name):
    (tmp_path / "run.json").write_text(text)
    done = cli("run", DOCUMENT, "--resume", f"@{tmp_path}/run.json")
    assert done.exit_status == 1
    assert done.json["errorType"] == name
    assert operations(cli.aws) == []


def test_resume_does_not_start_a_run(cli, tmp_path):
    """--resume takes the response of a run; a start event is none, and would be started without its inputs' check."""
    (tmp_path / "start.json").write_text(json.dumps(start()))
    done = cli("run", DOCUMENT, "--resume", f"@{tmp_path}/start.json")
    assert done.exit_status == 1
    assert operations(cli.aws) == []


def test_no_secret_at_the_terminal(cli):
    cli.aws.image_builder.script(["PENDING", FAILED])
    cli.aws.image_builder.fault("GetImage", "status", status=503)
    done = cli("run", DOCUMENT, *PAIRS, "--poll-seconds", "0", environment={"AWS_LAMBDA_LOG_LEVEL": "TRACE"})
    environment = cli.aws.sdk_environment()
    for secret in (environment["AWS_SECRET_ACCESS_KEY"], environment["AWS_SESSION_TOKEN"], "AWS4-HMAC-SHA256"):
        assert secret not in done.stdout + done.stderr
