"""Runs the `arazzo` command as a person at a terminal does."""

import dataclasses
import json
import os
import signal
import subprocess
import time

TIME_LIMIT_SECONDS = 30


@dataclasses.dataclass
class Done:
    exit_status: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """The one JSON value on stdout."""
        return json.loads(self.stdout)


class Arazzo:
    def __init__(self, program, folder, environment, bundles=None):
        self.program, self.folder, self.environment, self.bundles = program, folder, environment, bundles

    def __call__(self, *arguments, environment=None, stdin=""):
        if self.bundles and arguments[0] in ("run", "step") and len(arguments) > 1:
            arguments = (arguments[0], self.bundles.of(self.folder / arguments[1]), *arguments[2:])
        done = subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, capture_output=True,
                              env=self._variables(environment), timeout=TIME_LIMIT_SECONDS,
                              input=stdin if isinstance(stdin, bytes) else stdin.encode())
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def interrupt(self, *arguments, environment=None, when, number=signal.SIGINT):
        """Sends the signal as soon as `when()` is true."""
        process = subprocess.Popen([self.program, *map(str, arguments)], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self._variables(environment))
        end = time.monotonic() + TIME_LIMIT_SECONDS
        while not when() and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(number)
        try:
            stdout, stderr = process.communicate(timeout=TIME_LIMIT_SECONDS)
        finally:
            process.kill()
        return Done(process.returncode, stdout, stderr)

    def _variables(self, more):
        variables = {"PATH": os.environ["PATH"], "AWS_MAX_ATTEMPTS": "1", **self.environment, **(more or {})}
        return {name: value for name, value in variables.items() if value is not None}
