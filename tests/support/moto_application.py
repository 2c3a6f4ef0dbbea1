"""Runs moto's server: moto_application.py PORT. Executed by the Python that has moto, never imported.

Four things are mended in which moto is not like AWS:
- For some services it leaves its web framework's text/html on answers that are JSON. AWS answers with the media type of
  the protocol, and our engine takes no web page for an answer of AWS.
- It verifies signatures over the decoded path, so that no request with an encoded character in its path is right.
- It believes x-amz-content-sha256. AWS refuses a body that has another digest.
- Its Step Functions interpreter hands a definition's StateMachineArn to botocore under that name, which knows it as
  stateMachineArn, and answers in botocore's names, too. Its own conversion of names is called where it left a gap for it.
"""

import datetime
import functools
import hashlib
import io
import sys

import botocore.session
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


@functools.lru_cache(maxsize=None)
def model_of_states():
    return botocore.session.get_session().get_service_model("stepfunctions")


def operation_of_states(task, service, action):
    """botocore's model of what a task calls; None for services other than Step Functions."""
    if task._get_boto_service_name(service) != "stepfunctions":
        return None
    return model_of_states().operation_model(task._to_sfn_cased(task._get_boto_service_action(action)))


def normalise_parameters(task, parameters, boto_service_name=None, service_action_name=None):
    operation = operation_of_states(task, boto_service_name, service_action_name)
    if operation:
        task._to_boto_request(parameters, operation.input_shape)


def normalise_response(task, response, boto_service_name=None, service_action_name=None):
    operation = operation_of_states(task, boto_service_name, service_action_name)
    if operation:
        task._from_boto_response(response, operation.output_shape)
        response.update({name: value.isoformat() for name, value in response.items()
                         if isinstance(value, datetime.datetime)})


def mend_interpreter():
    try:
        from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service as module
        from moto.stepfunctions.parser.asl.utils import json_path
    except ImportError:
        return      # its own packages are not installed: nothing will be interpreted
    module.StateTaskService._normalise_parameters = normalise_parameters
    module.StateTaskService._normalise_response = normalise_response
    json_path.parse = functools.lru_cache(maxsize=None)(json_path.parse)    # takes most of an execution's time


def application(environ, start_response):
    def start(status, headers, exc_info=None):
        return start_response(status, mended(environ, status, headers), exc_info)
    if not has_its_digest(environ):
        start_response("400 Bad Request", [("Content-Type", "application/xml")])
        return [b"<Error><Code>XAmzContentSHA256Mismatch</Code></Error>"]
    return MOTO(environ, start)


if __name__ == "__main__":
    IAMRequestBase.check_signature = check_signature
    mend_interpreter()
    run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
