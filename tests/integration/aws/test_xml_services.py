"""Services whose answers are XML (query, ec2 and rest-xml): what a run leaves behind, seen by boto3."""

import json
import uuid

import pytest

AMI = "ami-12c6146b"        # one of those that moto has from the start
KEYS = ["plain.txt", "a folder/with space + plus/ünïcode ✓", "100% & more = yes?#no"]


def s3_inputs(bucket, key):
    return {"bucket": bucket, "region": "eu-west-1", "key": key, "text": "first line\nsecond <line> & ünïcode ✓",
            "colour": "blue + green", "parts": ["0123456789" * 600, "the end"]}


def all_tags(tags):
    return {tag["Key"]: tag["Value"] for tag in tags}


@pytest.mark.parametrize("key", KEYS)
def test_s3(account, outputs, key):
    bucket = f"objects-{uuid.uuid4().hex}"
    inputs = s3_inputs(bucket, key)
    found = outputs("s3", inputs)
    whole = "".join(inputs["parts"])
    assert (found["first"], found["second"], found["size"]) == (key, f"{key}/in parts", len(whole))
    assert all_tags(found["tags"]) == {"colour": "blue + green", "shape": "round"}
    client = account.client("s3")
    assert [one["Key"] for one in client.list_objects_v2(Bucket=bucket)["Contents"]] == [f"{key}/in parts"]
    assert client.get_object(Bucket=bucket, Key=f"{key}/in parts")["Body"].read().decode() == whole


def check_group(client, group, name):
    [found] = client.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert all_tags(found["Tags"]) == {"kind": "example", "Name": name, "state": "done & <tested>"}
    assert found["Description"] == "For the shop & its friends"
    rules = {rule["FromPort"]: rule for rule in found["IpPermissions"]}
    assert {one["CidrIp"]: one["Description"] for one in rules[443]["IpRanges"]} == {
        "198.51.100.0/24": "office", "192.0.2.0/24": "shop"}
    assert [one["CidrIpv6"] for one in rules[53]["Ipv6Ranges"]] == ["2001:db8::/32"]


def test_ec2(account, outputs, name):
    found = outputs("ec2", {"name": name, "image": AMI, "clientToken": name})
    assert found["owner"] == "123456789012"
    client = account.client("ec2")
    check_group(client, found["group"], name)
    [reservation] = client.describe_instances(InstanceIds=[found["instance"]])["Reservations"]
    [instance] = reservation["Instances"]
    assert instance["State"]["Name"] in ("shutting-down", "terminated")
    assert all_tags(instance["Tags"]) == {"state": "done & <tested>"}
    assert [group["GroupId"] for group in instance["SecurityGroups"]] == [found["group"]]


def test_ec2_by_its_whole_description(account, workspace, outputs, name):
    """EC2's description has several megabytes; the run is the same."""
    found = outputs(workspace.whole("ec2"), {"name": name, "image": AMI, "clientToken": name})
    check_group(account.client("ec2"), found["group"], name)


def test_sns(account, outputs, name):
    """The message comes to the queue as it was published, with its attributes."""
    queues = account.client("sqs")
    queue = queues.create_queue(QueueName=name)["QueueUrl"]
    text = "a & b <c> + ünïcode ✓\nsecond line"
    found = outputs("sns", {"topic": name, "queueArn": f"arn:aws:sqs:eu-west-1:123456789012:{name}", "text": text})
    assert found["topic"] == f"arn:aws:sns:eu-west-1:123456789012:{name}"
    [message] = queues.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"]
    assert message["Body"] == text
    attributes = {key: (value["DataType"], value["StringValue"]) for key, value in message["MessageAttributes"].items()}
    assert attributes == {"weight": ("Number", "7"), "colour": ("String", "red")}
    tags = account.client("sns").list_tags_for_resource(ResourceArn=found["topic"])["Tags"]
    assert all_tags(tags) == {"kind": "example", "colour": "red"}


def test_iam(account, outputs, name):
    found = outputs("iam", {"role": name, "bucketArn": "arn:aws:s3:::example"})
    assert found == {"role": f"arn:aws:iam::123456789012:role/examples/{name}", "path": "/examples/",
                     "policies": ["read"]}
    client = account.client("iam")
    role = client.get_role(RoleName=name)["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert all_tags(role["Tags"]) == {"kind": "changed", "owner": "the shop: a+b=c"}
    assert client.list_role_policies(RoleName=name)["PolicyNames"] == []


@pytest.mark.parametrize("document, inputs, made", [
    ("s3", lambda name: s3_inputs(name, "key"),
     lambda aws: [one["Name"] for one in aws("s3").list_buckets()["Buckets"]]),
    ("ec2", lambda name: {"name": name, "image": AMI, "clientToken": name},
     lambda aws: [one["GroupName"] for one in aws("ec2").describe_security_groups()["SecurityGroups"]]),
    ("sns", lambda name: {"topic": name, "queueArn": "arn:aws:sqs:eu-west-1:123456789012:q", "text": "text"},
     lambda aws: [one["TopicArn"].rpartition(":")[2] for one in aws("sns").list_topics()["Topics"]]),
    ("iam", lambda name: {"role": name, "bucketArn": "arn:aws:s3:::example"},
     lambda aws: [one["RoleName"] for one in aws("iam").list_roles()["Roles"]]),
], ids=["s3", "ec2", "sns", "iam"])
def test_wrong_secret(account, run, name, document, inputs, made):
    """The service refuses the first request (EC2 with 401), and nothing was made."""
    response, log = run(document, inputs(name), AWS_SECRET_ACCESS_KEY="wrong")
    assert response["status"] == "FAILED", (response, log)
    assert response["error"]["statusCode"] == (401 if document == "ec2" else 403)
    assert name not in json.dumps(made(account.client))
