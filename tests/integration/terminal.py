"""A terminal for the `arazzo` command: its standard error is a pseudo-terminal of some width, and what it shows is what a person would
see of it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

TIME_LIMIT_SECONDS = 30
SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")


def is_readable(file, seconds):
    """Whether there is something to read, or will be soon. (Not by select, which takes no file beyond the 1024th.)"""
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


class Screen:
    """What stands on a terminal after some output: lines, the last one under way. Only what the command may use is known; everything
    else is an error."""

    def __init__(self, columns):
        self.columns, self.lines, self.column, self.has_wrapped = columns, [""], 0, False

    def feed(self, text):
        at = 0
        while at < len(text):
            sequence = SEQUENCE.match(text, at)
            if sequence:
                self._control(sequence)
                at = sequence.end()
                continue
            self._character(text[at])
            at += 1

    def _control(self, sequence):
        assert sequence[2] in "Km", f"the command may not send {sequence[0]!r}"
        if sequence[2] == "K":
            self.lines[-1] = self.lines[-1][:self.column]

    def _character(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.lines.append("")
            self.column = 0
        else:
            assert character.isprintable(), f"the command may not send {character!r}"
            if self.column == self.columns:
                self.has_wrapped = True
            self.lines[-1] = self.lines[-1][:self.column] + character
            self.column += 1


class Terminal:
    def __init__(self, arazzo, *arguments, environment=None, columns=80, term="xterm"):
        self.screen, self.output, self._columns = Screen(columns), "", columns
        self._own, theirs = pty.openpty()
        self.resize(columns)
        variables = {"PATH": os.environ["PATH"], "AWS_MAX_ATTEMPTS": "1", "TERM": term, **arazzo.environment,
                     **(environment or {})}
        self.process = subprocess.Popen([arazzo.program, *map(str, arguments)], cwd=arazzo.folder, env=variables,
                                        stdin=theirs, stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        self._end = time.monotonic() + TIME_LIMIT_SECONDS

    def resize(self, columns):
        fcntl.ioctl(self._own, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.screen.columns = columns

    def _read(self):
        """More output; False at its end."""
        if not is_readable(self._own, 0.05):
            return time.monotonic() < self._end
        try:
            data = os.read(self._own, 65536).decode()
        except OSError:
            return False
        self.output += data
        self.screen.feed(data)
        return bool(data)

    def until(self, text):
        """Reads until this was shown, at any time."""
        while text not in self.output:
            assert self._read(), f"{text!r} is not in {self.output!r}"
        return self

    def interrupt(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self

    def finish(self):
        """Waits for the end: the exit status and what is on stdout."""
        while self._read():
            pass
        stdout = self.process.communicate(timeout=TIME_LIMIT_SECONDS)[0].decode()
        os.close(self._own)
        return self.process.returncode, stdout
