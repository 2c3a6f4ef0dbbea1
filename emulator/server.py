"""A threaded HTTP server on 127.0.0.1, port 0: one thread accepts, one thread serves each connection.

A handler is `handler(request, connection) -> Response`. The connection lets a handler wait without outliving its
client: `connection.wait(seconds)` ends early when the client goes away or the server stops.
"""

import select
import socket
import ssl
import struct
import threading
import time
import traceback

from .wire import BadMessage, Reader, Response, json_response

HANDSHAKE_SECONDS = 10
BACKLOG = 128


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self._send_lock = threading.Lock()

    def gone(self, seconds=0.0):
        """Whether the client has closed, after waiting for that up to `seconds`."""
        poller = select.poll()
        try:
            poller.register(self.sock, select.POLLRDHUP)
            return bool(poller.poll(seconds * 1000))
        except (ValueError, OSError):
            return True

    def wait(self, seconds):
        """Sleep; False as soon as the client is gone."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.gone(min(left, 3600)):
                return False
        return True

    def wait_until_gone(self):
        while not self.gone(3600):
            pass

    def send(self, data):
        with self._send_lock:
            self.sock.sendall(data)

    def reset(self):
        """Close so that the client sees RST instead of an orderly end."""
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        self.sock.close()

    def shutdown(self):
        # The plain method on purpose: ending TLS in order would block on a client that hangs.
        try:
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
        except OSError:
            pass


class Server:
    def __init__(self, name, handler, tls_context=None):
        self.name = name
        self._handler = handler
        self._tls = tls_context
        self._lock = threading.Lock()
        self._connections = set()
        self._stopping = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name=f"{name}-accept", daemon=True)
        self._thread.start()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{'https' if self._tls else 'http'}://{self.address}"

    def stop(self):
        with self._lock:
            self._stopping = True
            connections = list(self._connections)
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        for connection in connections:
            connection.shutdown()
        self._thread.join(timeout=5)

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), name=f"{self.name}-connection", daemon=True).start()

    def _serve(self, sock):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._open(sock)
        if connection is None:
            return
        try:
            reader = Reader(connection.sock.recv, connection.send)
            while self._exchange(connection, reader):
                pass
        except OSError:
            pass                    # the client went away; there is nobody to tell
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.sock.close()

    def _open(self, sock):
        """The connection, after its TLS handshake; None where there will be none."""
        try:
            if self._tls:
                sock.settimeout(HANDSHAKE_SECONDS)
                sock = self._tls.wrap_socket(sock, server_side=True)
                sock.settimeout(None)
        except (OSError, ssl.SSLError):
            sock.close()            # a client that does not trust the certificate ends the handshake: expected
            return None
        connection = Connection(sock)
        with self._lock:
            if not self._stopping:
                self._connections.add(connection)
                return connection
        sock.close()
        return None

    def _exchange(self, connection, reader):
        """One request and its answer; whether the connection stays open."""
        try:
            request = reader.request()
        except BadMessage as error:
            self._deliver(connection, json_response(error.status, {"message": str(error)}))
            return False
        if request is None:
            return False
        return self._deliver(connection, self._answer(request, connection)) and request.keep_alive

    def _answer(self, request, connection):
        try:
            return self._handler(request, connection)
        except Exception as error:      # a fault of the emulator itself must be seen by the test, not hang it
            traceback.print_exc()
            return json_response(500, {"message": f"emulator fault: {type(error).__name__}: {error}"})

    def _deliver(self, connection, response: Response):
        if response.reset:
            connection.reset()
        else:
            connection.send(response.head() + response.payload())
        if response.after_send:
            response.after_send()
        return not response.reset and response.keep is None
