"""An error as an AWS REST-JSON service answers it: status, `x-amzn-ErrorType`, and a body with the message."""

from .wire import json_response

# Image Builder's error types (service model 2019-12-02) and the signature errors that every AWS service shares.
STATUS_OF_TYPE = {
    "CallRateLimitExceededException": 429, "TooManyRequestsException": 429,
    "ServiceException": 500, "ServiceUnavailableException": 503, "ServiceQuotaExceededException": 402,
    "ForbiddenException": 403, "AccessDeniedException": 403,
    "InvalidSignatureException": 403, "UnrecognizedClientException": 403, "ExpiredTokenException": 403,
    "MissingAuthenticationTokenException": 403, "IncompleteSignatureException": 403,
    "ResourceNotFoundException": 404, "UnknownOperationException": 404,
    "RequestEntityTooLargeException": 413, "UnsupportedMediaTypeException": 415,
}


class ServiceError(Exception):
    """Refuses a request; a type without an entry above is a 400."""

    def __init__(self, error_type, message, status=None, headers=None):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.status = status or STATUS_OF_TYPE.get(error_type, 400)
        self.headers = headers or {}

    def response(self, request_id):
        headers = {"x-amzn-RequestId": request_id, **self.headers}
        if self.error_type:
            headers["x-amzn-ErrorType"] = self.error_type
        return json_response(self.status, {"message": self.message}, headers)
