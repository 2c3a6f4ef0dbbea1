"""The emulator at the command line: one JSON line when it is ready, then a line for each request, until a signal."""

import argparse
import json
import signal
import sys
import threading

from .emulator import DEFAULT_REGION, Emulator


def main(words=None):
    options = _parser().parse_args(words)
    try:
        emulator = _start(options)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 2
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with emulator:
        print(json.dumps(emulator.description()), flush=True)
        stopped.wait()
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="emulator", description="Lambda, Image Builder and Scheduler on loopback.")
    parser.add_argument("--bootstrap", help="the function's bootstrap; without it there are the other services only")
    parser.add_argument("--task-root", help="LAMBDA_TASK_ROOT and working directory (default: the bootstrap's folder)")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="a variable of the function")
    parser.add_argument("--script", metavar="FILE", help="a scenario in JSON: a list of states, or see README.md")
    parser.add_argument("--function-name", default="arazzo")
    parser.add_argument("--function-timeout", type=float, default=30, metavar="SECONDS")
    parser.add_argument("--concurrency", type=int, default=1, help="execution environments at most (default 1)")
    parser.add_argument("--region", default=DEFAULT_REGION)
    parser.add_argument("--clock-factor", type=float, default=0, help="virtual seconds for each real one (default 0)")
    parser.add_argument("--logs", action="store_true", help="also print the function's log on stderr")
    parser.add_argument("--tls", action="store_true", help="also listen with HTTPS")
    return parser


def _start(options):
    for text in options.env:
        if "=" not in text:
            raise ValueError(f"--env {text!r} is not NAME=VALUE")
    function = {}
    if options.bootstrap:
        function = {"bootstrap": options.bootstrap, "task_root": options.task_root, "concurrency": options.concurrency,
                    "environment": dict(text.split("=", 1) for text in options.env)}
    emulator = Emulator(function_name=options.function_name, function_timeout=options.function_timeout,
                        region=options.region, tls=options.tls, clock_factor=options.clock_factor,
                        on_line=_tell, on_log=_tell if options.logs else None, **function)
    if options.script:
        _load(emulator, options.script)
    return emulator


def _tell(line):
    print(line, file=sys.stderr, flush=True)


def _load(emulator, path):
    try:
        with open(path, encoding="utf-8") as file:
            emulator.load(json.load(file))
    except (ValueError, TypeError, OSError) as error:
        emulator.stop()
        raise ValueError(f"--script {path}: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
