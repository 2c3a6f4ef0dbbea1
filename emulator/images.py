"""The images of an account, and how each one's state goes on.

A progress is either a sequence, one state for each GetImage, of which the last stays; or a timeline on the virtual
clock, `[[0, "PENDING"], [60, "BUILDING"], …]`, in seconds after CreateImage. An entry is a status, or an object with
`status` and `reason`; an object without `status` makes GetImage leave the state out.
"""

import bisect
import dataclasses
import re

from .errors import ServiceError

TERMINAL = ("AVAILABLE", "CANCELLED", "FAILED", "DEPRECATED", "DISABLED", "DELETED")
DEFAULT_PROGRESS = ["PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING", "AVAILABLE"]
MAX_REASON_CHARACTERS = 1024
_RECIPE_ARN = re.compile(r"(arn:[^:]+:imagebuilder:[^:]+:)([^:]+):(image|container)-recipe/([^/]+)/([^/]+)")


class Progress:
    """Parsed and validated once; each image steps through a copy of its own."""

    def __init__(self, entries, statuses):
        if not isinstance(entries, list) or not entries:
            raise ValueError("a script is a list of at least one state")
        self.timed = all(isinstance(entry, list) for entry in entries)
        if self.timed:
            self._moments = [_moment(entry) for entry in entries]
            if self._moments != sorted(self._moments) or self._moments[0] > 0:
                raise ValueError("a timeline starts at 0 seconds and goes forward")
            entries = [entry[1] for entry in entries]
        self._states = [_state(entry, statuses) for entry in entries]
        self.statuses = {state["status"] for state in self._states if "status" in state}
        self._next = 0

    def copy(self):
        fresh = object.__new__(Progress)
        fresh.__dict__.update(self.__dict__, _next=0)
        return fresh

    def current(self, age):
        """The state now, without taking a step; `age` in virtual seconds since the image was created."""
        if self.timed:
            return self._states[bisect.bisect_right(self._moments, age) - 1]
        return self._states[min(self._next, len(self._states) - 1)]

    def changes(self):
        """The moments of a timeline at which the state becomes another one, with the states before and after."""
        states = zip(self._moments[1:], self._states, self._states[1:])
        return [(moment, before, after) for moment, before, after in states if before != after]

    def step(self, age):
        """The state now; a sequence goes on to its next one."""
        state = self.current(age)
        self._next += 1
        return state


def _moment(entry):
    if len(entry) != 2 or isinstance(entry[0], bool) or not isinstance(entry[0], (int, float)):
        raise ValueError(f"timeline entry {entry!r} is not [seconds, state]")
    return entry[0]


def _state(entry, statuses):
    state = {"status": entry} if isinstance(entry, str) else entry
    if not isinstance(state, dict) or set(state) - {"status", "reason", "unmodelled"}:
        raise ValueError(f"state {entry!r} is neither a status nor an object with status and reason")
    if any(not isinstance(state.get(name, "-"), str) or not 1 <= len(state.get(name, "-")) <= MAX_REASON_CHARACTERS
           for name in ("status", "reason")):
        raise ValueError(f"state {entry!r}: status and reason are texts of 1 to {MAX_REASON_CHARACTERS} characters")
    state = dict(state)
    unmodelled = state.pop("unmodelled", False)
    if "status" in state and state["status"] not in statuses and not unmodelled:
        raise ValueError(f"status {state['status']!r} is not one of {', '.join(statuses)}; "
                         "add \"unmodelled\": true to send it all the same")
    return state


@dataclasses.dataclass
class Image:
    arn: str
    name: str
    version: str
    kind: str               # AMI or DOCKER
    parameters: dict        # of CreateImage
    created: float          # virtual seconds
    created_iso: str
    progress: Progress
    deleted: bool = False


class Images:
    """Not safe for threads by itself: Image Builder calls it under its lock."""

    def __init__(self, clock, statuses):
        self._clock, self._statuses = clock, statuses
        self.clear()

    def clear(self):
        self._images, self._builds, self._scripts = {}, {}, {}
        self.unmodelled = set()     # statuses that a script sends although the model does not know them
        self._default = Progress(DEFAULT_PROGRESS, self._statuses)

    def script(self, entries, recipe=None, arn=None):
        """How images made from now on (all, or of one recipe name) go on; or one that exists."""
        progress = Progress(entries, self._statuses)
        self.unmodelled |= progress.statuses - set(self._statuses)
        if arn is not None:
            self.find(arn).progress = progress
        elif recipe is not None:
            self._scripts[recipe] = progress
        else:
            self._default = progress

    def create(self, parameters, account):
        recipe = parameters.get("imageRecipeArn") or parameters["containerRecipeArn"]
        start, owner, kind, name, version = _RECIPE_ARN.fullmatch(recipe).groups()
        build = self._builds[name, version] = self._builds.get((name, version), 0) + 1
        arn = f"{start}{account if owner == 'aws' else owner}:image/{name}/{version}/{build}"
        progress = self._scripts.get(name, self._default).copy()
        self._images[arn] = Image(arn, name, version, "DOCKER" if kind == "container" else "AMI", parameters,
                                  self._clock.now(), self._clock.iso(), progress)
        return self._images[arn]

    def find(self, arn):
        if arn not in self._images:
            raise ServiceError("ResourceNotFoundException",
                               f"The resource '{arn}' does not exist or you do not have access to it.")
        return self._images[arn]

    def latest(self, arn):
        """An image by its ARN; without a build number, or with x in the version, the newest that fits."""
        if arn in self._images:
            return self._images[arn]
        head, _, version = arn.rpartition("/")
        # The model's pattern has made sure that the version is digits, dots and x.
        pattern = version.replace(".", r"\.").replace("x", "[0-9]+")
        wanted = re.compile(f"{re.escape(head)}/{pattern}/[0-9]+")
        fitting = [known for known in self._images if wanted.fullmatch(known)]
        return self.find(max(fitting, key=_version_of, default=arn))

    def delete(self, arn):
        self.find(arn).deleted = True
        return self._images.pop(arn)

    def cancel(self, arn):
        image = self.find(arn)
        status = self.status(image)
        if status in TERMINAL:
            raise ServiceError("InvalidRequestException", f"The image '{arn}' is {status}: it can't be cancelled.")
        image.progress = Progress(["CANCELLED"], self._statuses)

    def status(self, image):
        return image.progress.current(self._clock.now() - image.created).get("status")

    def step(self, image):
        return dict(image.progress.step(self._clock.now() - image.created))

    def all(self):
        return list(self._images.values())


def _version_of(arn):
    return [int(number) for number in re.findall("[0-9]+", arn.partition(":image/")[2].partition("/")[2])]
