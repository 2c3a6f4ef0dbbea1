"""HTTP/1.1 messages as they are on the wire.

Requests are parsed here, byte for byte, and not by a library, because signatures are checked over exactly these bytes:
the request target is kept as it was received, header values keep their inner spaces, and repeated headers stay apart.
Follows RFC 9112 (message syntax) as far as a loopback test server needs it; no trailers, no upgrade, no multipart.
"""

import dataclasses
import email.utils
import json
import re

MAX_HEAD_BYTES = 64 * 1024
MAX_BODY_BYTES = 64 * 1024 * 1024
MAX_CHUNK_LINE_BYTES = 1024

_REQUEST_LINE = re.compile(rb"([A-Z]+) ([\x21-\x7e]+) HTTP/1\.([01])")
_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*", re.DOTALL)

REASONS = {
    100: "Continue", 200: "OK", 202: "Accepted", 204: "No Content", 400: "Bad Request", 402: "Payment Required",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 410: "Gone",
    413: "Content Too Large", 415: "Unsupported Media Type", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}


class BadMessage(Exception):
    """The bytes received are not an HTTP/1.1 request that this server takes."""

    def __init__(self, text, status=400):
        super().__init__(text)
        self.status = status


@dataclasses.dataclass
class Request:
    method: str
    target: str                 # as received: nothing decoded, nothing normalised
    headers: list               # (name, value) as received, in order
    body: bytes = b""
    version: int = 1            # the minor version of HTTP/1

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return self.target.partition("?")[2]

    def header(self, name, default=None):
        """The first value of a header, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    def all_headers(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def keep_alive(self):
        connection = (self.header("Connection") or "").lower()
        return connection != "close" and (self.version == 1 or connection == "keep-alive")


@dataclasses.dataclass
class Response:
    """An answer, and how it is delivered: whole, in chunks, cut short, or not at all."""

    status: int = 200
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes = b""
    chunked: bool = False
    reset: bool = False         # close with RST and send nothing
    keep: int = None            # send only so many bytes of the body, then close
    after_send: object = None   # called without arguments once the bytes are out

    def head(self):
        reason = REASONS.get(self.status, "Status")
        headers = {"Date": email.utils.formatdate(usegmt=True), **self.headers}
        if self.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif self.status != 204:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"HTTP/1.1 {self.status} {reason}"] + [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")

    def payload(self):
        body = self.body if self.keep is None else self.body[:self.keep]
        if not self.chunked:
            return body
        pieces = [body[start:start + 4096] for start in range(0, len(body), 4096)]
        return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def json_response(status, value, headers=None):
    body = json.dumps(value, ensure_ascii=False).encode("utf-8")
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, body)


class Reader:
    """Reads requests from one connection's stream of bytes."""

    def __init__(self, receive, send):
        self._receive = receive
        self._send = send
        self._buffer = b""

    def request(self):
        """The next request, or None where the peer closed between requests."""
        head = self._until(b"\r\n\r\n", MAX_HEAD_BYTES, may_end=True)
        if head is None:
            return None
        request = parse_head(head)
        if (request.header("Expect") or "").lower() == "100-continue":
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.body = self._body(request)
        return request

    def _more(self):
        data = self._receive(64 * 1024)
        self._buffer += data
        return bool(data)

    def _until(self, mark, limit, may_end=False):
        while mark not in self._buffer:
            if len(self._buffer) > limit:
                raise BadMessage(f"no end of head or line within {limit} bytes")
            if not self._more():
                if may_end and not self._buffer:
                    return None
                raise BadMessage("the connection ended inside a request")
        found, _, self._buffer = self._buffer.partition(mark)
        return found

    def _exactly(self, count):
        pieces, have = [self._buffer], len(self._buffer)
        while have < count:
            data = self._receive(min(count - have, 1024 * 1024))
            if not data:
                raise BadMessage("the connection ended inside a request's body")
            pieces.append(data)
            have += len(data)
        whole = b"".join(pieces)
        self._buffer = whole[count:]
        return whole[:count]

    def _body(self, request):
        lengths, coding = request.all_headers("Content-Length"), request.header("Transfer-Encoding")
        # RFC 9112 6.1: a message with both is a request smuggling attempt or a bug; neither is wanted here.
        if lengths and coding:
            raise BadMessage("both Content-Length and Transfer-Encoding")
        if coding:
            return self._chunks(coding)
        if not lengths:
            return b""
        if len(lengths) > 1 or not re.fullmatch(r"[0-9]{1,15}", lengths[0]):
            raise BadMessage("Content-Length is not one number")
        if int(lengths[0]) > MAX_BODY_BYTES:
            raise BadMessage(f"body over {MAX_BODY_BYTES} bytes", 413)
        return self._exactly(int(lengths[0]))

    def _chunks(self, coding):
        if coding.lower() != "chunked":
            raise BadMessage(f"Transfer-Encoding {coding!r} is not supported: send chunked or Content-Length")
        body = b""
        while True:
            line = self._until(b"\r\n", MAX_CHUNK_LINE_BYTES).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", line):
                raise BadMessage("a chunk's size is not a hexadecimal number")
            size = int(line, 16)
            if len(body) + size > MAX_BODY_BYTES:
                raise BadMessage(f"body over {MAX_BODY_BYTES} bytes", 413)
            body += self._exactly(size)
            if self._until(b"\r\n", MAX_CHUNK_LINE_BYTES) != b"":
                raise BadMessage("bytes after a chunk, or a trailer")
            if size == 0:
                return body


def parse_head(head):
    first, *lines = head.split(b"\r\n")
    match = _REQUEST_LINE.fullmatch(first)
    if not match:
        raise BadMessage(f"request line {first[:200]!r} is not METHOD TARGET HTTP/1.1")
    method, target, minor = match.groups()
    # RFC 9112 3.2.1: origin form. A fragment is never sent.
    if not target.startswith(b"/") or b"#" in target:
        raise BadMessage(f"request target {target[:200]!r} is not a path with an optional query")
    headers = [_parse_header(line) for line in lines]
    return Request(method.decode(), target.decode("ascii"), headers, version=int(minor))


def _parse_header(line):
    match = _HEADER_LINE.fullmatch(line)
    if not match or b"\0" in line or b"\r" in line or b"\n" in line:
        raise BadMessage(f"header line {line[:100]!r} is not 'Name: value'")
    try:
        return match.group(1).decode("ascii"), match.group(2).decode("utf-8")
    except UnicodeDecodeError:
        raise BadMessage(f"header {match.group(1).decode()} is not UTF-8") from None
