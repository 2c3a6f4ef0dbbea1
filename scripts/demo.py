"""Shows two builds from beginning to end: one that succeeds, one that fails and is cleaned up.

The Step Functions interpreter (tests/support/stepfunctions) runs statemachine/run-workflow.asl.json unmodified; its waits move
the emulator's virtual clock instead of taking real time. Called by scripts/demo.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from emulator import Emulator  # noqa: E402

ARN = "arn:aws:imagebuilder:eu-west-1:123456789012:"
INPUTS = {
    "imageRecipeArn": ARN + "image-recipe/golden-image/1.0.0",
    "infrastructureConfigurationArn": ARN + "infrastructure-configuration/golden-image",
}

# Virtual seconds since CreateImage, and the state from then on.
PROGRESS = [[0, "PENDING"], [45, "CREATING"], [100, "BUILDING"], [900, "TESTING"]]
ENDINGS = {
    "AVAILABLE": [[1260, "DISTRIBUTING"], [1500, "AVAILABLE"]],
    "FAILED": [[1080, {"status": "FAILED", "reason": "the component 'harden' exited with status 1"}]],
}
FAST_PROGRESS = [[0, "PENDING"], [45, "BUILDING"]]
FAST_ENDINGS = {
    "AVAILABLE": [[150, "AVAILABLE"]],
    "FAILED": [[100, {"status": "FAILED", "reason": "the component 'harden' exited with status 1"}]],
}


class Terminal:
    """Colours, where a person looks on."""

    def __init__(self):
        self.colours = sys.stdout.isatty()

    def paint(self, text, code):
        return f"\033[{code}m{text}\033[0m" if self.colours else text

    def title(self, text):
        print("\n" + self.paint(text, "1"))


def clock_text(seconds):
    return f"{int(seconds) // 60:4d}:{int(seconds) % 60:02d}"


def show_step(terminal, response, virtual_seconds):
    step = response["lastStep"]
    status = str(step.get("statusCode", "---"))
    line = f"{clock_text(virtual_seconds)}  {step['stepId']:<20} {step['method']:<6} {status}  {step['action']}"
    if response["status"] == "RUNNING":
        line += f" -> {response['nextStepId']}"
        if response["waitSeconds"]:
            line += terminal.paint(f"  (wait {response['waitSeconds']} s)", "2")
    print(line, flush=True)


def run_state_machine(terminal, aws, name):
    """Runs the definition once; the function's last response, and how long it waited."""
    command = [
        "node", str(ROOT / "tests/support/stepfunctions/run.mjs"),
        "--definition", str(ROOT / "statemachine/run-workflow.asl.json"),
        "--lambda", aws.endpoints["lambda"], "--function", "arazzo", "--execution-name", name,
        "--substitute", "FailOnUnsuccessfulBuild=false",  # the outputs of both runs are shown
        "--input", json.dumps({"inputs": INPUTS}), "--wait", "skip",
        "--clock", aws.endpoints["control"] + "/_emulator/clock", "--clock-body", '{"advance": {seconds}}',
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    waited = 0
    result = None
    for line in process.stdout:
        event = json.loads(line)
        if event["type"] == "TaskSucceeded":
            show_step(terminal, event["payload"], waited)
        elif event["type"] == "Wait":
            waited += event["seconds"]
        elif event["type"] == "Result":
            result = event
    if process.wait() not in (0, 1) or result is None:
        sys.exit("demo: the state machine could not be run")
    return result, waited


def show_run(terminal, aws, ending, timeline):
    aws.reset()
    aws.image_builder.script(timeline)
    terminal.title(f"Image build that becomes {ending}")
    result, waited = run_state_machine(terminal, aws, f"demo-{ending.lower()}")
    if result["status"] != "SUCCEEDED":
        sys.exit(f"demo: the execution ended as {result['status']}: {json.dumps(result)}")
    outputs = result["output"]["outputs"]
    print(json.dumps(outputs, indent=2))
    return {
        "run": ending,
        "waited": waited,
        "outputs": outputs,
        "counts": {op: len(aws.image_builder.requests(op)) for op in ("CreateImage", "GetImage", "DeleteImage")},
        "images": aws.image_builder.images(),
    }


def check(runs):
    """The demo fails when the function does what it must not do."""
    good, bad = runs
    arn = bad["outputs"]["imageBuildVersionArn"]
    problems = [
        text
        for holds, text in (
            (good["outputs"]["finalStatus"] == "AVAILABLE", "the good build is not AVAILABLE"),
            (good["outputs"]["deletedArn"] is None and good["counts"]["DeleteImage"] == 0, "the good image was deleted"),
            (bad["outputs"]["finalStatus"] == "FAILED", "the bad build is not FAILED"),
            (bad["outputs"]["deletedArn"] == arn and bad["counts"]["DeleteImage"] == 1, "the bad image was not deleted"),
            (all(run["counts"]["CreateImage"] == 1 for run in runs), "there is not one image for each run"),
        )
        if not holds
    ]
    if problems:
        sys.exit("demo: " + "; ".join(problems))


def show_table(terminal, runs):
    terminal.title("What was sent")
    print(f"{'build':<12}{'CreateImage':>12}{'GetImage':>10}{'DeleteImage':>13}{'virtual time':>14}  image")
    for run in runs:
        counts = run["counts"]
        left = "kept" if run["outputs"]["deletedArn"] is None else "deleted"
        print(f"{run['run']:<12}{counts['CreateImage']:>12}{counts['GetImage']:>10}{counts['DeleteImage']:>13}"
              f"{clock_text(run['waited']).strip():>14}  {left}")


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--fast", action="store_true", help="short builds: a few polls instead of dozens")
    parser.add_argument("--bootstrap", default=str(ROOT / "build/release/bootstrap"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    progress, endings = (FAST_PROGRESS, FAST_ENDINGS) if options.fast else (PROGRESS, ENDINGS)
    terminal = Terminal()
    with Emulator(bootstrap=options.bootstrap, task_root=str(ROOT), function_timeout=30) as aws:
        runs = [show_run(terminal, aws, ending, progress + rest) for ending, rest in endings.items()]
    check(runs)
    show_table(terminal, runs)


if __name__ == "__main__":
    main()
