"""Runs a program of the build folder (ARAZZO_BUILD, default build/dev) against a scripted Runtime API.

ARAZZO_WRAP puts a command before it, for example "valgrind -q --error-exitcode=99".
"""

import dataclasses
import json
import os
import pathlib
import shlex
import signal
import subprocess
import time

import pytest

from fault_server import FaultServer

ROOT = pathlib.Path(__file__).resolve().parents[3]
WRAP = shlex.split(os.environ.get("ARAZZO_WRAP", ""))
TIMEOUT_S = 60
SOON_S = 10.0 if WRAP else 1.0  # what "at once" means for a whole process


@dataclasses.dataclass
class Outcome:
    exit_status: int
    requests: list
    output: bytes
    seconds: float
    end_seconds: float  # from SIGTERM, or from the last request, to the end
    actions_left: int

    @property
    def log(self):
        """The lines, which must all be JSON."""
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def calls(self):
        """"GET next", "POST response" … in the order of their arrival."""
        return [f"{r.method} {r.path.rsplit('/', 1)[1]}" for r in self.requests]

    def messages(self, level=None):
        return [line["message"] for line in self.log if level in (None, line["level"])]

    def only(self, call):
        found = [r for r, name in zip(self.requests, self.calls) if name == call]
        assert len(found) == 1, self.calls
        return found[0]


def program(name):
    folder = pathlib.Path(os.environ.get("ARAZZO_BUILD", ROOT / "build" / "dev"))
    path = (folder if folder.is_absolute() else ROOT / folder) / name
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path


class Player:
    def __init__(self):
        self.started = []

    def start(self, name, server, **variables):
        environment = {
            "AWS_LAMBDA_RUNTIME_API": server if isinstance(server, str) else server.address,
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "PATH": os.environ["PATH"],
            **{key: value for key, value in os.environ.items() if key.startswith(("ASAN_", "UBSAN_", "LSAN_"))},
            **variables,
        }
        environment = {key: value for key, value in environment.items() if value is not None}
        process = subprocess.Popen(
            [*WRAP, str(program(name))], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.started.append(process)
        return process

    def play(self, name, script, held=1, meanwhile=None, **variables):
        """The whole story: runs until the script is used up and the next request is held, then sends SIGTERM, unless the
        program ended by itself. `meanwhile(process, server)` runs beside it, and must send the SIGTERM itself."""
        server = FaultServer(script)
        begin = time.monotonic()
        process = self.start(name, server, **variables)
        ended = 0.0
        try:
            if meanwhile:
                meanwhile(process, server)
            else:
                server.wait_idle(lambda: process.poll() is not None, held, TIMEOUT_S)
                if process.poll() is None:
                    ended = time.monotonic()
                    process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=TIMEOUT_S)
            now = time.monotonic()
            last = server.requests[-1].at if server.requests else begin
        finally:
            server.close()
        return Outcome(
            process.returncode, server.requests, output, now - begin, now - (ended or last), len(server.script)
        )

    def stop(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()


@pytest.fixture
def player():
    it = Player()
    yield it
    it.stop()


@pytest.fixture
def play(player):
    return player.play


def ids(cases):
    """Names for parametrize: the first member of each case."""
    return [case[0] for case in cases]
