"""What reaches a server, byte by byte: parameters of every style, bodies of every type; and answers that are no JSON. Each is run by
the function, step by step, and by the command line."""

import base64
import email.parser
import email.policy
import json
import pathlib
import xml.etree.ElementTree

import pytest

from http_double import HttpDouble

DOCUMENTS = pathlib.Path(__file__).resolve().parents[1] / "data" / "documents"
DOCUMENT = "bodies.arazzo.yaml"
BYTES = bytes(range(256)) + b"\r\n--\x00\xff"


def encoded(content):
    return base64.b64encode(content).decode()


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bodies")
    with HttpDouble() as double:
        for source in DOCUMENTS.glob("bodies.*"):
            (folder / source.name).write_text(source.read_text().replace("http://server.test", double.url))
        yield double, folder


@pytest.fixture(params=["bootstrap", "command-line"])
def run(request, emulator, arazzo, scene):
    """Runs a workflow; the last response and the requests."""
    double, folder = scene

    def invoke(workflow, inputs, answers=None):
        double.requests.clear()
        for target in ("PUT /upload", "POST /files", "POST /mixed", "POST /form", "POST /xml", "GET /download", "HEAD /download",
                       "GET /parameters/;id=a;id=b%2Fc"):
            double.script(*target.split(" "), *(answers or {}).get(target, [{"json": {}}]))
        if request.param == "command-line":
            done = arazzo("run", folder / DOCUMENT, "--workflow", workflow, "--inputs", json.dumps(inputs))
            return done.json, list(double.requests)
        aws = emulator({"ARAZZO_DOCUMENT": DOCUMENT, "AWS_REGION": None}, task_root=str(folder))
        return aws.run({"workflowId": workflow, "inputs": inputs})[-1].payload, list(double.requests)
    return invoke


def parts(request):
    """The parts of a multipart body, as an independent reader sees them: (name, file name, type, content)."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + request.body)
    return [(part.get_param("name", header="content-disposition"), part.get_filename(), part.get_content_type(),
             part.get_payload(decode=True)) for part in message.iter_parts()]


def test_parameters(run):
    response, [sent] = run("parameters", {"ids": ["a", "b/c"], "filter": {"min": 1, "na me": "x&y"}, "pipes": [1, 2],
                                          "reserved": "a/b:c&d", "pairs": {"k": "v", "n": 2}, "raw": "a%20b"})
    assert response["status"] == "SUCCEEDED"
    assert sent.target == ("/parameters/;id=a;id=b%2Fc?filter%5Bmin%5D=1&filter%5Bna%20me%5D=x%26y&pipes=1%7C2"
                           "&reserved=a/b:c%26d&kind=constant")
    assert (sent.headers["x-pairs"], sent.headers["cookie"]) == ("k=v,n=2", "raw=a%20b")


@pytest.mark.parametrize("value, pairs", [
    ({"a": {"b": 1}}, "filter%5Ba%5D%5Bb%5D=1"), ([{"price": "p", "tags": ["x"]}, {"price": "q"}],
     "filter%5B0%5D%5Bprice%5D=p&filter%5B0%5D%5Btags%5D%5B0%5D=x&filter%5B1%5D%5Bprice%5D=q"), (7, "filter=7")],
    ids=["nested", "list", "number"])
def test_a_deep_object_of_any_shape(run, value, pairs):
    _, [sent] = run("parameters", {"ids": ["a"], "filter": value})
    assert sent.target == f"/parameters/;id=a?{pairs}&kind=constant"


@pytest.mark.parametrize("inputs, said", [
    ({"ids": ["a"], "pipes": [{"b": 1}]}, "the parameter 'pipes' has object inside of its value"),
    ({"ids": ["a"], "pipes": ["x|y"]}, "a part of the parameter 'pipes' holds '|'"),
    ({"ids": ["a"], "raw": "a; admin=1"}, "style cookie encodes nothing")], ids=["nested", "delimiter", "cookie"])
def test_parameters_that_no_style_writes(run, inputs, said):
    response, sent = run("parameters", inputs)
    assert (response["status"], sent) == ("FAILED", [])
    assert said in response["error"]["message"]


@pytest.mark.parametrize("workflow, content, body", [
    ("upload", "aGVsbG8=", b"aGVsbG8="), ("upload", "Grüße", "Grüße".encode()), ("upload", "", b""),
    ("upload", {"base64": encoded(BYTES)}, BYTES), ("upload-base64", encoded(BYTES), BYTES), ("upload-base64", "", b"")],
    ids=["text", "utf-8", "empty", "object", "payload", "no-bytes"])
def test_upload(run, workflow, content, body):
    response, [sent] = run(workflow, {"content": content})
    assert response["status"] == "SUCCEEDED"
    assert (sent.headers["content-type"], sent.body) == ("application/octet-stream", body)
    assert sent.headers["content-length"] == str(len(body))


def test_upload_that_is_no_base64(run):
    response, sent = run("upload-base64", {"content": "not base64"})
    assert (response["status"], sent) == ("FAILED", [])
    assert "it is not base64" in response["error"]["message"]


FORM = {"title": 'Grüße "1"', "meta": {"a": [1]}, "files": ["text", {"base64": encoded(BYTES), "filename": "b.bin"}],
        "image": {"base64": encoded(b"\x89PNG")}}


def test_multipart(run):
    response, [sent] = run("files", FORM)
    assert response["status"] == "SUCCEEDED"
    assert parts(sent) == [("title", None, "text/plain", 'Grüße "1"'.encode()),
                           ("meta", None, "application/json", b'{"a":[1]}'),
                           ("file", "file", "application/octet-stream", b"text"),
                           ("file", "b.bin", "application/octet-stream", BYTES),
                           ("image", "image", "image/png", b"\x89PNG")]


def test_multipart_is_the_same_each_time(run):
    [first], [second] = run("files", FORM)[1], run("files", FORM)[1]
    assert (first.headers["content-type"], first.body) == (second.headers["content-type"], second.body)


def test_multipart_mixed(run):
    response, [sent] = run("mixed", FORM)
    assert response["status"] == "SUCCEEDED"
    assert [part[2:] for part in parts(sent)] == [("text/plain", 'Grüße "1"'.encode()), ("application/json", b'{"a":[1]}'),
                                                  ("application/octet-stream", b"\x89PNG")]


def test_form(run):
    response, [sent] = run("form", {"joined": [1, 2], "deep": {"a": "b c"}, "meta": {"k": "v"}, "list": ["x y", "z"]})
    assert response["status"] == "SUCCEEDED"
    assert sent.body == b"joined=1,2&deep%5Ba%5D=b%20c&meta=%7B%22k%22%3A%22v%22%7D&list=x+y&list=z"


def test_xml_object(run):
    response, [sent] = run("xml", {"id": "o-1", "lines": [{"name": "lamp & co"}, {"name": "pen"}]})
    assert response["status"] == "SUCCEEDED"
    root = xml.etree.ElementTree.fromstring(sent.body)
    assert (root.tag, root.attrib) == ("{urn:orders}Order", {"id": "o-1"})
    assert [each.text for each in root.iter("{urn:orders}name")] == ["lamp & co", "pen"]


def download(content, content_type, **headers):
    return {"GET /download": [{"body": content, "headers": {"Content-Type": content_type, **headers}}]}


@pytest.mark.parametrize("content, content_type", [
    (BYTES, "application/octet-stream"), (b"\x89PNG", "image/png"), (b"only letters", "image/png"), (b"a\x00b", "text/plain")],
    ids=["octets", "image", "image-of-letters", "text-with-nul"])
def test_bytes_are_passed_on(run, content, content_type):
    response, sent = run("copy", {}, download(content, content_type))
    assert sent[1].body == content
    assert response["outputs"] == {"content": {"base64": encoded(content), "contentType": content_type}}


def test_base64_of_an_answer(run):
    assert run("read-base64", {}, download(BYTES, "application/zip"))[0]["outputs"] == {"base64": encoded(BYTES)}


@pytest.mark.parametrize("content, content_type", [
    ("Grüße".encode(), "application/octet-stream"), ("Grüße".encode("latin-1"), "text/plain; charset=iso-8859-1"),
    ("Grüße".encode("utf-16"), "text/plain; charset=UTF-16"), ("Grüße".encode("cp1252"), 'text/csv; charset="windows-1252"')],
    ids=["octets", "latin-1", "utf-16", "windows-1252"])
def test_text_is_passed_on_as_utf_8(run, content, content_type):
    response, sent = run("copy", {}, download(content, content_type))
    assert sent[1].body == "Grüße".encode()
    assert response["outputs"] == {"content": "Grüße"}


@pytest.mark.parametrize("answer", [
    download(b"\x1f\x8b", "text/plain", **{"Content-Encoding": "gzip"}), download(b"a", "text/plain; charset=koi8-r")],
    ids=["gzip", "charset"])
def test_answers_that_can_not_be_read(emulator, scene, answer):
    """They are taken for those of something in between: the step is kept."""
    double, folder = scene
    double.requests.clear()
    double.script("GET", "/download", *answer["GET /download"])
    aws = emulator({"ARAZZO_DOCUMENT": DOCUMENT, "AWS_REGION": None, "AWS_MAX_ATTEMPTS": "1"}, task_root=str(folder))
    response = aws.invoke({"workflowId": "copy", "inputs": {}}).payload
    assert (response["status"], response["lastStep"]["action"], response["nextStepId"]) == ("RUNNING", "wait", "get")
    assert double.sent() == ["GET /download"]


def test_head(run):
    response, [sent] = run("look", {}, {"HEAD /download": [{"body": "", "headers": {"X-Length": "7"}}]})
    assert (response["status"], response["outputs"], sent.method) == ("SUCCEEDED", {"length": "7"}, "HEAD")
