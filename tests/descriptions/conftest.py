"""Fixtures: the shipped descriptions, and the independent validators, installed when they are missing."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest
import yaml

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
SCRIPTS = ROOT / "scripts"

sys.path.insert(0, str(SCRIPTS))


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def openapi_path():
    return ROOT / "descriptions" / "openapi" / "amazon-ec2-image-builder-openapi.yaml"


@pytest.fixture(scope="session")
def openapi(openapi_path):
    return yaml.load(openapi_path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.fixture(scope="session")
def validators():
    """A function that runs one of the packages' programs: (path below node_modules, *arguments) -> finished process."""
    program = os.environ.get("NODE") or shutil.which("node")
    if not program:
        pytest.skip("Node.js is not installed (Debian: nodejs)")
    modules = FOLDER / "node_modules"
    marker = modules / ".package-lock.json"  # npm writes it last
    if not (marker.is_file() and marker.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime):
        if not shutil.which("npm"):
            pytest.skip("npm is not installed (Debian: npm)")
        subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=FOLDER, check=True)
    quiet = {**os.environ, "REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}

    def run(path, *arguments):
        return subprocess.run([program, str(modules / path), *map(str, arguments)], env=quiet, capture_output=True,
                              text=True, timeout=120)
    return run
