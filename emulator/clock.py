"""The virtual clock: seconds since the emulator started, moved by `advance` and, if asked, by a factor of real time.

Image timelines, schedules and asynchronous retries run on it. Signatures and Lambda deadlines do not: they are checked
against the machine's clock, as the function under test reads that one.
"""

import datetime
import threading
import time


class VirtualClock:
    def __init__(self, factor=0.0):
        self._condition = threading.Condition()
        self._epoch = time.time()
        self._closed = False
        self._start(0.0, factor)

    def _start(self, now, factor):
        if not factor >= 0:
            raise ValueError(f"clock factor {factor} is negative: use 0 (stands still), 1 (real time) or more")
        self._base, self._since, self._factor = now, time.monotonic(), float(factor)

    @property
    def factor(self):
        return self._factor

    def now(self):
        """Virtual seconds since the start."""
        with self._condition:
            return self._now()

    def _now(self):
        return self._base + (time.monotonic() - self._since) * self._factor

    def iso(self):
        """The virtual time of day, as AWS writes it."""
        moment = datetime.datetime.fromtimestamp(self._epoch + self.now(), datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def advance(self, seconds):
        if not seconds >= 0:
            raise ValueError(f"cannot advance the clock by {seconds}: time only goes forward")
        with self._condition:
            self._start(self._now() + seconds, self._factor)
            self._condition.notify_all()
            return self._base

    def set_factor(self, factor):
        with self._condition:
            self._start(self._now(), factor)
            self._condition.notify_all()

    def wait_for(self, moment_of):
        """Wait for the virtual moment that `moment_of()` says, None being never; False where the clock was closed."""
        with self._condition:
            while not self._closed and not self._reached(moment_of()):
                self._condition.wait(self._real_seconds_to(moment_of()))
            return not self._closed

    def wait_until(self, moment):
        """Wait for a virtual moment; False where the clock was closed first."""
        return self.wait_for(lambda: moment)

    def wake(self):
        """Tell those who wait that the moment they wait for is another one."""
        with self._condition:
            self._condition.notify_all()

    def _reached(self, moment):
        return moment is not None and self._now() >= moment

    def _real_seconds_to(self, moment):
        if moment is None or not self._factor:
            return None
        return max((moment - self._now()) / self._factor, 0.001)

    def close(self):
        with self._condition:
            self._closed = True
            self._condition.notify_all()
