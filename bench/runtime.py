#!/usr/bin/env python3
"""Measures the Lambda runtime's loop against a raw-socket loop in C, in one run, and prints ratios.

    bench/runtime.py [NAME=PROGRAM ...]      default: echo=build/release/echo

Each PROGRAM must answer its events unchanged. The baseline is bench/raw_loop.c, compiled with `cc -O2 -static` (CC and
CFLAGS override). Server and client share one core, so that neither waits for the other's core to wake up; the programs
take turns, so that the machine's moods hit all of them. Only the ratios are worth comparing between machines.

    cold    process start until the whole GET next is at the server, median of 51
    cycle   event sent until the following GET next is at the server, 64-byte event, median of 5,000
    cpu     processor time of the client for one such cycle
    rss     peak resident memory after these cycles, and after one event of 5.9 MB
"""

import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
STARTS, CYCLES, WARM_UP = 51, 5000, 200
SMALL = b'{"event":"' + b"x" * 52 + b'"}'
LARGE = b'"' + b"x" * 5_900_000 + b'"'
ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n" + b'{"status":"OK"}\n'
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def next_answer(body):
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
        b"Lambda-Runtime-Deadline-Ms: %d\r\n"
        b"Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:123456789012:function:f\r\n"
        b"Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1\r\n"
        b"Content-Length: %d\r\n\r\n" % (time.time() * 1000 + 60000, len(body))
    ) + body


class Client:
    """One process of the program, and its connection."""

    def __init__(self, program, variables=None):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(10)
        environment = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.listener.getsockname()[1], **(variables or {})}
        begin = time.perf_counter()
        self.pid = os.posix_spawn(program, [program], environment)
        self.connection, _ = self.listener.accept()
        self.receive()
        self.start_seconds = time.perf_counter() - begin
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self):
        data = self.connection.recv(65536)
        while b"\r\n\r\n" not in data:
            data += self.connection.recv(65536)
        found = LENGTH.search(data)
        missing = (data.index(b"\r\n\r\n") + 4 + int(found[1]) if found else 0) - len(data)
        while missing > 0:
            missing -= len(self.connection.recv(min(missing, 1 << 20)))
        return data

    def cycle(self, answer):
        begin = time.perf_counter()
        self.connection.sendall(answer)
        post = self.receive()
        self.connection.sendall(ACCEPTED)
        get = self.receive()
        seconds = time.perf_counter() - begin
        assert post.startswith(b"POST ") and b"/response " in post and get.startswith(b"GET "), (post[:80], get[:80])
        return seconds

    def cpu_seconds(self):
        return int(pathlib.Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def peak_mb(self):
        return int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text())[1]) / 1024

    def close(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        self.connection.close()
        self.listener.close()


def measure_starts(programs):
    times = {name: [] for name in programs}
    for turn in range(STARTS + 3):
        for name, program in programs.items():
            client = Client(program)
            client.close()
            if turn >= 3:
                times[name].append(client.start_seconds)
    return {name: statistics.median(values) * 1e3 for name, values in times.items()}


def measure_cycles(programs):
    clients = {name: Client(program) for name, program in programs.items()}
    answer = next_answer(SMALL)
    for client in clients.values():
        for _ in range(WARM_UP):
            client.cycle(answer)
    times, cpu = {name: [] for name in clients}, {name: 0.0 for name in clients}
    for _ in range(10):
        for name, client in clients.items():
            before = client.cpu_seconds()
            times[name] += [client.cycle(answer) for _ in range(CYCLES // 10)]
            cpu[name] += client.cpu_seconds() - before
    rows = {}
    for name, client in clients.items():
        peak = client.peak_mb()
        client.cycle(next_answer(LARGE))
        rows[name] = (statistics.median(times[name]) * 1e6, cpu[name] / CYCLES * 1e6, peak, client.peak_mb())
        client.close()
    return rows


def compile_baseline(folder):
    program = os.path.join(folder, "raw_loop")
    flags = os.environ.get("CFLAGS", "-O2 -static").split()
    subprocess.run([os.environ.get("CC", "cc"), *flags, "-o", program, ROOT / "bench" / "raw_loop.c"], check=True)
    return program


def main(arguments):
    named = dict(argument.split("=", 1) for argument in arguments) or {"echo": str(ROOT / "build/release/echo")}
    for program in named.values():
        if not os.access(program, os.X_OK):
            sys.exit(f"bench/runtime.py: {program} can't be run; build it: cmake --preset release && cmake --build --preset release")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        programs = {"raw": compile_baseline(folder), **{name: os.path.abspath(path) for name, path in named.items()}}
        starts, rows = measure_starts(programs), measure_cycles(programs)
    titles = ("cold ms", "× raw", "cycle µs", "× raw", "cpu µs", "× raw", "rss MB", "5.9 MB: rss", "file kB")
    print(f"{'client':<20}" + "".join(f"{title:>13}" for title in titles))
    base = (starts["raw"], *rows["raw"])
    for name, program in programs.items():
        cycle, cpu, peak, peak_large = rows[name]
        size = os.path.getsize(program) / 1000 if os.path.exists(program) else 0
        cells = (f"{starts[name]:.2f}", f"{starts[name] / base[0]:.2f}", f"{cycle:.1f}", f"{cycle / base[1]:.2f}",
                 f"{cpu:.1f}", f"{cpu / base[2]:.2f}", f"{peak:.1f}", f"{peak_large:.1f}", f"{size:.0f}" if size else "-")
        print(f"{name:<20}" + "".join(f"{cell:>13}" for cell in cells))


if __name__ == "__main__":
    main(sys.argv[1:])
