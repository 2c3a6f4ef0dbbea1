"""How many requests a second a service takes: a token bucket on the virtual clock, as AWS throttles an account.

Each request takes a token; `rate` of them come back in a second, and at most `burst` are kept. A request that finds none is
refused as AWS does it, takes nothing and has no effect.
"""

import threading

from .errors import ServiceError

MAX_RATE = 100000


class RequestLimit:
    """One bucket for all operations; without a rate it lets everything pass."""

    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        self.set(None)

    def set(self, rate, burst=None):
        """`rate` requests a second, None for any number; `burst` (default: a second's) at once after a pause."""
        if rate is not None:
            burst = max(1, rate) if burst is None else burst
            _check("rate", rate, 0)
            _check("burst", burst, 1)
        with self._lock:
            self._rate, self._burst, self._tokens, self._since = rate, burst, burst, self._clock.now()

    def take(self):
        """Takes a token, or raises what AWS answers where there is none."""
        with self._lock:
            if self._rate is None:
                return
            now = self._clock.now()
            self._tokens = min(self._burst, self._tokens + (now - self._since) * self._rate)
            self._since = now
            if self._tokens < 1:
                raise ServiceError("TooManyRequestsException", "You have exceeded the permitted request rate.")
            self._tokens -= 1


def _check(name, number, least):
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not least <= number <= MAX_RATE:
        raise ValueError(f"{name} is {number!r}, not a number from {least} to {MAX_RATE}")
