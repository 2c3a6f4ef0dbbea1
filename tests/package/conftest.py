"""What the package tests share: the architectures, where their zips and prefixes are, and how to run their programs."""
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURES = ["x86_64", "arm64"]
GNU_MACHINE = {"x86_64": "x86_64", "arm64": "aarch64"}


def run(*command, **options):
    options.setdefault("timeout", 600)
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)


def prefix_path(arch):
    """The folder of the architecture's static prefix, or a skip that says how to build it."""
    answer = run(ROOT / "scripts/static/prefix", "--path", arch)
    if answer.returncode != 0:
        pytest.skip(f"no static {arch} prefix: run scripts/static/prefix {arch} (a few minutes, once)")
    return Path(answer.stdout.strip())


def runner(arch):
    """The command that runs a program of this architecture here: nothing, or an emulator; a skip where there is neither."""
    machine = GNU_MACHINE[arch]
    if platform.machine() == machine:
        return []
    emulator = shutil.which(f"qemu-{machine}-static")
    if not emulator:
        pytest.skip(f"no qemu-{machine}-static to run {arch} programs: install the package qemu-user-static")
    return [emulator]


@pytest.fixture(scope="session", params=ARCHITECTURES)
def arch(request):
    return request.param
