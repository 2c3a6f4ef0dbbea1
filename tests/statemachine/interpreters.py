"""The two interpreters of Step Functions definitions that the tests compare, each run as a process of its own.

Both are independent of this project: npm's aws-local-stepfunctions, through tests/support/stepfunctions, and the one
inside moto. Either returns an Outcome.
"""

import dataclasses
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFINITION = ROOT / "statemachine" / "run-workflow.asl.json"
HARNESS = ROOT / "tests" / "support" / "stepfunctions"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:arazzo"
TIME_LIMIT_SECONDS = 60
HISTORY_PAGE = 1000


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


def run_local(fake, start, *more, definition=DEFINITION):
    """One execution by aws-local-stepfunctions, without waiting."""
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


def python_with_moto():
    """A Python that can import moto and its server; None where there is none."""
    for name in filter(None, (os.environ.get("MOTO_PYTHON"), "python3", "/usr/bin/python3")):
        program = shutil.which(name)
        if program and subprocess.run([program, "-c", "import moto.stepfunctions.parser, moto.server, flask"],
                                      capture_output=True).returncode == 0:
            return program
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Moto:
    """moto's server with its Step Functions interpreter on; its Lambda calls go to `fake`."""

    def __init__(self, program, fake):
        self.fake = fake
        self.port = free_port()
        # moto's interpreter calls Lambda at localhost:MOTO_PORT, whatever port it listens on itself.
        environment = {**os.environ, "MOTO_PORT": str(fake.port), "AWS_ACCESS_KEY_ID": "test",
                       "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
        self.process = subprocess.Popen([program, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                                        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        try:
            self.configure()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    def configure(self):
        body = {"stepfunctions": {"execute_state_machine": True}}
        deadline = time.monotonic() + TIME_LIMIT_SECONDS
        while True:
            try:
                return self.post("/moto-api/config", body, {})
            except urllib.error.URLError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def post(self, path, body, headers):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/x-amz-json-1.0", **headers})
        try:
            with urllib.request.urlopen(request, timeout=TIME_LIMIT_SECONDS) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"moto answers {error.code} to {headers}: {error.read().decode()}") from error

    def call(self, operation, **parameters):
        credential = "Credential=test/20260101/us-east-1/states/aws4_request"
        return self.post("/", parameters, {
            "X-Amz-Target": f"AWSStepFunctions.{operation}",
            "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"})

    def create_machine(self):
        text = DEFINITION.read_text().replace("${FunctionArn}", FUNCTION_ARN)
        return self.call("CreateStateMachine", name="run-workflow", definition=text,
                         roleArn="arn:aws:iam::123456789012:role/states")["stateMachineArn"]

    def run(self, start):
        """One execution by moto's interpreter, which really waits."""
        # moto 5.2 copies its state machines at each call, and can not copy one that has executed.
        self.post("/moto-api/reset", {}, {})
        arn = self.call("StartExecution", stateMachineArn=self.create_machine(), name="execution-1",
                        input=json.dumps(start))["executionArn"]
        done = self.wait_until_over(arn)
        history = self.call("GetExecutionHistory", executionArn=arn, maxResults=HISTORY_PAGE)["events"]
        waits = [json.loads(event["stateEnteredEventDetails"]["input"])["waitSeconds"] for event in history
                 if event["type"] == "WaitStateEntered"]
        return Outcome(done["status"], arn, waits, json.loads(done["output"]) if done.get("output") else None,
                       done.get("error"), done.get("cause"), history)

    def wait_until_over(self, arn):
        deadline = time.monotonic() + TIME_LIMIT_SECONDS
        while True:
            done = self.call("DescribeExecution", executionArn=arn)
            if done["status"] != "RUNNING":
                return done
            assert time.monotonic() < deadline, "moto's execution does not end"
            time.sleep(0.1)
