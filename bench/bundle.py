#!/usr/bin/env python3
"""Measures how the function starts with a document, and with the bundle of it, in one run, and prints ratios.

    bench/bundle.py [BUILD]      default: build/release, with `bootstrap` and `arazzo`

Both take turns on one core. `empty` is a workflow of one step with a description of one operation: what a start takes whatever the
document.

    start   process start until the whole GET next is at the server, median of 51
    cpu     processor time of the process until then, median
    rss     peak resident memory then, median
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

from runtime import ROOT, Client

STARTS = 51
DOCUMENT = ROOT / "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
EMPTY = """{"arazzo": "1.0.1", "info": {"title": "t", "version": "1"},
 "sourceDescriptions": [{"name": "api", "url": "api.json", "type": "openapi"}],
 "workflows": [{"workflowId": "w", "steps": [{"stepId": "s", "operationId": "get"}]}]}"""
API = """{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "servers": [{"url": "https://a.example"}],
 "paths": {"/": {"get": {"operationId": "get", "responses": {}}}}}"""


def start(program, document):
    client = Client(str(program), {"ARAZZO_DOCUMENT": document.name, "LAMBDA_TASK_ROOT": str(document.parent),
                                   "AWS_REGION": "eu-west-1"})
    measured = (client.start_seconds * 1e3, client.cpu_seconds() * 1e3, client.peak_mb())
    client.close()
    return measured


def main(arguments):
    build = pathlib.Path(arguments[0] if arguments else ROOT / "build/release").resolve()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "empty.json").write_text(EMPTY)
        (folder / "api.json").write_text(API)
        subprocess.run([build / "arazzo", "bundle", DOCUMENT, "-o", folder / "bundle"], check=True, capture_output=True)
        documents = {"empty": folder / "empty.json", "files": DOCUMENT, "bundle": folder / "bundle"}
        rows = {each: [] for each in documents}
        for turn in range(STARTS + 3):
            for each, document in documents.items():
                measured = start(build / "bootstrap", document)
                if turn >= 3:
                    rows[each].append(measured)
    medians = {each: [statistics.median(column) for column in zip(*values)] for each, values in rows.items()}
    print(f"{'document':<10}" + "".join(f"{title:>13}" for title in ("start ms", "× files", "cpu ms", "× files", "rss MB", "× files")))
    for each, values in medians.items():
        cells = [cell for value, base in zip(values, medians["files"]) for cell in (f"{value:.2f}", f"{value / base:.2f}")]
        print(f"{each:<10}" + "".join(f"{cell:>13}" for cell in cells))


if __name__ == "__main__":
    main(sys.argv[1:])
