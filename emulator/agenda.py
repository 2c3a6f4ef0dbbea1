"""What is to happen at moments of the virtual clock: retries, firings, deletions, events.

One thread runs what is due, in the order of the moments, and of their entry where they are equal. An action must be
short; what takes long starts a thread of its own, and is counted by whoever starts it, before the action returns: so
there is no moment at which work is neither on the agenda, nor running, nor counted.
"""

import dataclasses
import heapq
import itertools
import threading
import traceback


@dataclasses.dataclass(order=True)
class Appointment:
    moment: float           # virtual seconds
    number: int
    action: object = dataclasses.field(compare=False)
    background: bool = dataclasses.field(compare=False, default=False)  # nothing waits for it
    cancelled: bool = dataclasses.field(compare=False, default=False)

    def cancel(self):
        self.cancelled = True


class Agenda:
    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._entries, self._running = [], 0
        threading.Thread(target=self._work, name="agenda", daemon=True).start()

    def at(self, moment, action, background=False):
        """Call `action` at a virtual moment, or as soon as may be where that has passed; the Appointment."""
        made = Appointment(moment, next(self._numbers), action, background)
        with self._lock:
            heapq.heappush(self._entries, made)
        self._clock.wake()
        return made

    def after(self, seconds, action):
        return self.at(self._clock.now() + seconds, action)

    def next(self):
        """The earliest moment on the agenda, or None."""
        with self._lock:
            return self._first()

    def _first(self):
        while self._entries and self._entries[0].cancelled:
            heapq.heappop(self._entries)
        return self._entries[0].moment if self._entries else None

    def settled(self):
        """Whether nothing is due now or running."""
        now = self._clock.now()
        with self._lock:
            first = self._first()
            return not self._running and (first is None or first > now)

    def done(self):
        """Whether nothing is left that anybody waits for."""
        with self._lock:
            return not self._running and all(entry.background or entry.cancelled for entry in self._entries)

    def clear(self):
        with self._lock:
            self._entries.clear()

    def _work(self):
        while self._clock.wait_for(self.next):
            due = self._take(self._clock.now())
            if due:
                self._run(due)

    def _take(self, now):
        with self._lock:
            first = self._first()
            if first is None or first > now:
                return None
            self._running += 1
            return heapq.heappop(self._entries)

    def _run(self, due):
        try:
            due.action()
        except Exception:       # a fault of the emulator itself: shown, and the agenda goes on
            traceback.print_exc()
        finally:
            with self._lock:
                self._running -= 1
