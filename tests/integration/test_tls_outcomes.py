"""What a step ends as when its server can't be reached safely: through the real bootstrap, as its caller sees it."""

import json
import ssl

import pytest

from certificates import Certificates
from contract import check_response
from fault_server import FaultServer, always
from image_run import IMAGE, run, start

ANSWER = json.dumps({"requestId": "r", "clientToken": "t", "imageBuildVersionArn": IMAGE})


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    for name in ("authority", "stranger", "alone"):
        made.authority(name)
    made.server("right", "authority")
    made.server("other-host", "authority", names="DNS:other.example")
    made.server("unknown", "stranger")
    made.server("expired", "authority", days="-1")
    made.server_between("not-yet-valid", "authority", "20800101000000Z", "20810101000000Z")
    return made.folder


@pytest.fixture(scope="module")
def server(certificates):
    with FaultServer(always(), tls(certificates, "right")) as one:
        yield one


def tls(certificates, name, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = version
    return context


def settings(certificates, server):
    return {"AWS_ENDPOINT_URL_IMAGEBUILDER": f"https://127.0.0.1:{server.port}",
            "AWS_CA_BUNDLE": str(certificates / "authority.pem")}


@pytest.fixture
def aws(emulator, certificates, server):
    """Image Builder is the server, which counts its requests from now on. Every step is tried three times."""
    server.requests.clear()
    return emulator({**settings(certificates, server), "AWS_MAX_ATTEMPTS": "3"})


def first_response(aws):
    result = aws.invoke(start())
    assert not result.function_error, result.payload
    return check_response(result.payload)


def check_refusal(aws, server, text):
    """The step is kept and comes again after a wait, tried once each time; the tenth wait was the last. Nothing is sent."""
    responses = run(aws, start())
    assert [response["status"] for response in responses] == ["RUNNING"] * 10 + ["FAILED"]
    for response in responses:
        assert (response["lastStep"]["stepId"], response["lastStep"]["attempts"]) == ("createImage", 1)
    waits = [response["waitSeconds"] for response in responses[:-1]]
    assert waits[0] == 60 and all(60 <= seconds <= 900 for seconds in waits)
    assert responses[-1]["error"]["name"] == "Arazzo.StepFailed"
    assert text in responses[-1]["error"]["message"]
    assert server.requests == []


def test_a_server_that_can_be_verified(aws, certificates, server):
    server.script = always(body=ANSWER, headers=["Content-Type: application/json"])
    server.tls = tls(certificates, "right")
    response = first_response(aws)
    assert (response["status"], response["nextStepId"]) == ("RUNNING", "getImage")
    assert len(server.requests) == 1


@pytest.mark.parametrize("name, what", [
    ("expired", "it has expired"), ("not-yet-valid", "it is not valid yet"), ("other-host", "it is for another host"),
    ("unknown", "its authority is not trusted"), ("alone", "it is signed by itself")])
def test_a_certificate_that_cannot_be_verified(aws, certificates, server, name, what):
    server.script, server.tls = always(body=ANSWER), tls(certificates, name)
    check_refusal(aws, server, f"the certificate of 127.0.0.1 can't be verified: {what}")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
def test_a_server_with_an_old_version(aws, certificates, server):
    server.script, server.tls = always(body=ANSWER), tls(certificates, "right", ssl.TLSVersion.TLSv1_1)
    check_refusal(aws, server, "let the server speak TLS 1.2 or later")


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_handshake_that_is_broken_off(emulator, certificates, server, end):
    """Nothing was sent, and the next time may be better: the step is kept, as for any connection that fails."""
    server.requests.clear()
    server.script, server.tls = lambda connection: getattr(connection, end)(), None
    response = first_response(emulator(settings(certificates, server)))
    assert (response["status"], response["nextStepId"], response["lastStep"]["action"]) == ("RUNNING", "createImage", "wait")
    assert response["waitSeconds"] > 0 and server.requests == []
