"""Compares our signatures with botocore's, over requests that are generated from a fixed seed.

The C program sigv4_lines signs; botocore's SigV4Auth and S3SigV4Auth sign the same requests at the same (frozen) time.
The canonical request, the string to sign and the Authorization header have to agree byte for byte. Generated requests
keep to what both sides define: paths and queries that are encoded as AWS encodes them (botocore takes them as they are).
"""

import datetime
import json
import os
import pathlib
import random
import subprocess
from unittest import mock
from urllib.parse import quote

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

COUNT = 3000
SEED = 20260113
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]

SERVICES = ["imagebuilder", "execute-api", "scheduler", "sts", "s3", "dynamodb"]
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"]
ORIGINS = ["https://imagebuilder.eu-central-1.amazonaws.com", "http://127.0.0.1:4566", "https://h:443", "http://h:80",
           "https://h:8443", "http://[::1]:9000", "http://h", "https://api.example.com"]
ALPHABET = "abcXYZ019-._~:/?#[]@!$&'()*+,;=% \"<>\\^`{|}ሴ日é€😀\t"
HEADER_NAMES = ["Accept", "Content-Type", "X-Amz-Target", "X-Custom", "x-custom", "X-Amz-Meta-A", "X-Amz-Meta-B",
                "User-Agent", "X-Amzn-Trace-Id", "Range", "Zeta", "Content-MD5x"]
HEADER_ALPHABET = "abcXYZ019 ,;=\"'/   \t-é日"


def program():
    path = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / "sigv4_lines"
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path


def text(dice, alphabet, most):
    return "".join(dice.choice(alphabet) for _ in range(dice.randint(0, most)))


def encoded(dice, most=12):
    return quote(text(dice, ALPHABET, most), safe="-_.~")


def generated_path(dice, is_s3):
    segments = [encoded(dice) for _ in range(dice.randint(0, 5))]
    if not is_s3:
        segments += dice.choices([".", "..", "", "a", "%2e", "a:b", "a@b+c", "%3A%2F"], k=dice.randint(0, 3))
        dice.shuffle(segments)
    return "/" + "/".join(segments)


def generated_query(dice):
    names = [encoded(dice, 4) or "k" for _ in range(dice.randint(0, 6))]
    names += dice.choices(names, k=2) if names else []           # repeated names
    pairs = [dice.choice([f"{name}={encoded(dice)}", f"{name}=", name]) for name in names]
    return "?" + "&".join(pairs) if pairs else dice.choice(["", "?"])


def generated_headers(dice):
    headers = [[dice.choice(HEADER_NAMES), text(dice, HEADER_ALPHABET, 20)] for _ in range(dice.randint(0, 6))]
    return headers + ([["Host", "signed.example.com"]] if dice.random() < 0.2 else [])


def generated_case(dice):
    service = dice.choice(SERVICES)
    is_s3 = service == "s3"
    at = datetime.datetime(2015, 1, 1) + datetime.timedelta(seconds=dice.randrange(20 * 365 * 86400))
    return {
        "method": dice.choice(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"]),
        "origin": dice.choice(ORIGINS),
        "target": generated_path(dice, is_s3) + generated_query(dice),
        "headers": generated_headers(dice),
        "body": dice.choice(["", json.dumps({"k": text(dice, ALPHABET, 40)}), text(dice, ALPHABET, 200)]),
        "region": dice.choice(REGIONS),
        "service": service,
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentials": {"accessKeyId": "AKID" + text(dice, "ABC123", 16),
                        "secretAccessKey": "s" + text(dice, "abcXYZ/+=", 60),
                        "sessionToken": dice.choice([None, "IQoJ" + text(dice, "abcXYZ/+=", 400)])},
        "flags": {"normalizePath": not is_s3, "doubleEncodePath": not is_s3, "signBody": is_s3},
    }


def sign_with_botocore(case):
    """What botocore makes of the case, with its clock stopped at the case's time."""
    stages = {}
    base = botocore.auth.S3SigV4Auth if case["service"] == "s3" else botocore.auth.SigV4Auth

    class Recorder(base):
        def string_to_sign(self, request, canonical_request):
            stages["canonicalRequest"] = canonical_request
            stages["stringToSign"] = super().string_to_sign(request, canonical_request)
            return stages["stringToSign"]

        def signature(self, string_to_sign, request):
            stages["signature"] = super().signature(string_to_sign, request)
            return stages["signature"]

    known = case["credentials"]
    headers = botocore.awsrequest.HTTPHeaders()
    for name, value in case["headers"]:
        headers.add_header(name, value)
    request = botocore.awsrequest.AWSRequest(method=case["method"], url=case["origin"] + case["target"],
                                             data=case["body"].encode() or None)
    request.headers = headers
    signer = Recorder(botocore.credentials.Credentials(*known.values()), case["service"], case["region"])
    with mock.patch("botocore.auth.datetime") as clock:
        clock.datetime.utcnow.return_value = datetime.datetime.strptime(case["timestamp"], "%Y-%m-%dT%H:%M:%SZ")
        signer.add_auth(request)
    stages["authorization"] = request.headers["Authorization"]
    return stages


def sign_with_ours(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([program()], input=lines, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_generated_requests_sign_as_botocore_signs_them():
    dice = random.Random(SEED)
    cases = [generated_case(dice) for _ in range(COUNT)]
    ours = sign_with_ours(cases)
    assert len(ours) == COUNT
    for case, mine in zip(cases, ours):
        assert mine == sign_with_botocore(case), json.dumps(case)


def test_the_comparison_can_fail():
    case = generated_case(random.Random(1))
    [mine] = sign_with_ours([dict(case, region="elsewhere")])
    assert mine["signature"] != sign_with_botocore(case)["signature"]


def test_a_case_that_cannot_be_signed_is_an_error():
    case = dict(generated_case(random.Random(2)), region="")
    [mine] = sign_with_ours([case])
    assert mine == {"error": "no region to sign for: set AWS_REGION"}
