"""A server on loopback that misbehaves exactly as a test tells it to, and remembers every request that reached it."""

import socket
import struct
import threading


class Connection:
    """One accepted connection, in the hands of a test's script."""

    def __init__(self, server, stream, number):
        self._server, self._stream, self.number = server, stream, number
        self._pending = b""

    def _more(self):
        data = self._stream.recv(65536)
        if not data:
            raise EOFError
        self._pending += data

    def request(self):
        """The next request with its body, as bytes; it is remembered with the number of its connection."""
        while b"\r\n\r\n" not in self._pending:
            self._more()
        head, _, self._pending = self._pending.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(self._pending) < length:
            self._more()
        body, self._pending = self._pending[:length], self._pending[length:]
        self._server.requests.append((self.number, head.decode("latin-1"), body))
        return head

    def something(self):
        """Waits until the other side has sent anything."""
        self._more()

    def send(self, text):
        self._stream.sendall(text.encode("latin-1") if isinstance(text, str) else text)

    def answer(self, status="200 OK", body="", headers=()):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
        self.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def reset(self):
        """Ends the connection with RST instead of FIN."""
        self._stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self._stream.close()

    def resumed(self):
        return self._stream.session_reused

    def hang(self):
        """Reads and says nothing until the other side gives up, or the server ends."""
        self._stream.settimeout(10)
        while self._stream.recv(65536):
            pass


class FaultServer:
    """Runs `script(connection)` for each connection, in a thread of its own; script and tls may be changed in between."""

    def __init__(self, script, tls=None):
        self.script, self.tls = script, tls
        self.requests = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def heads(self):
        return [head for _, head, _ in self.requests]

    def _accept(self):
        while True:
            try:
                stream, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(stream, self.connections), daemon=True).start()

    def _serve(self, stream, number):
        try:
            if self.tls:
                stream = self.tls.wrap_socket(stream, server_side=True)
            self.script(Connection(self, stream, number))
        except (EOFError, OSError):
            pass
        finally:
            stream.close()


def always(**answer):
    """A script that gives the same answer to every request of a connection."""
    def script(connection):
        while True:
            connection.request()
            connection.answer(**answer)
    return script


def broken(text, then="close"):
    """A script that takes one request, answers with `text` as it is, and then does what `then` names."""
    def script(connection):
        connection.request()
        connection.send(text)
        getattr(connection, then)()
    return script
