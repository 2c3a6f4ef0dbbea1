"""The libcurl transport and proxies: who goes through one, who around it, and what is told when it refuses.

What may hold a password, the proxy's URL, is in no error.
"""

import ssl

import pytest

from certificates import Certificates
from fault_server import FaultServer, always, broken
from transport_client import Client, not_sent


def test_loopback_never_goes_through_a_proxy():
    names = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    everything = {name: "http://127.0.0.1:9" for name in names}
    with FaultServer(always()) as server, Client(everything, everything) as client:
        assert client.send("GET", server.url)["status"] == 200


def test_libcurl_does_not_read_the_environment_by_itself():
    with FaultServer(always()) as proxy, Client({}, {"http_proxy": proxy.url, "all_proxy": proxy.url}) as client:
        assert "host name has no address" in client.send("GET", "http://example.invalid/")["error"]
    assert proxy.connections == 0


def test_http_through_a_proxy():
    with FaultServer(always(body="proxied")) as proxy, Client({"http_proxy": proxy.url}) as client:
        assert client.send("GET", "http://example.invalid/p?q")["body"] == "proxied"
    assert proxy.heads()[0].startswith("GET http://example.invalid/p?q HTTP/1.1\r\n")


def test_a_proxy_that_refuses_the_tunnel():
    headers = [["Authorization", "AWS4-HMAC-SHA256 signature"]]
    with FaultServer(always(status="403 Forbidden")) as proxy, Client({"HTTPS_PROXY": proxy.url}) as client:
        result = not_sent(client.send("POST", "https://example.invalid/p", headers, body="secret body"))
    assert result["code"] == "network"
    [head] = proxy.heads()
    assert head.startswith("CONNECT example.invalid:443 HTTP/1.1\r\n") and "Authorization" not in head


def test_exceptions_go_around_the_proxy():
    with FaultServer(always()) as proxy:
        with Client({"http_proxy": proxy.url, "no_proxy": "other.invalid,example.invalid"}) as client:
            assert "host name has no address" in client.send("GET", "http://example.invalid/")["error"]
            assert client.send("GET", "http://third.invalid/")["status"] == 200


def test_a_proxy_s_password_is_not_in_errors():
    with Client({"http_proxy": "http://user:pa55word@proxy.invalid:1"}) as client:
        result = not_sent(client.send("GET", "http://example.invalid/"))
    assert "the proxy's host name has no address" in result["error"] and "pa55word" not in result["error"]


@pytest.mark.parametrize("except_for", ["*", "192.0.2.0/24", "192.0.2.1", "10.0.0.0/8, 192.0.2.0/30", "192.0.2.1,x.invalid"])
def test_exceptions_of_addresses_and_networks(except_for):
    """192.0.2.0/24 is nobody's (RFC 5737), so that going there directly leads nowhere."""
    with FaultServer(always()) as proxy, Client({"http_proxy": proxy.url, "no_proxy": except_for}) as client:
        assert not_sent(client.send("GET", "http://192.0.2.1/", timeout_ms=200))["code"] in ("network", "timeout")
        assert proxy.connections == 0
        if except_for != "*":
            assert client.send("GET", "http://198.51.100.1/")["status"] == 200


@pytest.mark.parametrize("except_for", ["example.invalid", ".example.invalid"])
def test_exceptions_of_names_with_all_below_them(except_for):
    with FaultServer(always()) as proxy, Client({"http_proxy": proxy.url, "NO_PROXY": except_for}) as client:
        for host in ("example.invalid", "api.example.invalid"):
            assert "host name has no address" in client.send("GET", f"http://{host}/")["error"]
        assert client.send("GET", "http://notexample.invalid/")["status"] == 200


def test_the_login_goes_to_the_proxy_alone():
    with FaultServer(always()) as proxy:
        login = proxy.url.replace("http://", "http://user:pa55%40word@")
        with Client({"http_proxy": login, "https_proxy": login}) as client:
            assert client.send("GET", "http://example.invalid/")["status"] == 200
            client.send("GET", "https://example.invalid/", timeout_ms=500)
    for head in proxy.heads():
        assert "Proxy-Authorization: Basic dXNlcjpwYTU1QHdvcmQ=\r\n" in head + "\r\n"
    assert [head.split()[0] for head in proxy.heads()] == ["GET", "CONNECT"]


@pytest.mark.parametrize("status, advice", [
    ("407 Proxy Authentication Required", "it wants a user and a password: write http://USER:PASSWORD@HOST:PORT"),
    ("403 Forbidden", "check that it lets the function reach the host, or put the host into no_proxy"),
    ("502 Bad Gateway", "check that it lets"), ("302 Found", "check that it lets")])
def test_a_proxy_s_refusal_is_told(status, advice):
    headers = ["Proxy-Authenticate: Basic realm=x", "Location: http://127.0.0.1:9/"]
    with FaultServer(always(status=status, headers=headers)) as proxy:
        with Client({"https_proxy": proxy.url.replace("//", "//user:pa55word@")}) as client:
            result = not_sent(client.send("POST", "https://example.invalid/p", body="b"))
    assert result["code"] == "network"
    assert f"example.invalid: the proxy answered {status[:3]} in place of a tunnel; {advice}" in result["error"]
    assert "pa55word" not in result["error"]


def test_407_to_a_request_without_a_tunnel_is_its_answer():
    with FaultServer(always(status="407 Proxy Authentication Required")) as proxy, Client({"http_proxy": proxy.url}) as client:
        assert client.send("GET", "http://example.invalid/")["status"] == 407


@pytest.mark.parametrize("text, then", [("", "close"), ("", "reset"), ("SSH-2.0-x\r\n", "close"), ("HTTP/1.1 200 OK\r\n", "close")])
def test_a_proxy_that_fails_was_sent_nothing(text, then):
    with FaultServer(broken(text, then)) as proxy, Client({"https_proxy": proxy.url}) as client:
        assert not_sent(client.send("POST", "https://example.invalid/p", body="b"))["code"] == "network"
    assert len(proxy.requests) == 1


def test_a_proxy_that_does_not_answer():
    with FaultServer(broken("", "hang")) as proxy, Client({"https_proxy": proxy.url}) as client:
        result = not_sent(client.send("POST", "https://example.invalid/p", timeout_ms=300))
    assert result["code"] == "timeout" and "no connection was made" in result["error"] and "proxy" in result["error"]


@pytest.mark.parametrize("url", ["socks5h://user:pa55word@127.0.0.1:9", "https://user:pa55word@127.0.0.1:9",
                                 "user:pa55word@127.0.0.1:9", "http://user:pa55@word@127.0.0.1:9"])
def test_a_proxy_that_is_not_there(url):
    with Client({"all_proxy": url}) as client:
        result = not_sent(client.send("GET", "http://example.invalid/"))
    assert result["code"] == "network" and "word" not in result["error"]


# ---- Proxies that speak TLS ----

@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    for name in ("authority", "stranger"):
        made.authority(name)
    made.server("right", "authority")
    made.server("other-host", "authority", names="DNS:other.example")
    made.server("unknown", "stranger")
    return made.folder


def through(certificates, name):
    """A proxy with that certificate, and a client's variables for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    proxy = FaultServer(always(body="proxied"), context)
    return proxy, {"all_proxy": proxy.url, "AWS_CA_BUNDLE": str(certificates / "authority.pem")}


def test_a_proxy_that_speaks_tls(certificates):
    proxy, environment = through(certificates, "right")
    with proxy, Client(environment) as client:
        assert client.send("GET", "http://example.invalid/")["body"] == "proxied"


@pytest.mark.parametrize("name, what", [("other-host", "it is for another host"), ("unknown", "its authority is not trusted")])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_cannot_be_verified(certificates, scheme, name, what):
    proxy, environment = through(certificates, name)
    with proxy, Client(environment) as client:
        result = not_sent(client.send("POST", f"{scheme}://example.invalid/", body="b"))
    assert result["code"] == "tls" and proxy.requests == []
    assert f"the certificate of the proxy can't be verified: {what}" in result["error"]
