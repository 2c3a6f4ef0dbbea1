"""The two interpreters of Step Functions definitions that the tests compare, each run as a process of its own.

Both are independent of this project: npm's aws-local-stepfunctions, through tests/support/stepfunctions, and the one
inside moto. Either returns an Outcome.
"""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFINITION = ROOT / "statemachine" / "run-workflow.asl.json"
HARNESS = ROOT / "tests" / "support" / "stepfunctions"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:arazzo"
SUBSTITUTIONS = {"FunctionArn": FUNCTION_ARN, "FailOnUnsuccessfulBuild": "true"}
TIME_LIMIT_SECONDS = 60
HISTORY_PAGE = 1000

sys.path.insert(0, str(ROOT / "tests" / "support"))
from moto_server import HOW_TO_GET_IT as HOW_TO_GET_MOTO, MotoServer, python_with_moto  # noqa: E402  (on the path now)


@dataclasses.dataclass
class Outcome:
    status: str
    execution: str
    waits: list
    output: object = None
    error: str = None
    cause: str = None
    events: list = dataclasses.field(default_factory=list)


def node():
    """The program Node.js, another one if NODE names it; None where there is none."""
    return os.environ.get("NODE") or shutil.which("node")


def installed(folder):
    """Whether the npm packages of `folder` are those of its lock file; npm writes the marker last."""
    marker = folder / "node_modules" / ".package-lock.json"
    return marker.is_file() and marker.stat().st_mtime >= (folder / "package-lock.json").stat().st_mtime


def run_harness(*arguments):
    """Runs the harness; returns the finished process."""
    return subprocess.run([node(), str(HARNESS / "run.mjs"), *arguments], capture_output=True, text=True,
                          timeout=TIME_LIMIT_SECONDS)


def substituted(values=None):
    """The definition's text with its substitutions filled in, as CloudFormation does it."""
    text = DEFINITION.read_text()
    for name, value in {**SUBSTITUTIONS, **(values or {})}.items():
        text = text.replace("${" + name + "}", value)
    return text


def run_local(fake, start, *more, definition=DEFINITION, substitutions=None):
    """One execution by aws-local-stepfunctions, without waiting."""
    values = {**SUBSTITUTIONS, **(substitutions or {})}
    more += tuple(word for name, value in values.items() for word in ("--substitute", f"{name}={value}"))
    done = run_harness("--definition", str(definition), "--lambda", fake.url, "--function", "arazzo", "--wait", "skip",
                       "--input", json.dumps(start), *more)
    assert done.returncode in (0, 1), done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    result = events[-1]
    assert done.returncode == (0 if result["status"] == "SUCCEEDED" else 1)
    started = next(event for event in events if event["type"] == "ExecutionStarted")
    return Outcome(result["status"], started["execution"],
                   [event["seconds"] for event in events if event["type"] == "Wait"], result.get("output"),
                   result.get("error"), result.get("cause"), events)


def python_with_interpreter():
    """A Python that has moto's interpreter; None where there is none."""
    return python_with_moto("moto.stepfunctions.parser, moto.server, flask")


class Moto(MotoServer):
    """moto's server with its Step Functions interpreter on; its Lambda calls go to `fake`."""

    def __init__(self, program, fake):
        self.fake = fake
        # moto's interpreter calls Lambda at localhost:MOTO_PORT, whatever port it listens on itself.
        super().__init__(program, {"MOTO_PORT": str(fake.port), "AWS_ACCESS_KEY_ID": "test",
                                   "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"},
                         {"stepfunctions": {"execute_state_machine": True}})

    def call(self, operation, **parameters):
        credential = "Credential=test/20260101/us-east-1/states/aws4_request"
        return self.post("/", parameters, {
            "X-Amz-Target": f"AWSStepFunctions.{operation}",
            "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"})

    def create_machine(self, substitutions):
        return self.call("CreateStateMachine", name="run-workflow", definition=substituted(substitutions),
                         roleArn="arn:aws:iam::123456789012:role/states")["stateMachineArn"]

    def run(self, start, substitutions=None):
        """One execution by moto's interpreter, which really waits."""
        # moto 5.2 copies its state machines at each call, and can not copy one that has executed.
        self.post("/moto-api/reset", {}, {})
        arn = self.call("StartExecution", stateMachineArn=self.create_machine(substitutions), name="execution-1",
                        input=json.dumps(start))["executionArn"]
        done = self.wait_until_over(arn)
        history = self.call("GetExecutionHistory", executionArn=arn, maxResults=HISTORY_PAGE)["events"]
        waits = [json.loads(event["stateEnteredEventDetails"]["input"])["waitSeconds"] for event in history
                 if event["type"] == "WaitStateEntered"]
        return Outcome(done["status"], arn, waits, json.loads(done["output"]) if done.get("output") else None,
                       done.get("error"), done.get("cause"), history)

    def wait_until_over(self, arn, seconds=TIME_LIMIT_SECONDS):
        deadline = time.monotonic() + seconds
        while True:
            done = self.call("DescribeExecution", executionArn=arn)
            if done["status"] != "RUNNING":
                return done
            assert time.monotonic() < deadline, "moto's execution does not end"
            time.sleep(0.1)
