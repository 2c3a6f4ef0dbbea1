"""AWS Secrets Manager and the Parameter Store on this machine, as far as they give values: each request's signature is checked with
botocore (emulator/signature.py), and its shape against what AWS takes."""

import email.utils
import time

from http_double import HttpDouble

from emulator.errors import ServiceError
from emulator.signature import Verifier
from emulator.wire import Request

SERVICES = {"secretsmanager.GetSecretValue": "secretsmanager", "AmazonSSM.GetParameter": "ssm"}


class SecretsDouble(HttpDouble):
    """`secrets` holds what GetSecretValue gives by SecretId, `parameters` what GetParameter gives by Name. `refusals` are
    answered first, one for each request: (status, type). Each answer takes `seconds`; the services' clock is `ahead` by as many."""

    def __init__(self, store, region):
        super().__init__()
        self.secrets, self.parameters, self.refusals, self.asked = {}, {}, [], []
        self.seconds = self.ahead = 0
        self._verifiers = {name: Verifier(store, service, region) for name, service in SERVICES.items()}

    def environment(self):
        return {"AWS_ENDPOINT_URL_SECRETS_MANAGER": self.url, "AWS_ENDPOINT_URL_SSM": self.url}

    def take(self, request):
        target = request.headers.get("x-amz-target")
        assert (request.method, request.target, target in SERVICES) == ("POST", "/", True)
        assert request.headers["content-type"] == "application/x-amz-json-1.1"
        answer = self._answer(request, target)
        date = email.utils.formatdate(time.time() + self.ahead, usegmt=True)
        return {"seconds": self.seconds, "headers": {"Date": date}, **answer}

    def _answer(self, request, target):
        self._verifiers[target].skew_seconds = self.ahead
        try:
            self._verifiers[target].verify(Request(request.method, request.target, list(request.headers.items()),
                                                   request.body))
        except ServiceError as refused:
            return _error(400, refused.error_type)
        self.requests.append(request)
        return _error(*self.refusals.pop(0)) if self.refusals else self._value(target, request.json)

    def _value(self, target, asked):
        if SERVICES[target] == "ssm":
            assert set(asked) == {"Name", "WithDecryption"} and asked["WithDecryption"] is True
            self.asked.append(asked["Name"])
            found = self.parameters.get(asked["Name"])
            return {"json": {"Parameter": {"Value": found}}} if found else _error(400, "ParameterNotFound")
        assert set(asked) == {"SecretId"}
        self.asked.append(asked["SecretId"])
        found = self.secrets.get(asked["SecretId"])
        if isinstance(found, bytes):
            return {"json": {"SecretBinary": found.decode()}}
        return {"json": {"SecretString": found}} if found else _error(400, "ResourceNotFoundException")


def _error(status, kind):
    return {"status": status, "json": {"__type": kind, "message": "User: arn:aws:sts::123456789012:x is not authorized"}}
