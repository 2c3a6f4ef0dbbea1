"""Signatures are checked over the bytes on the wire."""

import dataclasses
import re
import time
from email.utils import parsedate_to_datetime

import pytest
from botocore.exceptions import ClientError
from raw_client import RECIPE, call, call_create, client, create, get_target, send, signed_headers

TARGET = get_target(RECIPE.replace("image-recipe", "image") + "/1")


def refused(answer, error, message, status=403):
    assert (answer.status, answer.error) == (status, error), answer.raw
    assert message in answer.message


def test_the_right_secret_passes(aws):
    assert create(aws).endswith(":image/web/1.0.0/1")


def test_a_user_without_session_token_passes(aws):
    assert client(aws, aws.credential_store.create(session=False)).list_images()["imageVersionList"] == []


@pytest.mark.parametrize("change, code", [
    ({"secret_key": "wrong"}, "InvalidSignatureException"),
    ({"access_key": "ASIAUNKNOWN"}, "UnrecognizedClientException"),
    ({"token": "wrong"}, "UnrecognizedClientException"),
    ({"token": None}, "UnrecognizedClientException"),
])
def test_wrong_credentials_are_refused(aws, change, code):
    with pytest.raises(ClientError) as caught:
        client(aws, dataclasses.replace(aws.credentials, **change)).list_images()
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_an_expired_token_is_refused_until_renewed(aws):
    aws.credential_store.expire()
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        client(aws).list_images()
    aws.credential_store.renew()
    client(aws).list_images()


def test_an_unsigned_request_is_refused(aws):
    answer = send(aws, "GET", TARGET, {"Host": "x"})
    refused(answer, "MissingAuthenticationTokenException", "Missing Authentication Token")


def test_an_authorization_of_another_kind_is_refused(aws):
    answer = send(aws, "GET", TARGET, {"Host": "x", "Authorization": "Bearer x"})
    refused(answer, "IncompleteSignatureException", "AWS4-HMAC")


@pytest.mark.parametrize("signing, message", [
    ({"service": "ec2"}, "scoped to"),
    ({"region": "us-east-1"}, "scoped to"),
])
def test_another_scope_is_refused(aws, signing, message):
    refused(call(aws, "GET", TARGET, **signing), "InvalidSignatureException", message)


@pytest.mark.parametrize("skew, message", [(400, "Signature expired"), (-400, "Signature not yet current")])
def test_a_date_more_than_five_minutes_off_is_refused(aws, skew, message):
    aws.image_builder.set_skew(skew)
    refused(call(aws, "GET", TARGET), "InvalidSignatureException", message)


@pytest.mark.parametrize("dated, seconds", [(True, 4000), (False, 0)], ids=["by-its-clock", "by-the-right-time"])
def test_answers_are_dated(aws, dated, seconds):
    aws.image_builder.set_skew(4000, dated=dated)
    date = re.search(rb"Date: ([^\r]+)\r\n", call(aws, "GET", TARGET).raw).group(1).decode()
    assert abs(parsedate_to_datetime(date).timestamp() - time.time() - seconds) < 60


@pytest.mark.parametrize("skew", [250, -250])
def test_a_date_less_than_five_minutes_off_passes(aws, skew):
    aws.image_builder.set_skew(skew)
    assert call(aws, "GET", TARGET).status == 404


@pytest.mark.parametrize("sent", [
    TARGET.replace("web", "wek"),                   # another value than signed
    TARGET.replace("GetImage", "GetImagE"),         # another path
    TARGET + "&a=b",                                # another parameter
])
def test_another_target_than_signed_is_refused(aws, sent):
    headers = signed_headers(aws, "GET", TARGET)
    refused(send(aws, "GET", sent, headers), "InvalidSignatureException", "Canonical String")


@pytest.mark.parametrize("target", [TARGET.replace("%3A", "%3a"), TARGET.replace("%2F", "/"), TARGET + "&a=%41"])
def test_a_query_that_is_not_canonical_on_the_wire_is_refused_even_if_signed_so(aws, target):
    refused(call(aws, "GET", target), "InvalidSignatureException", "canonical encoding")


def test_another_body_than_signed_is_refused(aws):
    headers = signed_headers(aws, "PUT", "/CreateImage", b"{}", {"Content-Type": "application/json"})
    refused(send(aws, "PUT", "/CreateImage", headers, b"[]"), "InvalidSignatureException", "Canonical String")


def test_a_wrong_payload_hash_header_is_refused_even_if_signed(aws):
    answer = call(aws, "PUT", "/CreateImage", b"{}", {"X-Amz-Content-Sha256": "0" * 64})
    refused(answer, "InvalidSignatureException", "X-Amz-Content-Sha256")


@pytest.mark.parametrize("name, value", [("X-Amz-Date", "20200101T000000Z"), ("X-Amz-Security-Token", "other")])
def test_a_changed_signed_header_is_refused(aws, name, value):
    headers = {**signed_headers(aws, "GET", TARGET), name: value}
    assert send(aws, "GET", TARGET, headers).status == 403


def test_an_x_amz_header_that_is_not_signed_is_refused(aws):
    headers = {**signed_headers(aws, "GET", TARGET), "X-Amz-Extra": "1"}
    refused(send(aws, "GET", TARGET, headers), "InvalidSignatureException", "not signed: x-amz-extra")


def test_a_session_token_that_is_not_signed_is_refused(aws):
    bare = dataclasses.replace(aws.credentials, token=None)
    headers = {**signed_headers(aws, "GET", TARGET, credentials=bare), "X-Amz-Security-Token": aws.credentials.token}
    refused(send(aws, "GET", TARGET, headers), "InvalidSignatureException", "not signed: x-amz-security-token")


def test_inner_spaces_of_a_signed_header_are_trimmed_as_aws_does(aws):
    headers = signed_headers(aws, "GET", TARGET, headers={"X-Amz-Note": "a b"})
    assert send(aws, "GET", TARGET, {**headers, "X-Amz-Note": "a    b  "}).status == 404


def test_signed_headers_out_of_order_are_refused(aws):
    headers = signed_headers(aws, "GET", TARGET)
    headers["Authorization"] = headers["Authorization"].replace("host;x-amz-date", "x-amz-date;host")
    refused(send(aws, "GET", TARGET, headers), "InvalidSignatureException", "sorted")


def test_a_refused_request_is_not_applied_and_is_logged(aws):
    bad = dataclasses.replace(aws.credentials, secret_key="wrong")
    with pytest.raises(ClientError):
        client(aws, bad).create_image(imageRecipeArn=RECIPE, infrastructureConfigurationArn=RECIPE, clientToken="x")
    (entry,) = aws.image_builder.requests("CreateImage")
    assert (entry.status, entry.error_type, entry.applied) == (403, "InvalidSignatureException", False)
    assert aws.image_builder.images() == []


def test_the_log_holds_what_was_on_the_wire(aws):
    before = time.time()
    assert call_create(aws).status == 200
    (entry,) = aws.image_builder.requests()
    assert (entry.method, entry.target, entry.client_token, entry.applied) == ("PUT", "/CreateImage", "token-1", True)
    assert entry.header("x-amz-security-token") == aws.credentials.token
    assert entry.parameters["imageRecipeArn"] == RECIPE and before <= entry.time <= time.time()
