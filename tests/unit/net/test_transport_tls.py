"""The libcurl transport and TLS: whom it trusts, what it refuses, what counts as sent. Certificates are made here."""

import ssl
import subprocess

import pytest

from fault_server import FaultServer, always, broken
from transport_client import Client, not_sent, sent


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Two authorities, and servers' certificates that the first one signed: right, for another name, expired."""
    folder = tmp_path_factory.mktemp("certificates")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    def new_key(name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key")

    for name in ("authority", "stranger"):
        openssl("req", "-x509", *new_key(name), "-days", "2", "-out", f"{name}.pem")
    for name, names, days in (("right", "IP:127.0.0.1,DNS:localhost", "2"), ("other", "DNS:other.example", "2"),
                              ("expired", "IP:127.0.0.1", "-1")):
        (folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
        openssl("req", *new_key(name), "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                "-CAcreateserial", "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    return folder


def tls(certificates, name="right", version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = version
    return context


def trusting(certificates, name="authority", variable="AWS_CA_BUNDLE"):
    return {variable: str(certificates / f"{name}.pem")}


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_tls_with_the_right_authority(certificates, variable):
    with FaultServer(always(body="safe"), tls(certificates)) as server:
        with Client(trusting(certificates, variable=variable)) as client:
            for method in ("GET", "GET", "POST"):
                assert client.send(method, server.url)["body"] == "safe"
    assert server.connections == 2


@pytest.mark.parametrize("name, environment, error", [
    ("right", "stranger", "AWS_CA_BUNDLE"), ("right", None, "the system's default"),
    ("other", "authority", "127.0.0.1"),
    ("expired", "authority", "expired")])
def test_tls_that_cannot_be_verified(certificates, name, environment, error):
    with FaultServer(always(), tls(certificates, name)) as server:
        with Client(trusting(certificates, environment) if environment else {}) as client:
            result = not_sent(client.send("POST", server.url, body="secret"))
    assert result["code"] == "tls"
    assert "can't be verified" in result["error"] and error in result["error"]
    assert server.requests == []


def test_aws_ca_bundle_replaces_other_authorities(certificates):
    environment = {**trusting(certificates, "stranger"), **trusting(certificates, "authority", "SSL_CERT_FILE")}
    with FaultServer(always(), tls(certificates)) as server, Client(environment, environment) as client:
        assert not_sent(client.send("GET", server.url))["code"] == "tls"


def test_tls_1_1_is_refused(certificates):
    with FaultServer(always(), tls(certificates, version=ssl.TLSVersion.TLSv1_1)) as server:
        with Client(trusting(certificates)) as client:
            result = not_sent(client.send("GET", server.url))
    assert result["code"] == "network" and "TLS handshake failed" in result["error"]


def test_a_server_without_tls(certificates):
    with FaultServer(broken("HTTP/1.1 400 Bad Request\r\n\r\n")) as server, Client(trusting(certificates)) as client:
        result = not_sent(client.send("GET", server.url.replace("http:", "https:"), timeout_ms=2000))
    assert result["code"] in ("network", "timeout")


@pytest.mark.parametrize("end", ["hang", "reset", "close"])
def test_a_handshake_that_does_not_end_was_not_sent(certificates, end):
    with FaultServer(lambda connection: getattr(connection, end)()) as server, Client(trusting(certificates)) as client:
        result = not_sent(client.send("POST", server.url.replace("http:", "https:"), timeout_ms=500))
    assert result["code"] == ("timeout" if end == "hang" else "network")


@pytest.mark.parametrize("end", ["reset", "close"])
def test_tls_that_ends_before_the_answer_may_have_been_sent(certificates, end):
    def script(connection):
        connection.request()
        if connection.number == 1:
            connection.answer()
            connection.request()
        getattr(connection, end)()
    with FaultServer(script, tls(certificates)) as server, Client(trusting(certificates)) as client:
        assert client.send("GET", server.url)["status"] == 200
        assert sent(client.send("POST", server.url, body="b"))["code"] == "network"
    assert [head.split()[0] for head in server.heads()] == ["GET", "POST"]


def test_a_tls_answer_that_is_cut(certificates):
    with FaultServer(broken("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), tls(certificates)) as server:
        with Client(trusting(certificates)) as client:
            assert sent(client.send("PUT", server.url))["code"] == "network"
    assert len(server.requests) == 1


def test_a_bundle_that_is_no_certificate(certificates, tmp_path):
    (tmp_path / "bundle.pem").write_text("no certificate\n")
    environment = {"AWS_CA_BUNDLE": str(tmp_path / "bundle.pem")}
    with FaultServer(always(), tls(certificates)) as server, Client(environment) as client:
        result = not_sent(client.send("GET", server.url))
    assert result["code"] == "tls" and "AWS_CA_BUNDLE" in result["error"]


def test_a_bundle_that_is_missing(tmp_path):
    with Client({"AWS_CA_BUNDLE": str(tmp_path / "none.pem")}) as client:
        assert client.opened["code"] == "invalid" and "AWS_CA_BUNDLE names" in client.opened["error"]
