"""The libcurl transport with authorities of its own (transport_roots): which chains they verify, and when they count.

The authorities and the servers' certificates are made while the program is built (certificates.py).
"""

import os
import pathlib
import ssl
import subprocess

import pytest

from certificates import Certificates, certdata
from fault_server import FaultServer, always
from transport_client import REPOSITORY, Client, not_sent

MADE = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / "tests/unit/net/roots"
GENERATOR = REPOSITORY / "scripts/static/roots"


def tls(name, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(MADE / f"{name}.pem", MADE / f"{name}.key")
    context.maximum_version = version or ssl.TLSVersion.MAXIMUM_SUPPORTED
    return context


def client(environment=None, process_environment=None):
    return Client(environment, process_environment, program="transport_roots")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
@pytest.mark.parametrize("name", ["plain", "other", "twin-1", "twin-2", "case", "case-written", "between"])
def test_a_chain_to_an_authority_of_the_program(name, version):
    with FaultServer(always(body="safe"), tls(f"{name}-server", version)) as server, client() as one:
        for method in ("POST", "GET", "POST"):
            assert one.send(method, server.url)["body"] == "safe"


@pytest.mark.parametrize("names", [("plain", "twin-1"), ("twin-1", "twin-2"), ("twin-2", "twin-1", "plain")])
def test_several_servers_one_after_the_other(names):
    with client() as one:
        for name in names:
            with FaultServer(always(body=name), tls(f"{name}-server")) as server:
                assert one.send("GET", server.url)["body"] == name


@pytest.mark.parametrize("name", ["stranger", "distrusted", "email"])
def test_an_authority_that_is_not_listed_for_servers(name):
    with FaultServer(always(), tls(f"{name}-server")) as server:
        with client({}, {"SSL_CERT_FILE": str(MADE / f"{name}.pem")}) as one:
            result = not_sent(one.send("POST", server.url, body="b"))
    assert result["code"] == "tls" and server.requests == []
    assert "trusted are the authorities in this program (Mozilla's list)" in result["error"]


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_bundle_replaces_them(variable):
    with client({variable: str(MADE / "stranger.pem")}) as one:
        with FaultServer(always(body="safe"), tls("stranger-server")) as server:
            assert one.send("GET", server.url)["body"] == "safe"
        with FaultServer(always(), tls("plain-server")) as server:
            assert str(MADE / "stranger.pem") in not_sent(one.send("GET", server.url))["error"]


# ---- The generator ----

def generated(path):
    return subprocess.run([GENERATOR, path], capture_output=True, text=True, check=False)


def test_the_array_is_sorted_and_made_of_the_trusted_ones():
    text = generated(MADE / "certdata.txt").stdout
    hashes = [line.split(",")[0] for line in text.splitlines() if line.startswith("{0x")]
    assert len(hashes) == 6 and hashes == sorted(hashes)
    assert len(set(hashes)) == 5
    for name in ("plain", "twin-1", "twin-2"):
        subject = subprocess.run(["openssl", "x509", "-in", MADE / f"{name}.pem", "-noout", "-subject_hash"],
                                 capture_output=True, text=True, check=True).stdout.strip()
        assert "{0x" + subject + "U" in hashes
    assert "= {ITEMS, 6, DER};" in text


def test_the_same_list_in_another_order_makes_the_same_array(tmp_path):
    made = Certificates(MADE)
    names = ["case", "twin-2", "above", "other", "twin-1", "plain"]
    (tmp_path / "certdata.txt").write_text(certdata(made, names, {"email": "CKT_NSS_MUST_VERIFY_TRUST"}))
    without_head = [generated(path).stdout.split("#include")[1] for path in (MADE / "certdata.txt", tmp_path / "certdata.txt")]
    assert without_head[0] == without_head[1]


@pytest.mark.parametrize("text, error", ids=["no-list", "no-authority", "cut", "no-certificate"], argvalues=[
    ("nothing\n", "there is no line BEGINDATA"), ("#\nBEGINDATA\n", "no authority that may vouch for servers"),
    ("#\nBEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_VALUE MULTILINE_OCTAL\n\\060\n", "ends inside"),
    ("#\nBEGINDATA\n" + "".join(
        f"CKA_CLASS CK_OBJECT_CLASS {kind}\nCKA_ISSUER MULTILINE_OCTAL\n\\060\nEND\nCKA_SERIAL_NUMBER MULTILINE_OCTAL\n"
        "\\060\nEND\nCKA_VALUE MULTILINE_OCTAL\n\\060\nEND\nCKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\n"
        for kind in ("CKO_CERTIFICATE", "CKO_NSS_TRUST")), "openssl can't read")])
def test_lists_that_are_refused(tmp_path, text, error):
    (tmp_path / "certdata.txt").write_text(text)
    done = generated(tmp_path / "certdata.txt")
    assert done.returncode == 1 and error in done.stderr
