"""The program as such: exit statuses of all commands (tests/data/exit_statuses.json), versions, the manual page."""

import json
import re
import shutil
import subprocess

import pytest

from built import ROOT
from image_run import DOCUMENT, INPUTS, start

STATUSES = json.loads((ROOT / "tests/data/exit_statuses.json").read_text())
PAIRS = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]
CASES = [(f"{command} {case['name']}".strip().replace(" ", "-"), case) for command, cases in STATUSES.items() for case in cases]
MANUAL = ROOT / "docs/man/arazzo.1"


def words_of(arguments, new_file):
    """The words of a case; those in capitals stand for something."""
    for word in arguments:
        yield from {"DOCUMENT": [DOCUMENT], "INPUTS": PAIRS, "NEW_FILE": [new_file]}.get(word, [word])


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_exit_status(aws, arazzo, tmp_path, case):
    """Standard error is empty when all is well, but for commands that say more there ("says")."""
    stdin = json.dumps(start()) if case.get("stdin") == "START" else case.get("stdin", "")
    command = [arazzo.program, *words_of(case["arguments"], tmp_path / "new")]
    with open("/dev/full" if case.get("full") else "/dev/null", "w") as out:
        done = subprocess.run(command, input=stdin, stdout=out, stderr=subprocess.PIPE, text=True, cwd=arazzo.folder, timeout=30,
                              env={**arazzo.environment, **aws.sdk_environment(), "AWS_MAX_ATTEMPTS": "1"})
    assert done.returncode == case["status"], done.stderr
    assert (done.stderr == "") or case.get("says") or done.returncode > 0


def test_too_many_documents(arazzo):
    done = arazzo("validate", *[DOCUMENT] * 257)
    assert (done.exit_status, done.stdout) == (2, "") and "more than 256 arguments; give the rest to another call" in done.stderr


def test_each_command_has_a_case_of_each_status(arazzo):
    """A command that is missing here needs cases in tests/data/exit_statuses.json."""
    commands = set(re.findall(r"(?m)^  arazzo ([a-z]+(?: [a-z]+)?) ", arazzo("--help").stdout.split("COMMAND --help")[0]))
    assert {"run", "graph"} <= commands
    cases = {(command, case["status"]) for command, cases in STATUSES.items() for case in cases}
    assert [(command, status) for command in sorted(commands) for status in (0, 1, 2) if (command, status) not in cases] == []


VERSIONS = ["arazzo", "commit", "gcc|clang", "libcurl", "OpenSSL", "cJSON", "libyaml", "PCRE2", "libxml2"]


def test_version(arazzo):
    """A line each: what a report of a fault needs."""
    lines = arazzo("--version").stdout.splitlines()
    assert len(lines) == len(VERSIONS)
    for name, line in zip(VERSIONS, lines):
        assert re.match(rf"({name}) ([0-9a-f]{{7,40}}(-dirty)?|unknown)$" if name == "commit" else rf"({name}) \d+\.\d+\S*", line), line


def test_manual_is_current(arazzo):
    assert MANUAL.read_text() == arazzo("--man").stdout, "run arazzo --man > docs/man/arazzo.1"


def test_manual_is_accepted():
    if not shutil.which("mandoc"):
        pytest.skip("mandoc is not installed")
    done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", MANUAL], capture_output=True, text=True)
    assert [line for line in done.stdout.splitlines() if "missing date" not in line] == []


def test_manual_is_shown():
    if not shutil.which("man"):
        pytest.skip("man is not installed")
    done = subprocess.run(["man", "-l", "-P", "cat", MANUAL], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "MANWIDTH": "100"})
    assert done.returncode == 0
    text = re.sub(".\b", "", done.stdout)
    assert "arazzo run DOC [OPTION]..." in text and "--poll-seconds N" in text
    assert "arazzo run workflow.yml --resume @run.json" in text
