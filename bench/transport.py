#!/usr/bin/env python3
"""Measures what TLS costs the transport, against a server on loopback, and prints ratios.

    bench/transport.py [BUILD]      default: build/release, configured with -DARAZZO_BENCH=ON

`first`: a process starts and has the answer to one GET: over plain HTTP, and over HTTPS with the server's authority found
among those of the program, and in a file of as many authorities as the system trusts. `next`: a request to a server that is
known, over a connection that is kept, a fresh one that resumes the TLS session, and a fresh one with a whole handshake.
Times are medians; cpu is the client's own. Loopback has no distance: a fresh connection also costs two round trips to the
server (TCP, TLS 1.3). Only the ratios are worth comparing between machines.
"""

import http.server
import os
import pathlib
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYSTEM = ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt")
STARTS, REQUESTS, WARM_UP = 41, 400, 10


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET

    def log_message(self, *_):
        pass


def serve(certificate=None, tickets=2):
    """A server on a free port, its URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.with_suffix(".pem"), certificate.with_suffix(".key"))
        context.num_tickets = tickets
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}/"


class Client:
    def __init__(self, program, bundle=None):
        environment = {"AWS_CA_BUNDLE": str(bundle)} if bundle else {}
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def send(self, method, url):
        """Microseconds in the client."""
        self.process.stdin.write(f"{method} {url}\n")
        self.process.stdin.flush()
        status, took_us = self.process.stdout.readline().split()
        assert status == "200"
        return int(took_us)

    def cpu_seconds(self):
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((one / "schedstat").read_text().split()[0]) for one in threads) / 1e9

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def measure_first(cases):
    times = {name: [] for name in cases}
    for turn in range(STARTS + 2):
        for name, (program, bundle, url) in cases.items():
            begin = time.perf_counter()
            client = Client(program, bundle)
            client.send("GET", url)
            took, cpu = time.perf_counter() - begin, client.cpu_seconds()
            client.close()
            if turn >= 2:
                times[name].append((took * 1e6, cpu * 1e6))
    return {name: tuple(map(statistics.median, zip(*values))) for name, values in times.items()}


def measure_next(cases):
    """The clients take turns, so that the machine's moods hit all of them."""
    clients = {name: Client(program, bundle) for name, (program, bundle, _, _) in cases.items()}
    for name, (_, _, method, url) in cases.items():
        for _ in range(WARM_UP):
            clients[name].send(method, url)
    before = {name: client.cpu_seconds() for name, client in clients.items()}
    times = {name: [] for name in cases}
    for _ in range(REQUESTS):
        for name, (_, _, method, url) in cases.items():
            times[name].append(clients[name].send(method, url))
    rows = {}
    for name, client in clients.items():
        rows[name] = statistics.median(times[name]), (client.cpu_seconds() - before[name]) / REQUESTS * 1e6
        client.close()
    return rows


def show(title, rows):
    base = next(iter(rows.values()))
    print(f"{title:<34}{'µs':>10}{'ratio':>8}{'cpu µs':>10}{'ratio':>8}")
    for name, row in rows.items():
        print(f"  {name:<32}" + "".join(f"{value:>10.0f}{value / first:>8.2f}" for value, first in zip(row, base)))


def main(arguments):
    build = pathlib.Path(arguments[0] if arguments else ROOT / "build/release").resolve()
    program, own, made = (build / name for name in ("bench_transport", "bench_transport_roots", "bench/roots"))
    if not os.access(own, os.X_OK):
        sys.exit(f"bench/transport.py: {own} is not there: cmake --preset release -DARAZZO_BENCH=ON && "
                 "cmake --build --preset release")
    certificate = made / "plain-server"
    plain, https, ticketless = serve(), serve(certificate), serve(certificate, tickets=0)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as bundle:
        system = next(pathlib.Path(path).read_text() for path in SYSTEM if os.path.exists(path))
        bundle.write(system + (made / "plain.pem").read_text())
        bundle.flush()
        count = len(re.findall("BEGIN CERTIFICATE", system)) + 1
        show("first", measure_first({
            "HTTP": (program, None, plain),
            "HTTPS, authorities in the program": (own, None, https),
            f"HTTPS, a file of {count}": (program, bundle.name, https)}))
        show("next", measure_next({
            "kept connection (GET)": (own, None, "GET", https),
            "fresh, session resumed (POST)": (own, None, "POST", https),
            "fresh, whole handshake (POST)": (own, None, "POST", ticketless)}))
        show("next, authorities in a file", measure_next({
            "kept connection (GET)": (program, bundle.name, "GET", https),
            "fresh, session resumed (POST)": (program, bundle.name, "POST", https),
            "fresh, whole handshake (POST)": (program, bundle.name, "POST", ticketless)}))


if __name__ == "__main__":
    main(sys.argv[1:])
