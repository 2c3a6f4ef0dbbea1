"""Services that speak JSON-RPC, their operation named by X-Amz-Target: what a run leaves behind, seen by boto3."""

import base64
import json

import pytest

ROLE = "arn:aws:iam::123456789012:role/machine"


def test_dynamodb(account, outputs, name):
    """The second guest asks for a seat that is taken."""
    first = outputs("dynamodb", {"table": name, "seat": "12 B", "guest": "Ωλγα"})
    assert first == {"table": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{name}", "guest": "Ωλγα", "row": "1",
                     "refusals": "0"}
    second = outputs("dynamodb", {"table": name, "seat": "12 B", "guest": "Max", "row": 2})
    assert second == {**first, "refusals": "1"}
    items = account.client("dynamodb").scan(TableName=name)["Items"]
    assert items == [{"seat": {"S": "12 B"}, "guest": {"S": "Ωλγα"}, "row": {"N": "1"}, "refusals": {"N": "1"}}]


def test_secretsmanager(account, run, name):
    old, new = "old 'pass' word ✓", 'new "pass\\word" ✓'
    response, log = run("secretsmanager", {"name": name, "oldPassword": old, "newPassword": new})
    assert response["status"] == "SUCCEEDED", response
    found = response["outputs"]
    assert found["stages"] == {found["second"]: ["AWSCURRENT"], found["first"]: ["AWSPREVIOUS"]}
    client = account.client("secretsmanager")
    assert client.get_secret_value(SecretId=name)["SecretString"] == new
    assert client.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"] == old
    assert "pass" not in log.replace("change-password", "").replace("Password", "")


def test_kinesis(account, outputs, name):
    data = base64.b64encode(bytes(range(256))).decode()
    found = outputs("kinesis", {"stream": name, "data": data})
    arn = f"arn:aws:kinesis:eu-west-1:123456789012:stream/{name}"
    assert found == {"arn": arn, "shards": 2, "data": data}
    assert account.client("kinesis").describe_stream_summary(StreamName=name)["StreamDescriptionSummary"][
        "StreamStatus"] == "ACTIVE"


def test_events(account, outputs, name):
    """The order reaches the queue, the complaint does not."""
    queues = account.client("sqs")
    queue = queues.create_queue(QueueName=name)["QueueUrl"]
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{name}"
    order = {"id": 7, "what": 'tea "green"'}
    found = outputs("events", {"bus": name, "queueArn": arn, "order": order})
    [message] = queues.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    event = json.loads(message["Body"])
    assert (event["id"], event["detail-type"], event["detail"]) == (found["event"], "order", order)
    [target] = account.client("events").list_targets_by_rule(Rule="orders", EventBusName=name)["Targets"]
    assert target == {"Id": "queue", "Arn": arn}


def test_ssm(account, run, name):
    path = f"/app/{name}"
    response, log = run("ssm", {"path": path, "colour": "grün + blau", "key": "hidden-key-value"})
    assert response["status"] == "SUCCEEDED", (response, log)
    assert response["outputs"] == {"version": 1, "deleted": [f"{path}/old"], "unknown": [f"{path}/never"]}
    client = account.client("ssm")
    found = client.get_parameters_by_path(Path=path, WithDecryption=True)["Parameters"]
    assert {one["Name"]: (one["Type"], one["Value"]) for one in found} == {
        f"{path}/colour": ("String", "grün + blau"), f"{path}/key": ("SecureString", "hidden-key-value")}
    assert "hidden-key-value" not in log


def test_sqs(account, outputs, name):
    text = "a & b <c> \n\t'd' \"e\" ✓"
    found = outputs("sqs", {"queue": name, "text": text})
    assert (found["text"], found["weight"], found["left"]) == (text, "7", "1")
    client = account.client("sqs")
    [message] = client.receive_message(QueueUrl=found["queue"])["Messages"]
    assert message["Body"] == "stays"
    assert client.list_queue_tags(QueueUrl=found["queue"])["Tags"] == {"kind": "example"}


def test_stepfunctions(account, outputs, name):
    order = {"id": 7, "what": "tea"}
    found = outputs("stepfunctions", {"name": name, "roleArn": ROLE, "order": order})
    assert found["status"] == "SUCCEEDED"
    assert json.loads(found["result"]) == {**order, "accepted": True}
    machines = account.client("stepfunctions").list_state_machines()["stateMachines"]
    assert name not in [machine["name"] for machine in machines]


@pytest.mark.parametrize("document, inputs, made", [
    ("dynamodb", {"table": "{}", "seat": "1", "guest": "Max"}, lambda aws: aws("dynamodb").list_tables()["TableNames"]),
    ("secretsmanager", {"name": "{}", "oldPassword": "old", "newPassword": "new"},
     lambda aws: [one["Name"] for one in aws("secretsmanager").list_secrets()["SecretList"]]),
    ("kinesis", {"stream": "{}", "data": ""}, lambda aws: aws("kinesis").list_streams()["StreamNames"]),
    ("sqs", {"queue": "{}", "text": "x"},
     lambda aws: [url.rpartition("/")[2] for url in aws("sqs").list_queues().get("QueueUrls", [])]),
], ids=["dynamodb", "secretsmanager", "kinesis", "sqs"])
def test_wrong_secret(account, run, name, document, inputs, made):
    """The service refuses the first request, and nothing was made."""
    response, _ = run(document, {key: value.format(name) for key, value in inputs.items()},
                      AWS_SECRET_ACCESS_KEY="wrong")
    assert (response["status"], response["error"]["statusCode"]) == ("FAILED", 403)
    assert name not in made(account.client)
