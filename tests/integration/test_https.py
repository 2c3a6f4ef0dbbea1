"""HTTPS: the certificate is verified against AWS_CA_BUNDLE, and nothing is sent where it can't be."""

import pytest

from contract import check_response
from image_run import FAILED, IMAGE, INPUTS, DOCUMENT, operations, run, start


@pytest.fixture
def https(emulator):
    """An emulator that has certificates; its variables come only with its start, so a second one uses them."""
    return emulator(tls=True)


def client(https, arazzo, endpoint, bundle, *arguments):
    environment = {**https.sdk_environment(), "AWS_ENDPOINT_URL_IMAGEBUILDER": https.endpoints[endpoint],
                   "AWS_CA_BUNDLE": bundle}
    pairs = [part for name, value in INPUTS.items() for part in ("--input", f"{name}={value}")]
    return arazzo("run", DOCUMENT, "--poll-seconds", "0", *pairs, *arguments, environment=environment)


def test_verified(https, arazzo):
    https.image_builder.script(["PENDING", FAILED])
    done = client(https, arazzo, "imagebuilder_https", https.certificates.ca)
    assert done.exit_status == 0, done.stderr
    assert done.json["outputs"] == {"imageBuildVersionArn": IMAGE, "finalStatus": "FAILED", "deletedArn": IMAGE}
    assert done.json["lastStep"]["url"].startswith("https://")


REFUSED = {
    "other-authority": ("imagebuilder_https", "other_ca"),
    "wrong-host": ("imagebuilder_https_wrong_host", "ca"),
    "system-authorities": ("imagebuilder_https", None),
}


@pytest.mark.parametrize("endpoint, bundle", REFUSED.values(), ids=REFUSED.keys())
def test_refused(https, arazzo, endpoint, bundle):
    path = getattr(https.certificates, bundle) if bundle else None
    done = client(https, arazzo, endpoint, path)
    assert done.exit_status == 1
    response = check_response(done.json)
    assert response["status"] == "FAILED"
    for part in ("certificate", "127.0.0.1", "AWS_CA_BUNDLE"):
        assert part in response["error"]["message"]
    assert https.image_builder.requests() == []


def test_bootstrap_verifies(emulator):
    """The same with the function: its variables name the listener of another emulator."""
    listener = emulator(tls=True)
    aws = emulator({**listener.sdk_environment(https=True)})
    listener.image_builder.script(["AVAILABLE"])
    assert run(aws)[-1]["status"] == "SUCCEEDED"
    assert operations(listener) == ["CreateImage", "GetImage"]


@pytest.mark.parametrize("endpoint, bundle", [("imagebuilder_https", "other_ca"), ("imagebuilder_https_wrong_host", "ca")],
                         ids=["other-authority", "wrong-host"])
def test_bootstrap_refuses(emulator, endpoint, bundle):
    listener = emulator(tls=True)
    aws = emulator({**listener.sdk_environment(), "AWS_ENDPOINT_URL_IMAGEBUILDER": listener.endpoints[endpoint],
                    "AWS_CA_BUNDLE": getattr(listener.certificates, bundle)})
    seen = len(aws.logs())
    last = run(aws, start())[-1]
    assert (last["status"], last["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert "certificate" in last["error"]["message"]
    assert listener.image_builder.requests() == []
    assert any("certificate" in line.text for line in aws.logs()[seen:])
