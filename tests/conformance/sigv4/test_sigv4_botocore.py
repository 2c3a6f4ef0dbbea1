"""Compares our signatures with botocore's, over requests that are generated from a fixed seed.

The C program sigv4_lines signs; botocore's SigV4Auth and S3SigV4Auth (in the header), SigV4QueryAuth and S3SigV4QueryAuth
(in the query) sign the same requests at the same (frozen) time. The canonical request, the string to sign, the signature and
the Authorization header have to agree byte for byte.

botocore takes queries, and S3's paths, as it finds them, since its own serializer wrote them; ours brings every spelling into
AWS's one. So requests come in any spelling (raw characters, needless and lower-case escapes, '%' that escapes nothing, empty
pairs), and botocore gets the same request spelled as AWS spells it, by `respelled` below.
"""

import datetime
import json
import os
import pathlib
import random
import subprocess
from unittest import mock
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

HEADER_COUNT = 10000
QUERY_COUNT = 4000
SEED = 20260113
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]

SERVICES = ["imagebuilder", "execute-api", "scheduler", "sts", "dynamodb", "iam", "es", "s3", "s3", "s3-outposts"]
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1", "mx-central-1"]
ORIGINS = ["https://imagebuilder.eu-central-1.amazonaws.com", "http://127.0.0.1:4566", "https://h:443", "http://h:80",
           "https://h:8443", "http://h:443", "http://[::1]:9000", "https://[2001:db8::1]", "http://h",
           "https://api.example.com", "https://a-b_c.d:65535"]
ALPHABET = "abcXYZ019-._~:/?#[]@!$&'()*+,;=% \"<>\\^`{|}ሴ日é€😀\t\n\x00"
RAW = "abXY01-._~:@!$'()*+,;[]{}|^`\"<> é日😀"     # what may stand in a URL as it is; '%', '/', '?', '&', '=' apart
BAD_ESCAPES = ["%", "%%", "%4", "%zz", "%G1", "%2", "100%", "%é"]
DOTS = [".", "..", "...", "", "%2e", "%2E%2E", ".a", "a."]
HEADER_NAMES = ["Accept", "Content-Type", "X-Amz-Target", "X-Custom", "x-custom", "X-CUSTOM", "X-Amz-Meta-A",
                "X-Amz-Meta-B", "User-Agent", "X-Amzn-Trace-Id", "Range", "Zeta", "Content-MD5x", "If-Match", "X-A-b",
                "X-A_b", "X-A.b", "x!#$%&'*+-.^_`|~9"]
HEADER_ALPHABET = "abcXYZ019 ,;=\"'/   \t-é日"


def program():
    path = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / "sigv4_lines"
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path


def text(dice, alphabet, most):
    return "".join(dice.choice(alphabet) for _ in range(dice.randint(0, most)))


def escaped(dice, character):
    digits = "%02x" if dice.random() < 0.5 else "%02X"
    return "".join("%" + digits % byte for byte in character.encode())


def spelled(dice, most=12):
    """Text as a URL may hold it: encoded as AWS does, or in a wild mix of spellings."""
    if dice.random() < 0.5:
        return quote(text(dice, ALPHABET, most), safe="-_.~")
    pieces = [lambda: dice.choice(RAW), lambda: escaped(dice, dice.choice(ALPHABET)), lambda: dice.choice(BAD_ESCAPES)]
    return "".join(dice.choices(pieces, weights=[6, 3, 1])[0]() for _ in range(dice.randint(0, most)))


def generated_path(dice):
    segments = [spelled(dice) for _ in range(dice.randint(0, 5))]
    segments += dice.choices(DOTS + ["a", "a:b", "a@b+c", "%3A%2F", "%2F"], k=dice.randint(0, 3))
    dice.shuffle(segments)
    return "/" + "/".join(segments)


def generated_query(dice, repeats):
    names = [spelled(dice, 4) or "k" for _ in range(dice.randint(0, 6))]
    if names and repeats:
        names += dice.choices(names, k=2)
    pairs = [dice.choice([f"{name}={spelled(dice)}", f"{name}={spelled(dice)}={spelled(dice)}", f"{name}=", name])
             for name in names]
    pairs += [""] * dice.choice([0, 0, 0, 1, 2])
    dice.shuffle(pairs)
    return "?" + "&".join(pairs) if pairs else dice.choice(["", "?"])


def generated_headers(dice):
    headers = [[dice.choice(HEADER_NAMES), text(dice, HEADER_ALPHABET, 20)] for _ in range(dice.randint(0, 6))]
    return headers + ([["Host", "signed.example.com"]] if dice.random() < 0.2 else [])


def generated_body(dice):
    return dice.choice(["", json.dumps({"k": text(dice, ALPHABET, 40)}), text(dice, ALPHABET.replace("\0", ""), 200)])


def generated_case(dice, in_query=False):
    service = dice.choice(SERVICES)
    is_s3 = service.startswith("s3")
    at = datetime.datetime(2015, 1, 1) + datetime.timedelta(seconds=dice.randrange(20 * 365 * 86400))
    case = {
        "method": dice.choice(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
        "origin": dice.choice(ORIGINS),
        # botocore's query form keeps one value of each name, and moves a body into the query
        "target": generated_path(dice) + generated_query(dice, repeats=not in_query),
        "headers": generated_headers(dice),
        "body": "" if in_query else generated_body(dice),
        "region": dice.choice(REGIONS),
        "service": service,
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentials": {"accessKeyId": "AKID" + text(dice, "ABC123", 16),
                        "secretAccessKey": "s" + text(dice, "abcXYZ/+=", 60),
                        "sessionToken": dice.choice([None, "IQoJ" + text(dice, "abcXYZ/+=", 400)])},
        "flags": {"normalizePath": not is_s3, "doubleEncodePath": not is_s3, "signBody": is_s3,
                  "unsignedBody": is_s3 and (in_query or dice.random() < 0.3)},
    }
    return dict(case, expires=dice.randint(1, 604800)) if in_query else case


def respelled(part):
    return quote(unquote_to_bytes(part), safe="-_.~")


def respelled_url(case):
    """The case's URL with its query, and S3's path, in AWS's own spelling. Other paths are signed as they are."""
    path, _, query = case["target"].partition("?")
    if not case["flags"]["doubleEncodePath"]:
        path = "/".join(respelled(segment) for segment in path.split("/"))
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    return case["origin"] + path + "?" + "&".join(f"{respelled(name)}={respelled(value)}" for name, _, value in pairs)


def unique_names(case):
    names = [pair.partition("=")[0] for pair in urlsplit(respelled_url(case)).query.split("&")]
    return len(set(names)) == len(names)


def signer_of(case):
    is_s3 = case["service"].startswith("s3")
    if "expires" in case:
        return botocore.auth.S3SigV4QueryAuth if is_s3 else botocore.auth.SigV4QueryAuth
    return botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth


def request_of(case):
    headers = botocore.awsrequest.HTTPHeaders()
    for name, value in case["headers"]:
        headers.add_header(name, value)
    request = botocore.awsrequest.AWSRequest(method=case["method"], url=respelled_url(case),
                                             data=case["body"].encode() or None)
    request.headers = headers
    return request


def recording(base, case, stages):
    """The signer, which notes each stage. S3's is told that the body is not signed where the case says so."""
    class Recorder(base):
        def payload(self, request):
            return "UNSIGNED-PAYLOAD" if case["flags"]["unsignedBody"] else super().payload(request)

        def string_to_sign(self, request, canonical_request):
            stages["canonicalRequest"] = canonical_request
            stages["stringToSign"] = super().string_to_sign(request, canonical_request)
            return stages["stringToSign"]

        def signature(self, string_to_sign, request):
            stages["signature"] = super().signature(string_to_sign, request)
            return stages["signature"]
    return Recorder


def sign_with_botocore(case):
    """What botocore makes of the case, with its clock stopped at the case's time."""
    stages = {}
    options = {"expires": case["expires"]} if "expires" in case else {}
    credentials = botocore.credentials.Credentials(*case["credentials"].values())
    signer = recording(signer_of(case), case, stages)(credentials, case["service"], case["region"], **options)
    request = request_of(case)
    with mock.patch("botocore.auth.datetime") as clock:
        clock.datetime.utcnow.return_value = datetime.datetime.strptime(case["timestamp"], "%Y-%m-%dT%H:%M:%SZ")
        signer.add_auth(request)
    if "expires" in case:
        stages["url"] = request.url
    else:
        stages["authorization"] = request.headers["Authorization"]
    return stages


def sign_with_ours(cases):
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([program()], input=lines, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def parameters(url):
    return sorted(parse_qsl(urlsplit(url).query.replace("+", "%2B"), keep_blank_values=True, errors="surrogateescape"))


def assert_same(case, mine, theirs):
    """URLs agree in their parameters: the order and the spelling of a query are free."""
    if "url" in theirs:
        assert parameters(mine.pop("url")) == parameters(theirs.pop("url")), json.dumps(case)
    assert mine == theirs, json.dumps(case)


def compare(cases):
    ours = sign_with_ours(cases)
    assert len(ours) == len(cases)
    for case, mine in zip(cases, ours):
        assert_same(case, mine, sign_with_botocore(case))


def test_generated_requests_sign_as_botocore_signs_them():
    dice = random.Random(SEED)
    compare([generated_case(dice) for _ in range(HEADER_COUNT)])


def test_generated_urls_presign_as_botocore_presigns_them():
    dice = random.Random(SEED + 1)
    cases = []
    while len(cases) < QUERY_COUNT:
        case = generated_case(dice, in_query=True)
        cases += [case] if unique_names(case) else []
    compare(cases)


def test_the_comparison_can_fail():
    for in_query in (False, True):
        case = generated_case(random.Random(1), in_query)
        [mine] = sign_with_ours([dict(case, region="elsewhere")])
        assert mine["signature"] != sign_with_botocore(case)["signature"]


def test_a_case_that_cannot_be_signed_is_an_error():
    case = dict(generated_case(random.Random(2)), region="")
    [mine] = sign_with_ours([case])
    assert mine == {"error": "no region to sign for: set AWS_REGION"}
