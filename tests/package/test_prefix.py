"""The static prefix has all that the function needs: a program that uses every library is built with it, checked and run."""
import http.server
import ssl
import shutil
import threading

import pytest

import elf
from conftest import ROOT, prefix_path, run, runner

# RFC 4231 4.3, test case 2.
HMAC_ANSWER = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
BODY = b"verified"

ANSWERS = [
    ("yaml", ["a: [1, two]\nb: {c: 'd e'}"], "a\n1\ntwo\nb\nc\nd e\n"),
    ("json", ['{"a": [1, 2.5, null, "\\u00e9"]}'], '{"a":[1,2.5,null,"é"]}\n'),
    ("regex", [r"\p{Lu}\p{Ll}+", "abc Éclair"], "Éclair\n"),
    ("xpath", ["count(//b[@c='1'])", "<a><b c='1'/><b c='2'/><b c='1'/></a>"], "2\n"),
    ("hmac", ["Jefe", "what do ya want for nothing?"], HMAC_ANSWER + "\n"),
]
REFUSALS = [
    ("yaml", ["["], "did not find expected node content"),
    ("json", ["{"], "not JSON"),
    ("regex", ["(", "x"], "not a pattern"),
    ("xpath", ["//x:b", "<a/>"], "not an XPath expression"),
    ("xpath", ["//b", "<a>"], "not XML"),
]


@pytest.fixture(scope="module")
def smoke(arch, tmp_path_factory):
    prefix_path(arch)
    build = tmp_path_factory.mktemp(f"smoke-{arch}")
    for command in (
            ["cmake", "-S", ROOT / "tests/package/smoke", "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
             f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/static-{arch}.cmake"],
            ["cmake", "--build", build, "-j", "2"]):
        answer = run(*command)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    return build / "smoke"


@pytest.fixture(scope="module")
def command(smoke, arch):
    return [*runner(arch), smoke]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of its own with two server certificates: `both` for 127.0.0.1 and localhost, `named` for
    localhost alone; and another authority that vouches for neither."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl command to make certificates: install the package openssl")
    folder = tmp_path_factory.mktemp("authority")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    def openssl(*arguments):
        answer = run("openssl", *arguments, cwd=folder)
        assert answer.returncode == 0, answer.stderr

    for name in ("ca", "other"):
        openssl("req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}", "-days", "2")
    for name, names in (("both", "IP:127.0.0.1,DNS:localhost"), ("named", "DNS:localhost")):
        (folder / "names").write_text(f"subjectAltName={names}\n")
        openssl("req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", "/CN=localhost")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "names", "-out", f"{name}.pem")
    return folder


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        if self.path != "/cut":
            self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        pass


@pytest.fixture
def serve(authority):
    """serve(version, certificate): an HTTPS server on a free loopback port that speaks only this version of TLS; its port."""
    servers = []

    def start(version=ssl.TLSVersion.TLSv1_3, certificate="both"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        context.load_cert_chain(authority / f"{certificate}.pem", authority / f"{certificate}.key")
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server.server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_program_is_static(smoke, arch):
    binary = elf.Elf(smoke.read_bytes())
    assert binary.machine == arch
    assert not binary.has_segment(elf.PT_INTERP)
    assert binary.needed_count() == 0
    assert binary.writable_and_executable() == []


@pytest.mark.parametrize("name, arguments, expected", ANSWERS, ids=[case[0] for case in ANSWERS])
def test_library_answers(command, name, arguments, expected):
    answer = run(*command, name, *arguments)
    assert (answer.returncode, answer.stdout) == (0, expected), answer.stderr


@pytest.mark.parametrize("name, arguments, expected", REFUSALS, ids=[case[2] for case in REFUSALS])
def test_library_refuses(command, name, arguments, expected):
    answer = run(*command, name, *arguments)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert f"smoke: {expected}" in answer.stderr


def test_curl_has_what_the_transport_relies_on(command):
    answer = run(*command, "versions").stdout
    assert "protocols: http https\n" in answer
    assert "asynchronous DNS: yes" in answer
    assert "CA file: /etc/pki/tls/certs/ca-bundle.crt" in answer


def test_every_certificate_authority_is_found(command):
    """Mozilla's list has had more than a hundred for many years."""
    answer = run(*command, "roots")
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout) > 100


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["tls1.2", "tls1.3"])
def test_https_with_a_known_authority(command, authority, serve, version, host):
    answer = run(*command, "get", f"https://{host}:{serve(version)}/", authority / "ca.pem")
    assert (answer.returncode, answer.stdout) == (0, BODY.decode()), answer.stderr


def test_https_with_an_unknown_authority_is_refused(command, authority, serve):
    answer = run(*command, "get", f"https://127.0.0.1:{serve()}/", authority / "other.pem")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "curl 60:" in answer.stderr


def test_https_with_another_name_is_refused(command, authority, serve):
    port = serve(certificate="named")
    answer = run(*command, "get", f"https://127.0.0.1:{port}/", authority / "ca.pem")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "curl 60:" in answer.stderr
    assert run(*command, "get", f"https://localhost:{port}/", authority / "ca.pem").stdout == BODY.decode()


def test_an_answer_that_tls_does_not_end_is_cut(command, authority, serve):
    """RFC 9112 9.8: without a length, the end of TCP is not enough."""
    answer = run(*command, "get", f"https://127.0.0.1:{serve()}/cut", authority / "ca.pem")
    assert answer.returncode == 1 and "curl 56:" in answer.stderr


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_tls_1_1_is_refused(command, authority, serve):
    answer = run(*command, "get", f"https://127.0.0.1:{serve(ssl.TLSVersion.TLSv1_1)}/", authority / "ca.pem")
    assert answer.returncode == 1 and "curl 35:" in answer.stderr


def test_missing_ca_file_is_refused(command, serve, tmp_path):
    answer = run(*command, "get", f"https://127.0.0.1:{serve()}/", tmp_path / "absent.pem")
    assert answer.returncode == 1 and "curl 77:" in answer.stderr
