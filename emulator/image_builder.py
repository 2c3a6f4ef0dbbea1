"""EC2 Image Builder: what its operations do, with client tokens that answer a repeated call as the first one.

Five operations do something; the model's others are recognised, and refused by name.
"""

import pathlib

from .aws_service import AwsService
from .errors import IMAGE_BUILDER_ERRORS, ServiceError
from .image_operations import Operations, check_parameters
from .images import Images
from .service_model import Model

SERVICE = "imagebuilder"
ADDITIONS = pathlib.Path(__file__).with_name("imagebuilder-additions.json")


class ImageBuilder(AwsService):
    def __init__(self, store, clock, region, account, functions, events, on_line=None):
        """`events` are sent as the images' states change."""
        super().__init__(Model(SERVICE, ADDITIONS), IMAGE_BUILDER_ERRORS, store, clock, region, functions, on_line)
        self._tokens, self._events = {}, events
        self._images = Images(clock, self._model.service.shape_for("ImageStatus").enum)
        self._operations = Operations(self._images, region, account)

    def script(self, entries, recipe=None, arn=None):
        """How images go on: for all made from now on, for those of one recipe name, or for one existing image."""
        with self._lock:
            self._images.script(entries, recipe, arn)

    def images(self):
        """ARN and status of every image that exists."""
        with self._lock:
            return [{"arn": image.arn, "status": self._images.status(image)} for image in self._images.all()]

    def send_events(self, enabled=True):
        """Whether images made from now on, whose script is a timeline, tell EventBridge of their states."""
        self._events.enabled = enabled

    def reset(self):
        self.send_events(False)
        with self._lock:
            self._images.clear()
            self._tokens.clear()
        super().reset()

    def check(self, operation, parameters):
        check_parameters(operation, parameters)

    def run(self, operation, entry):
        answer = self._once(operation, entry)
        entry.image_status = answer.get("image", {}).get("state", {}).get("status")
        return answer

    def _once(self, operation, entry):
        """The operation's answer; the first one again where the client token was seen before."""
        key = (operation.name, entry.client_token)
        if entry.client_token and key in self._tokens:
            parameters, answer = self._tokens[key]
            if parameters != entry.parameters:
                raise ServiceError("IdempotentParameterMismatchException",
                                   "The client token was used before with other parameters.")
            return answer
        answer = {"requestId": entry.request_id, **self._operations.run(operation.name, entry.parameters)}
        self._model.check_answer(operation, answer, unmodelled=self._images.unmodelled)
        if operation.name == "CreateImage":
            self._events.watch(self._images.find(answer["imageBuildVersionArn"]))
        if entry.client_token:
            self._tokens[key] = entry.parameters, answer
        return answer
