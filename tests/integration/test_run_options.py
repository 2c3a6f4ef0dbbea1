"""Options of `arazzo run` that are about where requests go and who sends them, and what is left of a run that is cut or killed."""

import json
import signal
import subprocess
import time

import pytest

from image_run import DOCUMENT, FAILED, IMAGE, INPUTS, operations

PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]
SOURCE = "amazon-ec2-image-builder-openapi"


def source_name(arazzo):
    text = (arazzo.folder / DOCUMENT).read_text()
    return text.split("sourceDescriptions:")[1].split("name:")[1].split()[0]


def without_endpoints(environment):
    return {name: value for name, value in environment.items() if not name.startswith("AWS_ENDPOINT_URL")}


def test_server_of_a_source(aws, arazzo):
    done = arazzo("run", DOCUMENT, *PAIRS, "--server", f"{source_name(arazzo)}={aws.endpoints['imagebuilder']}/",
                  environment=without_endpoints(aws.sdk_environment()))
    assert done.exit_status == 0, done.stderr
    assert operations(aws) == ["CreateImage", "GetImage"]


def test_server_comes_before_the_endpoint_of_all(aws, arazzo):
    done = arazzo("run", DOCUMENT, *PAIRS, "--endpoint-url", "http://127.0.0.1:1", "--server",
                  f"{source_name(arazzo)}={aws.endpoints['imagebuilder']}", environment=aws.sdk_environment())
    assert done.exit_status == 0, done.stderr


@pytest.mark.parametrize("server, status, message", [
    ("other=http://127.0.0.1:1", 1, "there is no source description 'other'"), ("other=127.0.0.1", 2, "takes a URL"),
    ("http://127.0.0.1", 2, "NAME=VALUE"), ("=http://127.0.0.1", 2, "NAME=VALUE")])
def test_wrong_server(aws, arazzo, server, status, message):
    done = arazzo("run", DOCUMENT, *PAIRS, "--server", server, environment=aws.sdk_environment())
    assert (done.exit_status, done.stdout) == (status, "")
    assert message in done.stderr
    assert operations(aws) == []


def test_region_and_profile(aws, arazzo, tmp_path):
    """The profile that is asked for comes before keys of the environment, as in AWS's tools."""
    environment = aws.sdk_environment()
    (tmp_path / "credentials").write_text(
        f"[work]\naws_access_key_id = {environment['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {environment['AWS_SECRET_ACCESS_KEY']}\naws_session_token = {environment['AWS_SESSION_TOKEN']}\n"
        "[none]\nregion = eu-west-1\n")
    wrong = {**environment, "AWS_ACCESS_KEY_ID": "AKIDWRONG", "AWS_SECRET_ACCESS_KEY": "wrong", "AWS_REGION": "us-east-1",
             "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), "AWS_CONFIG_FILE": str(tmp_path / "none")}
    done = arazzo("run", DOCUMENT, *PAIRS, "--profile", "work", "--region", "eu-west-1", environment=wrong)
    assert done.exit_status == 0, done.stderr
    unknown = arazzo("run", DOCUMENT, *PAIRS, "--profile", "nobody", "--region", "eu-west-1", environment=wrong)
    assert unknown.exit_status == 1 and "nobody" in unknown.stderr
    assert "region" in arazzo("run", DOCUMENT, *PAIRS, "--region", "no region", environment=environment).stderr


# ---- what is left ----

def started(arazzo, aws, *options):
    return subprocess.Popen([arazzo.program, "run", DOCUMENT, *PAIRS, *map(str, options)], cwd=arazzo.folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**arazzo.environment, **aws.sdk_environment()})


def wait_until(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    assert condition()


def test_a_second_signal_cuts_the_request(aws, arazzo, tmp_path):
    """What is printed knows that the request may have been sent: going on gives the image that it made, and no second one."""
    aws.image_builder.script([FAILED])
    aws.image_builder.fault("CreateImage", "slow", seconds=5)
    process = started(arazzo, aws, "--trace", tmp_path / "t.json")
    wait_until(lambda: aws.image_builder.requests() != [])
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=20)
    assert time.monotonic() - begun < 3
    response = json.loads(stdout)
    assert (process.returncode, response["status"], response["nextStepId"]) == (1, "RUNNING", "createImage")
    assert response["delivery"] == {"retryCount": 1}
    trace = json.loads((tmp_path / "t.json").read_text())
    assert trace["steps"][0]["isCut"] and "criteria" not in trace["steps"][0]
    (tmp_path / "run.json").write_text(stdout)
    aws.clear_faults()
    done = arazzo("run", DOCUMENT, "--resume", f"@{tmp_path}/run.json", environment=aws.sdk_environment())
    assert done.json["outputs"] == {"imageBuildVersionArn": IMAGE, "finalStatus": "FAILED", "deletedArn": IMAGE}
    assert len({entry.client_token for entry in aws.image_builder.requests("CreateImage")}) == 1


@pytest.mark.parametrize("operation", ["CreateImage", "GetImage"])
def test_a_killed_process_goes_on_from_what_was_saved(aws, arazzo, tmp_path, operation):
    aws.image_builder.script([FAILED])
    aws.image_builder.fault(operation, "slow", seconds=5)
    process = started(arazzo, aws, "--save", tmp_path / "run.json")
    wait_until(lambda: operations(aws).count(operation) == 1)
    process.kill()
    process.communicate(timeout=20)
    saved = json.loads((tmp_path / "run.json").read_text())
    assert saved["status"] == "RUNNING" and saved["delivery"] == {"retryCount": 1}
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600
    aws.clear_faults()
    done = arazzo("run", DOCUMENT, "--resume", f"@{tmp_path}/run.json", "--save", tmp_path / "run.json",
                  environment=aws.sdk_environment())
    assert done.json["outputs"]["deletedArn"] == IMAGE, done.stderr
    assert json.loads((tmp_path / "run.json").read_text()) == done.json
    again = arazzo("run", DOCUMENT, "--resume", f"@{tmp_path}/run.json", environment=aws.sdk_environment())
    assert again.json["errorType"] == "Arazzo.InvalidEvent"


USAGE = {
    "dry-run-with-resume": ["--dry-run", "--resume", "@x"], "dry-run-with-replay": ["--dry-run", "--replay", "x"],
    "dry-run-with-trace": ["--dry-run", "--trace", "x"], "dry-run-with-har": ["--dry-run", "--har", "x"],
    "replay-with-workflow": ["--replay", "x", "--workflow", "w"], "replay-with-save": ["--replay", "x", "--save", "y"],
    "trace-without-file": ["--trace="],
}


@pytest.mark.parametrize("options", USAGE.values(), ids=USAGE.keys())
def test_options_that_do_not_go_together(arazzo, options):
    done = arazzo("run", DOCUMENT, *options)
    assert (done.exit_status, done.stdout) == (2, "")
