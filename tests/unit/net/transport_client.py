"""Drives the C program transport_lines, which holds one transport_curl and sends what it is told."""

import json
import os
import pathlib
import subprocess

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


class Client:
    """One transport_curl in a process of its own."""

    def __init__(self, environment=None, process_environment=None, program="transport_lines", clock_speed=1):
        path = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / program
        if not path.exists():
            pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
        self._process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         env=dict(os.environ, **(process_environment or {})))
        self.opened = self.command(environment=environment or {}, clockSpeed=clock_speed)

    def command(self, **command):
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def send(self, method, url, headers=(), body=None, timeout_ms=5000, **more):
        return self.command(method=method, url=url, headers=list(headers), body=body, timeoutMs=timeout_ms, **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        assert self._process.wait(timeout=20) == 0
        self._process.stdout.close()


def sent(result):
    """A failure whose request may have arrived."""
    assert result.get("sent") is True, result
    return result


def not_sent(result):
    assert result.get("sent") is False, result
    return result
