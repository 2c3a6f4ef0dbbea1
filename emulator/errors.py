"""An error as an AWS REST-JSON service answers it: status, `x-amzn-ErrorType`, and a body with the message."""

import dataclasses

from .wire import json_response

# Image Builder's and Scheduler's error types (service models 2019-12-02 and 2021-06-30), and the signature errors that
# every AWS service shares.
STATUS_OF_TYPE = {
    "CallRateLimitExceededException": 429, "TooManyRequestsException": 429, "ThrottlingException": 429,
    "ServiceException": 500, "InternalServerException": 500, "ServiceUnavailableException": 503,
    "ServiceQuotaExceededException": 402,
    "ForbiddenException": 403, "AccessDeniedException": 403,
    "InvalidSignatureException": 403, "UnrecognizedClientException": 403, "ExpiredTokenException": 403,
    "MissingAuthenticationTokenException": 403, "IncompleteSignatureException": 403,
    "ResourceNotFoundException": 404, "UnknownOperationException": 404, "ConflictException": 409,
    "RequestEntityTooLargeException": 413, "UnsupportedMediaTypeException": 415,
}


@dataclasses.dataclass(frozen=True)
class ErrorStyle:
    """How one service writes errors: the member that holds the message, and its usual type for a status."""

    member: str
    types: dict


IMAGE_BUILDER_ERRORS = ErrorStyle("message", {
    429: "TooManyRequestsException", 500: "ServiceException", 503: "ServiceUnavailableException",
    400: "InvalidRequestException", 402: "ServiceQuotaExceededException", 403: "ForbiddenException",
    404: "ResourceNotFoundException"})
SCHEDULER_ERRORS = ErrorStyle("Message", {
    429: "ThrottlingException", 500: "InternalServerException", 503: "ServiceUnavailableException",
    400: "ValidationException", 402: "ServiceQuotaExceededException", 403: "AccessDeniedException",
    404: "ResourceNotFoundException", 409: "ConflictException"})


class ServiceError(Exception):
    """Refuses a request; a type without an entry above is a 400."""

    def __init__(self, error_type, message, status=None, headers=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.status = status or STATUS_OF_TYPE.get(error_type, 400)
        self.headers = headers or {}

    def response(self, request_id, member="message"):
        """`member` is the name that the service's model gives to the message."""
        headers = {"x-amzn-RequestId": request_id, **self.headers}
        if self.error_type:
            headers["x-amzn-ErrorType"] = self.error_type
        return json_response(self.status, {member: self.message}, headers)
