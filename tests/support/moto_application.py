"""Runs moto's server: moto_application.py PORT. Executed by the Python that has moto, never imported.

Three things are mended in which moto is not like AWS:
- For some services it leaves its web framework's text/html on answers that are JSON. AWS answers with the media type of
  the protocol, and our engine takes no web page for an answer of AWS.
- It verifies signatures over the decoded path, so that no request with an encoded character in its path is right.
- It believes x-amz-content-sha256. AWS refuses a body that has another digest.
"""

import hashlib
import io
import sys

import flask
from moto.iam.access_control import IAMRequestBase
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

MOTO = DomainDispatcherApplication(create_backend_app)
DIGEST_CHARACTERS = 64     # other values, such as UNSIGNED-PAYLOAD, are words
CHECK_SIGNATURE = IAMRequestBase.check_signature


def check_signature(self):
    """Over the path and query as they were sent."""
    self._path = flask.request.environ["RAW_URI"]
    CHECK_SIGNATURE(self)


def mended(environ, status, headers):
    """The headers, with the media type that AWS would have said; errors of the framework itself stay what they are."""
    given = {name.lower(): value for name, value in headers}
    if not status.startswith("2") or not given.get("content-type", "").startswith("text/html"):
        return headers
    others = [(name, value) for name, value in headers if name.lower() != "content-type"]
    if given.get("content-length") == "0":
        return others
    said = environ["CONTENT_TYPE"] if "HTTP_X_AMZ_TARGET" in environ else "application/json"
    return [*others, ("Content-Type", said)]


def has_its_digest(environ):
    """Reads the body, and puts it back."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    digest = environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")
    return len(digest) != DIGEST_CHARACTERS or digest == hashlib.sha256(body).hexdigest()


def application(environ, start_response):
    def start(status, headers, exc_info=None):
        return start_response(status, mended(environ, status, headers), exc_info)
    if not has_its_digest(environ):
        start_response("400 Bad Request", [("Content-Type", "application/xml")])
        return [b"<Error><Code>XAmzContentSHA256Mismatch</Code></Error>"]
    return MOTO(environ, start)


if __name__ == "__main__":
    IAMRequestBase.check_signature = check_signature
    run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
