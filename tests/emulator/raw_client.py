"""Requests to the services made by hand: signed with botocore, sent through a socket, the answer's bytes unparsed."""

import dataclasses
import json
import pathlib
import socket
from urllib.parse import quote

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOOTSTRAP = pathlib.Path(__file__).with_name("bootstrap")
ARN = "arn:aws:imagebuilder:eu-west-1:123456789012"
RECIPE = f"{ARN}:image-recipe/web/1.0.0"
INFRASTRUCTURE = f"{ARN}:infrastructure-configuration/small"
CREATE = {"imageRecipeArn": RECIPE, "infrastructureConfigurationArn": INFRASTRUCTURE, "clientToken": "token-1"}


def client(aws, credentials=None, service="imagebuilder", **options):
    """A boto3 client that does not retry."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=10)
    arguments = {**aws.client_arguments(service, credentials), **options}
    return boto3.client(service, config=config, **arguments)


def create(aws, **parameters):
    return client(aws).create_image(**{**CREATE, **parameters})["imageBuildVersionArn"]


def get_target(arn):
    return "/GetImage?imageBuildVersionArn=" + quote(arn, safe="-_.~")


@dataclasses.dataclass
class Answer:
    raw: bytes
    reset: bool = False

    @property
    def head(self):
        return self.raw.partition(b"\r\n\r\n")[0].decode()

    @property
    def body(self):
        return self.raw.partition(b"\r\n\r\n")[2]

    @property
    def status(self):
        return int(self.raw.split(b" ")[1]) if self.raw else None

    @property
    def headers(self):
        return {name.lower(): value for name, value in (line.split(": ", 1) for line in self.head.split("\r\n")[1:])}

    @property
    def error(self):
        return self.headers.get("x-amzn-errortype")

    @property
    def message(self):
        body = json.loads(self.body)
        return body.get("message") or body["Message"]


def signed_headers(aws, method, target, body=b"", headers=None, credentials=None, service="imagebuilder", region=None,
                   endpoint="imagebuilder"):
    """The headers of a correctly signed request, changed only by what the test gives."""
    known = credentials or aws.credentials
    request = AWSRequest(method, aws.endpoints[endpoint] + target, data=body, headers=headers or {})
    signer = SigV4Auth(Credentials(known.access_key, known.secret_key, known.token), service, region or aws.region)
    signer.add_auth(request)
    host = aws.endpoints[endpoint].partition("://")[2]
    return {"Host": host, **dict(request.headers.items())}


def send(aws, method, target, headers, body=b"", seconds=5, endpoint="imagebuilder"):
    """Send one request and read until the end of the connection."""
    host, _, port = aws.endpoints[endpoint].partition("://")[2].partition(":")
    lines = [f"{method} {target} HTTP/1.1", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection((host, int(port)), timeout=seconds) as sock:
        sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return _read(sock)


def _read(sock):
    pieces = []
    while True:
        try:
            data = sock.recv(1 << 20)
        except ConnectionResetError:
            return Answer(b"".join(pieces), reset=True)
        if not data:
            return Answer(b"".join(pieces))
        pieces.append(data)


def call(aws, method, target, body=b"", headers=None, seconds=5, **signing):
    """Sign and send."""
    signed = signed_headers(aws, method, target, body, headers, **signing)
    return send(aws, method, target, signed, body, seconds)


def call_create(aws, **parameters):
    body = json.dumps({**CREATE, **parameters}).encode()
    return call(aws, "PUT", "/CreateImage", body, {"Content-Type": "application/json"})


def call_scheduler(aws, method, target, body=None, **signing):
    """Sign and send a request to Scheduler."""
    sent = b"" if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if sent else {}
    place = {"service": "scheduler", "endpoint": "scheduler"}
    signed = signed_headers(aws, method, target, sent, headers, **{**place, **signing})
    return send(aws, method, target, signed, sent, endpoint="scheduler")
