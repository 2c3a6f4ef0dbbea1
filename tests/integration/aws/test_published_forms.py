"""Descriptions in the forms in which they are published, peculiarities included: published-*.openapi.yaml."""

import uuid


def test_autoscaling(account, outputs, name):
    """The query protocol, with text/xml named as the type of what is sent as form data."""
    found = outputs("published-autoscaling", {"group": name, "zone": "eu-west-1a", "size": 3})
    assert found == {"name": name, "capacity": 3, "tag": "example & more"}
    [group] = account.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
        "AutoScalingGroups"]
    assert (group["DesiredCapacity"], group["MaxSize"], group["AvailabilityZones"]) == (3, 5, ["eu-west-1a"])


def test_ec2(account, outputs, name):
    """GET with the operation in the path's query, and arrays that EC2 wants numbered."""
    found = outputs("published-ec2", {"name": name})
    pairs = account.client("ec2").describe_key_pairs()["KeyPairs"]
    mine = [(pair["KeyName"], pair["KeyPairId"]) for pair in pairs if pair["KeyName"].startswith(name)]
    assert mine == [(f"{name} + second", found["made"])]
    assert found["found"] == found["made"]


def test_s3(account, outputs):
    """Greedy keys under both names, queries in the path, XML from objects, a scheme that only its hosts explain."""
    bucket, key = f"published-{uuid.uuid4().hex}", "a folder/über + all.txt"
    client = account.client("s3")
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_object(Bucket=bucket, Key="old <one> & all", Body=b"old")
    inputs = {"bucket": bucket, "key": key, "first": "0123456789" * 600, "second": "the end ✓",
              "obsolete": "old <one> & all"}
    found = outputs("published-s3", inputs)
    assert found["deleted"] == "old <one> & all"
    assert client.head_object(Bucket=bucket, Key=key)["ETag"] == found["etag"]
    assert client.get_object(Bucket=bucket, Key=key)["Body"].read().decode() == inputs["first"] + inputs["second"]
    assert client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"] == [{"Key": "state", "Value": "whole and good"}]
    assert [one["Key"] for one in client.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
