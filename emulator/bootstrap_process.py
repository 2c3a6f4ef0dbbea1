"""One `bootstrap` process: started with a Lambda-like environment, its output captured as lines, ended as a group.

Output is read from the pipes both by a thread and on demand (`drain`): whatever the process wrote before it posted its
response is in the pipe by then, so that draining at that moment attributes each line to the right invocation.
"""

import os
import re
import select
import signal
import subprocess
import threading

MAX_LINE_BYTES = 256 * 1024


class BootstrapProcess:
    def __init__(self, command, folder, environment, on_line, on_exit):
        """`on_line(stream, text)` and `on_exit()` are called from this object's threads."""
        self._on_line, self._on_exit = on_line, on_exit
        self._lock = threading.Lock()
        self._process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self._pipes = {pipe.fileno(): (name, pipe) for name, pipe in
                       (("stdout", self._process.stdout), ("stderr", self._process.stderr))}
        self._partial = {descriptor: b"" for descriptor in self._pipes}
        for descriptor in self._pipes:
            os.set_blocking(descriptor, False)
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._read, self._watch)]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process.poll() is None

    def exit_text(self):
        """How it ended, in Lambda's words."""
        code = self._process.returncode
        if code is None:
            return "Runtime is still running"
        if code < 0:
            return f"Runtime exited with error: signal: {_signal_text(-code)}"
        return f"Runtime exited with error: exit status {code}" if code else "Runtime exited without providing a reason"

    def max_memory_mb(self):
        """The most memory that it has held so far, in MB; 0 where that can't be told any more."""
        try:
            with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
                found = re.search(r"VmHWM:\s+(\d+) kB", status.read())
                return round(int(found.group(1)) / 1024, 1) if found else 0
        except OSError:
            return 0

    def end(self, grace_seconds=0.0):
        """End the process and what it started; with a grace, ask by SIGTERM first."""
        if grace_seconds and self.running:
            self._signal(signal.SIGTERM)
            try:
                self._process.wait(grace_seconds)
            except subprocess.TimeoutExpired:
                pass
        self._signal(signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout=2)

    def _signal(self, number):
        # The group outlives its leader where the bootstrap started children, so it is signalled in any case.
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def drain(self):
        """Take over all output that is in the pipes now."""
        with self._lock:
            for descriptor in list(self._pipes):
                self._drain_pipe(descriptor)

    def _drain_pipe(self, descriptor):
        while True:
            try:
                data = os.read(descriptor, 64 * 1024)
            except BlockingIOError:
                return
            if not data:
                self._close_pipe(descriptor)
                return
            self._take(descriptor, data)

    def _take(self, descriptor, data):
        *lines, rest = (self._partial[descriptor] + data).split(b"\n")
        while len(rest) > MAX_LINE_BYTES:
            lines.append(rest[:MAX_LINE_BYTES])
            rest = rest[MAX_LINE_BYTES:]
        self._partial[descriptor] = rest
        for line in lines:
            self._on_line(self._pipes[descriptor][0], line.decode("utf-8", "replace"))

    def _close_pipe(self, descriptor):
        name, pipe = self._pipes.pop(descriptor)
        if self._partial[descriptor]:
            self._on_line(name, self._partial[descriptor].decode("utf-8", "replace"))
        pipe.close()

    def _read(self):
        while True:
            with self._lock:
                descriptors = list(self._pipes)
            if not descriptors:
                return
            poller = select.poll()
            for descriptor in descriptors:
                poller.register(descriptor, select.POLLIN)
            poller.poll(1000)
            self.drain()

    def _watch(self):
        self._process.wait()
        self.drain()
        self._on_exit()


def _signal_text(number):
    texts = {signal.SIGKILL: "killed", signal.SIGSEGV: "segmentation fault", signal.SIGABRT: "aborted",
             signal.SIGTERM: "terminated"}
    return texts.get(number) or signal.strsignal(number)
