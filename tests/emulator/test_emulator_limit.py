"""The limit of requests a second: a token bucket on the virtual clock."""

import pytest
from raw_client import call_create, create
from test_emulator_control import control


def statuses(aws, count):
    return [call_create(aws).status for _ in range(count)]


def test_a_burst_then_the_rate(aws):
    aws.image_builder.limit(2, burst=3)
    assert statuses(aws, 4) == [200, 200, 200, 429]
    aws.clock.advance(0.5)
    assert statuses(aws, 2) == [200, 429]
    aws.clock.advance(3600)
    assert statuses(aws, 4) == [200, 200, 200, 429]     # no more than the burst is kept


def test_what_is_throttled_is_not_applied(aws):
    aws.image_builder.limit(1)
    arn = create(aws)
    refused = call_create(aws)
    assert (refused.status, refused.error) == (429, "TooManyRequestsException")
    assert [image["arn"] for image in aws.image_builder.images()] == [arn]
    assert [entry.applied for entry in aws.image_builder.requests()] == [True, False]


def test_no_limit_again(aws):
    aws.image_builder.limit(1)
    assert statuses(aws, 2) == [200, 429]
    aws.image_builder.limit(None)
    assert statuses(aws, 5) == [200] * 5


def test_reset_lifts_it(aws):
    aws.image_builder.limit(1)
    aws.reset()
    assert statuses(aws, 3) == [200] * 3


@pytest.mark.parametrize("arguments", [{"rate": -1}, {"rate": True}, {"rate": "5"}, {"rate": 5, "burst": 0}, {}, {"speed": 5}])
def test_refused(aws, arguments):
    status, answer = control(aws.endpoints["control"], "POST", "limit", arguments)
    assert status == 400 and answer["message"]
    assert statuses(aws, 3) == [200] * 3


def test_in_a_scenario_and_by_control(aws):
    aws.load({"limit": {"rate": 1}})
    assert statuses(aws, 2) == [200, 429]
    assert control(aws.endpoints["control"], "POST", "limit", {"rate": None}) == (200, {})
    assert statuses(aws, 2) == [200, 200]
