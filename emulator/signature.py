"""Verifies AWS Signature Version 4 over a request as it was received.

The canonical request, the string to sign and the signature come from botocore's SigV4Auth, which is given the raw
request target and exactly the headers that SignedHeaders names. AWS decodes and encodes the query again before it
signs; here a query that is not in that canonical encoding on the wire is refused, which is stricter than AWS and shows
encoders that only happen to agree with themselves. Not supported: signatures in the query, chunk signatures, SigV4A.
"""

import calendar
import datetime
import hashlib
import hmac
import re
import time
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote_to_bytes

import botocore.credentials
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders

from .errors import ServiceError

MAX_SKEW_SECONDS = 300

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})")
_MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
             "Access Key and signing method. Consult the service documentation for details.")


class _WireAuth(SigV4Auth):
    """botocore's signer, told which headers the client signed instead of choosing them itself."""

    def __init__(self, known, service, region, names):
        super().__init__(botocore.credentials.Credentials(known.access_key, known.secret_key), service, region)
        self._names = names

    def headers_to_sign(self, request):
        chosen = HTTPHeaders()
        for name, value in request.headers.items():
            if name.lower() in self._names:
                chosen[name.lower()] = value
        return chosen


class Verifier:
    def __init__(self, store, service, region):
        self._store, self._service, self._region = store, service, region
        self.skew_seconds = 0.0         # how far the service's clock is ahead of this machine's

    def verify(self, request):
        """The credentials that signed the request, or the ServiceError that AWS answers."""
        access_key, scope, names, given = self._authorization(request)
        known = self._known(access_key, request)
        timestamp = self._timestamp(request)
        self._check_scope(scope, timestamp)
        self._check_signed_headers(request, names)
        self._check_query(request)
        self._check_payload_hash(request)
        self._check_signature(request, known, names, timestamp, given)
        return known

    def _authorization(self, request):
        values = request.all_headers("Authorization")
        if not values:
            raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
        match = _AUTHORIZATION.fullmatch(values[0]) if len(values) == 1 else None
        if not match:
            raise ServiceError("IncompleteSignatureException", "Authorization is not one "
                               "'AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…'")
        credential, names, signature = match.groups()
        access_key, *scope = credential.split("/")
        return access_key, scope, names.split(";"), signature

    def _known(self, access_key, request):
        known = self._store.find(access_key)
        tokens = request.all_headers("X-Amz-Security-Token")
        if known is None or tokens != ([known.token] if known.token else []):
            raise ServiceError("UnrecognizedClientException", "The security token included in the request is invalid.")
        if known.expired:
            raise ServiceError("ExpiredTokenException", "The security token included in the request is expired")
        return known

    def _timestamp(self, request):
        text = request.header("X-Amz-Date")
        try:
            if text is not None:
                moment = datetime.datetime.strptime(text, "%Y%m%dT%H%M%SZ")
            else:
                moment = parsedate_to_datetime(request.header("Date"))
        except (TypeError, ValueError):
            raise ServiceError("IncompleteSignatureException",
                               "Date must be in ISO-8601 'basic format' in X-Amz-Date, or be an HTTP date") from None
        now = time.time() + self.skew_seconds
        difference = calendar.timegm(moment.utctimetuple()) - now
        stamp = moment.strftime("%Y%m%dT%H%M%SZ")
        if abs(difference) > MAX_SKEW_SECONDS:
            what = "expired" if difference < 0 else "not yet current"
            raise ServiceError("InvalidSignatureException", f"Signature {what}: {stamp} is "
                               f"{abs(difference):.0f} s from the service's time (limit {MAX_SKEW_SECONDS} s)")
        return stamp

    def _check_scope(self, scope, timestamp):
        expected = [timestamp[:8], self._region, self._service, "aws4_request"]
        if scope != expected:
            raise ServiceError("InvalidSignatureException",
                               f"Credential should be scoped to '{'/'.join(expected)}', not '{'/'.join(scope)}'")

    def _check_signed_headers(self, request, names):
        if names != sorted(set(names)) or any(name != name.lower() for name in names):
            raise ServiceError("InvalidSignatureException", "SignedHeaders must be lower case, sorted, each once")
        present = {name.lower() for name, _ in request.headers}
        absent = [name for name in names if name not in present]
        # AWS: the host header and every x-amz-* header of the request must be signed.
        unsigned = [name for name in sorted(present)
                    if (name == "host" or name.startswith("x-amz-")) and name not in names]
        if "host" not in present:
            absent.append("host")
        if "x-amz-date" not in present and "date" not in names:
            unsigned.append("date")
        for text, found in (("SignedHeaders names headers that the request does not have", absent),
                            ("There were headers present in the request which were not signed", unsigned)):
            if found:
                raise ServiceError("InvalidSignatureException", f"{text}: {', '.join(found)}")

    def _check_query(self, request):
        for part in re.split("[&=]", request.query):
            canonical = quote(unquote_to_bytes(part), safe="-_.~")
            if part != canonical:
                raise ServiceError("InvalidSignatureException",
                                   f"The query on the wire has {part!r}; its canonical encoding is {canonical!r}")

    def _check_payload_hash(self, request):
        given = request.header("X-Amz-Content-Sha256")
        if given is not None and given != hashlib.sha256(request.body).hexdigest():
            raise ServiceError("InvalidSignatureException",
                               "X-Amz-Content-Sha256 is not the SHA-256 of the body in lower-case hexadecimal")

    def _check_signature(self, request, known, names, timestamp, given):
        auth = _WireAuth(known, self._service, self._region, names)
        canonical, to_sign, expected = _compute(auth, request, timestamp)
        if not hmac.compare_digest(expected, given):
            raise ServiceError("InvalidSignatureException",
                               f"{_MISMATCH}\n\nThe Canonical String for this request should have been\n'{canonical}'"
                               f"\n\nThe String-to-Sign should have been\n'{to_sign}'\n")


def _compute(auth, request, timestamp):
    wire = AWSRequest(request.method, f"http://host.invalid{request.target}", data=request.body)
    for name, value in request.headers:
        wire.headers.add_header(name, value)
    wire.context["timestamp"] = timestamp
    canonical = auth.canonical_request(wire)
    to_sign = auth.string_to_sign(wire, canonical)
    return canonical, to_sign, auth.signature(to_sign, wire)
