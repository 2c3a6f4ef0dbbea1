"""moto's server: an AWS that is independent of this project, as a process of its own on this machine.

It is run by whatever Python has it, because it is not packaged by every distribution: MOTO_PYTHON may name that Python.
"""

import functools
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

APPLICATION = pathlib.Path(__file__).resolve().parent / "moto_application.py"
TIME_LIMIT_SECONDS = 60
HOW_TO_GET_IT = ("no Python here can import moto's server: install moto[server] from Python's package index into any "
                 "Python, and name that one by MOTO_PYTHON")


@functools.lru_cache(maxsize=None)
def python_with_moto(modules="moto.server, flask"):
    """A Python that can import moto's server and the other modules; None where there is none."""
    for name in filter(None, (os.environ.get("MOTO_PYTHON"), "python3", "/usr/bin/python3")):
        program = shutil.which(name)
        if program and subprocess.run([program, "-c", f"import {modules}"], capture_output=True).returncode == 0:
            return program
    return None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MotoServer:
    """A server with `variables` in its environment; `configuration` is what /moto-api/config is told."""

    def __init__(self, program, variables, configuration):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.configuration = configuration
        self.process = subprocess.Popen([program, "-B", str(APPLICATION), str(self.port)],
                                        env={**os.environ, **variables}, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def __enter__(self):
        try:
            self._configure()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    def _configure(self):
        """Waits until the server answers."""
        deadline = time.monotonic() + TIME_LIMIT_SECONDS
        while True:
            try:
                return self.post("/moto-api/config", self.configuration, {})
            except urllib.error.URLError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def post(self, path, body, headers):
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/x-amz-json-1.0", **headers})
        try:
            with urllib.request.urlopen(request, timeout=TIME_LIMIT_SECONDS) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"moto answers {error.code} to {headers}: {error.read().decode()}") from error
