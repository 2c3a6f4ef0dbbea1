"""Fixtures: the template as it is written, and AWS's tools for templates. Where these can't be had, tests that need them are skipped
and say so."""

import functools
import json
import os
import shutil
import subprocess

import pytest

from template import PARAMETERS, ROOT, TEMPLATE, Template

ENVIRONMENT = {**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"}
TIME_LIMIT_SECONDS = 120
HOW_TO_GET_THEM = ("no Python here can import cfnlint and samtranslator: install cfn-lint from Python's package index into any Python "
                   "(it brings the other), and name that one by CFN_LINT_PYTHON")


@functools.lru_cache(maxsize=None)
def python_with_tools():
    """A Python that can import cfn-lint and the SAM translator; None where there is none."""
    for name in filter(None, (os.environ.get("CFN_LINT_PYTHON"), "python3", "/usr/bin/python3")):
        program = shutil.which(name)
        if program and subprocess.run([program, "-c", "import cfnlint, samtranslator"], capture_output=True).returncode == 0:
            return program
    return None


@pytest.fixture(scope="session")
def program():
    found = python_with_tools()
    if not found:
        pytest.skip(HOW_TO_GET_THEM)
    return found


@pytest.fixture(scope="session")
def template():
    return Template(TEMPLATE.read_text())


@pytest.fixture(scope="session")
def lint(program):
    """A function: the findings of cfn-lint in a template's file, as lines."""
    def run(path):
        done = subprocess.run([program, "-c", "import sys; from cfnlint.runner import main; sys.exit(main())", "--format", "parseable",
                               "--regions", "eu-west-1", "--", str(path)],
                              capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, env=ENVIRONMENT)
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout.splitlines()
    return run


@pytest.fixture(scope="session")
def translate(program):
    """A function: what the SAM translator makes of a template's file."""
    def run(path=TEMPLATE, code="1", **parameters):
        done = subprocess.run([program, str(ROOT / "scripts/template/translate.py"), str(path), json.dumps({**PARAMETERS, **parameters})],
                              capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, env={**ENVIRONMENT, "CODE": code})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    return run
