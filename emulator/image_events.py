"""The EventBridge events that Image Builder sends when an image's state changes, by its timeline.

EventBridge delivers them to the rule's target as best it can: a scenario may let one come twice, late, or not at all.
"""

import datetime
import uuid

SOURCE, STATE_CHANGE = "aws.imagebuilder", "EC2 Image Builder Image State Change"


def event(clock, region, account, given):
    """The event as a rule's target gets it: the envelope's members, overlaid by those that are given."""
    now = datetime.datetime.strptime(clock.iso(), "%Y-%m-%dT%H:%M:%S.%fZ").strftime("%Y-%m-%dT%H:%M:%SZ")
    envelope = {"version": "0", "id": str(uuid.uuid4()), "detail-type": STATE_CHANGE, "source": SOURCE,
                "account": account, "time": now, "region": region, "resources": [], "detail": {}}
    return {**envelope, **given}


def state_change(arn, before, after):
    """The members of a state change that are its own; the states are as GetImage tells them."""
    return {"resources": [arn], "detail": {"previous-state": before, "state": after}}


class ImageEvents:
    def __init__(self, agenda, put):
        """`put(event)` sends an event to the rules."""
        self._agenda, self._put = agenda, put
        self.enabled = False

    def watch(self, image):
        """Send an event at each moment of the image's timeline at which its state changes."""
        if self.enabled and image.progress.timed:
            for moment, before, after in image.progress.changes():
                self._at(image, image.created + moment, state_change(image.arn, before, after))

    def _at(self, image, moment, change):
        progress = image.progress

        def send():
            # One that was cancelled, deleted or told otherwise since goes its own way.
            if not image.deleted and image.progress is progress:
                self._put(change)
        self._agenda.at(moment, send, background=True)
