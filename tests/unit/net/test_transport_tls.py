"""The libcurl transport and TLS: whom it trusts, what it refuses, what it tells, what counts as sent."""

import ssl

import pytest

from certificates import Certificates
from fault_server import FaultServer, always, broken
from transport_client import Client, not_sent, sent


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Authorities, and servers' certificates that the first one signed: the right one, and those to be refused."""
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    for name in ("authority", "stranger", "alone"):
        made.authority(name)
    made.server("right", "authority")
    made.server("other", "authority", names="DNS:other.example")
    made.server("expired", "authority", days="-1")
    made.server_between("future", "authority", "20800101000000Z", "20810101000000Z")
    made.server("browser", "authority", extensions="extendedKeyUsage=clientAuth")
    made.server("between", "authority", extensions="basicConstraints=critical,CA:TRUE")
    made.server("cut-chain", "between")
    made.server("whole-chain", "between")
    made.append("whole-chain", "between")
    made.server("with-stranger", "stranger")
    made.append("with-stranger", "stranger")
    made.server("below-server", "right")
    made.append("below-server", "right")
    return made.folder


def tls(certificates, name="right", version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    if version and version >= ssl.TLSVersion.TLSv1_2:
        context.minimum_version = context.maximum_version = version
    elif version:
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


AUTHORITY = "name a PEM file that holds its authority in AWS_CA_BUNDLE"
REFUSED = {
    "unknown": ("right", "stranger", "its authority is not trusted", AUTHORITY),
    "unknown-to-the-system": ("right", None, "its authority is not trusted", "the system's default"),
    "unknown-with-its-root": ("with-stranger", "authority", "its authority is not trusted", AUTHORITY),
    "self-signed": ("alone", "authority", "it is signed by itself, not by an authority", AUTHORITY),
    "other-host": ("other", "authority", "it is for another host", "check the URL's host"),
    "expired": ("expired", "authority", "it has expired", "renew the server's certificate, or check this machine's clock"),
    "not-yet-valid": ("future", "authority", "it is not valid yet", "check this machine's clock"),
    "for-clients": ("browser", "authority", "it is not meant for servers", "a certificate for TLS servers"),
    "chain-is-cut": ("cut-chain", "authority", "its authority is not trusted, or the server leaves out", "let it send its whole chain"),
    "signed-by-a-server": ("below-server", "authority", "a certificate above it may not vouch", "of an authority"),
}


@pytest.mark.parametrize("name, trusted, what, advice", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_certificate_that_cannot_be_verified(certificates, version, name, trusted, what, advice):
    with FaultServer(always(), tls(certificates, name, version)) as server:
        with Client(trusting(certificates, trusted) if trusted else {}) as client:
            result = not_sent(client.send("POST", server.url, body="secret"))
    assert result["code"] == "tls" and server.requests == []
    assert f"the certificate of 127.0.0.1 can't be verified: {what}" in result["error"]
    assert advice in result["error"]
    assert result["error"].endswith(f"{trusted}.pem (AWS_CA_BUNDLE)" if trusted else "(the system's default)")


def test_a_chain_with_an_authority_in_between(certificates):
    with FaultServer(always(body="safe"), tls(certificates, "whole-chain")) as server:
        with Client(trusting(certificates)) as client:
            assert client.send("GET", server.url)["body"] == "safe"


def test_the_name_counts_not_the_address(certificates):
    with FaultServer(always(body="safe"), tls(certificates)) as server, Client(trusting(certificates)) as client:
        assert client.send("GET", server.url.replace("127.0.0.1", "localhost"))["body"] == "safe"


def test_a_fresh_connection_resumes_the_session(certificates):
    """What makes connections of their own cheap for POST: no certificate is sent and verified again."""
    resumed = []

    def script(connection):
        resumed.append(connection.resumed())
        always()(connection)
    with FaultServer(script, tls(certificates)) as server, Client(trusting(certificates)) as client:
        for _ in range(3):
            assert client.send("POST", server.url)["status"] == 200
    assert resumed == [False, True, True]


def test_aws_ca_bundle_replaces_other_authorities(certificates):
    environment = {**trusting(certificates, "stranger"), **trusting(certificates, "authority", "SSL_CERT_FILE")}
    with FaultServer(always(), tls(certificates)) as server, Client(environment, environment) as client:
        assert not_sent(client.send("GET", server.url))["code"] == "tls"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["1.0", "1.1"])
def test_older_versions_are_refused(certificates, version):
    with FaultServer(always(), tls(certificates, version=version)) as server, Client(trusting(certificates)) as client:
        result = not_sent(client.send("POST", server.url))
    assert result["code"] == "tls"
    assert "the server speaks TLS 1.1 or older" in result["error"] and "TLS 1.2 or later" in result["error"]


def handshake_failure(client, server):
    result = not_sent(client.send("POST", server.url.replace("http:", "https:"), timeout_ms=2000))
    assert result["code"] == "network"
    return result["error"]


def test_a_server_without_tls(certificates):
    def script(connection):
        connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.hang()
    with FaultServer(script) as server, Client(trusting(certificates)) as client:
        assert "the server's port does not speak TLS" in handshake_failure(client, server)


@pytest.mark.parametrize("end", ["reset", "close"])
def test_a_handshake_that_is_broken_off(certificates, end):
    def script(connection):
        connection.something()
        getattr(connection, end)()
    with FaultServer(script) as server, Client(trusting(certificates)) as client:
        error = handshake_failure(client, server)
    assert "the connection was lost during the TLS handshake" in error and "no firewall" in error


def test_no_cipher_in_common(certificates):
    context = tls(certificates)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("NULL-SHA256:@SECLEVEL=0")
    with FaultServer(always(), context) as server, Client(trusting(certificates)) as client:
        error = handshake_failure(client, server)
    assert "the server refused the TLS handshake" in error and "share no cipher" in error


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_server_that_asks_for_a_client_s_certificate(certificates, version):
    """TLS 1.3 tells only after the client's side is done, when the request may have left."""
    context = tls(certificates, version=version)
    context.verify_mode = ssl.CERT_REQUIRED
    with FaultServer(always(), context) as server, Client(trusting(certificates)) as client:
        result = client.send("POST", server.url)
    assert result["code"] == "network" and result["sent"] == (version == ssl.TLSVersion.TLSv1_3)
    assert server.requests == []


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
    assert result["code"] == "tls" and "AWS_CA_BUNDLE) can't be read" in result["error"]


def test_a_bundle_that_is_missing(tmp_path):
    with Client({"AWS_CA_BUNDLE": str(tmp_path / "none.pem")}) as client:
        assert client.opened["code"] == "invalid" and "AWS_CA_BUNDLE names" in client.opened["error"]
