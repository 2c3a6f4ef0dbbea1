"""`arazzo policy`: what a call of an operation needs, where the resources come from, and what is told when they are not known. Needs
neither credentials nor a region nor the network: the command has no such variable here."""

import json

import pytest
import yaml

PLACE = ["--account", "123456789012", "--region", "eu-west-1"]
R = "eu-west-1:123456789012"
SIGNED = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"}


def description(service, operations, security="hmac", path="/"):
    """The operations of a service, all of them POST."""
    return {"openapi": "3.0.3", "info": {"title": service, "version": "1", "x-aws-signingName": service},
            "servers": [{"url": f"https://{service}.eu-west-1.amazonaws.com"}],
            "components": {"securitySchemes": {security: SIGNED if security == "hmac" else {
                "type": "apiKey", "name": "X-Key", "in": "header"}}},
            "security": [{security: []}],
            "paths": {f"{path}#{name}": {"post": {"operationId": name, "requestBody": {"content": {"application/json": {}}},
                                                  "responses": {}}} for name in operations}}


def step(operation, payload=None, outputs=None, **more):
    body = {"requestBody": {"contentType": "application/json", "payload": payload}} if payload is not None else {}
    return {"stepId": f"s-{operation}", "operationId": operation, **body, "outputs": outputs or {}, **more}


@pytest.fixture
def policy(arazzo, tmp_path):
    """A function: the permissions of a service's steps as pairs, and what was said."""
    def make(service, steps, *options, inputs=None, environment=None, **described):
        operations = [one["operationId"] for one in steps if "operationId" in one]
        (tmp_path / "api.yaml").write_text(json.dumps(description(service, operations, **described)))
        document = {"arazzo": "1.0.1", "info": {"title": "t", "version": "1"},
                    "sourceDescriptions": [{"name": "api", "url": "api.yaml", "type": "openapi"}],
                    "workflows": [{"workflowId": "w", "inputs": {"type": "object", "properties": inputs or {}},
                                   "steps": [{name: value for name, value in one.items() if value != {}} for one in steps]}]}
        (tmp_path / "w.yaml").write_text(yaml.safe_dump(document))
        done = arazzo("policy", tmp_path / "w.yaml", *PLACE, *options, environment=environment)
        assert done.exit_status == 0, done.stderr
        assert done.json["Version"] == "2012-10-17"
        return [(action, resource) for one in done.json["Statement"] for action in one["Action"] for resource in one["Resource"]], done
    return make


TABLE = f"arn:aws:dynamodb:{R}:table"
IAM = "arn:aws:iam::123456789012"
STRING = {"type": "string"}
CASES = {
    "by-the-name-of-a-member": ("dynamodb", [step("PutItem", {"TableName": "seats"})], [("dynamodb:PutItem", f"{TABLE}/seats")]),
    "an-arn-in-place-of-a-name": ("dynamodb", [step("GetItem", {"TableName": "arn:aws:dynamodb:us-east-1:1:table/t"})],
                                  [("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:1:table/t")]),
    "an-index": ("dynamodb", [step("Query", {"TableName": "t", "IndexName": "i"})],
                 [("dynamodb:Query", f"{TABLE}/t"), ("dynamodb:Query", f"{TABLE}/t/index/i")]),
    "another-action": ("lambda", [step("Invoke", {"FunctionName": "f"})],
                       [("lambda:InvokeFunction", f"arn:aws:lambda:{R}:function:f")]),
    "a-role-that-is-passed": ("lambda", [step("CreateFunction", {"FunctionName": "f", "Role": "arn:aws:iam::1:role/r"})],
                              [("lambda:CreateFunction", f"arn:aws:lambda:{R}:function:f"), ("iam:PassRole", "arn:aws:iam::1:role/r")]),
    "tags": ("lambda", [step("CreateFunction", {"FunctionName": "f", "Tags": {"a": "b"}})],
             [("lambda:CreateFunction", f"arn:aws:lambda:{R}:function:f"), ("lambda:TagResource", f"arn:aws:lambda:{R}:function:f")]),
    "several-values": ("ssm", [step("GetParameters", {"Names": ["/a/b", "c:live"]})],
                       [("ssm:GetParameters", f"arn:aws:ssm:{R}:parameter/a/b"), ("ssm:GetParameters", f"arn:aws:ssm:{R}:parameter/c")]),
    "members-of-a-list": ("events", [step("PutEvents", {"Entries": [{"EventBusName": "x"}, {"EventBusName": "y"}]})],
                          [("events:PutEvents", f"arn:aws:events:{R}:event-bus/x"), ("events:PutEvents", f"arn:aws:events:{R}:event-bus/y")]),
    "what-is-meant-by-nothing": ("events", [step("PutEvents", {"Entries": [{"Source": "s"}]})],
                                 [("events:PutEvents", f"arn:aws:events:{R}:event-bus/default")]),
    "a-member-that-is-not-given": ("events", [step("PutRule", {"Name": "n"})], [("events:PutRule", f"arn:aws:events:{R}:rule/n")]),
    "a-member-that-is-given": ("events", [step("PutRule", {"Name": "n", "EventBusName": "arn:aws:events:a:1:event-bus/b"})],
                               [("events:PutRule", f"arn:aws:events:{R}:rule/b/n")]),
    "the-name-in-a-url": ("sqs", [step("SendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"})],
                          [("sqs:SendMessage", f"arn:aws:sqs:{R}:q")]),
    "wildcards-of-names-are-escaped": ("s3", [step("GetObject", {"Bucket": "b", "Key": "a*b?c$d"})],
                                       [("s3:GetObject", "arn:aws:s3:::b/a${*}b${?}c${$}d")]),
    "a-version": ("s3", [step("HeadObject", {"Bucket": "b", "Key": "k", "versionId": "1"})],
                  [("s3:GetObject", "arn:aws:s3:::b/k"), ("s3:GetObjectVersion", "arn:aws:s3:::b/k")]),
    "a-copy": ("s3", [step("CopyObject", {"Bucket": "b", "Key": "k", "x-amz-copy-source": "/from/there"})],
               [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:GetObject", "arn:aws:s3:::from/there")]),
    "everywhere-says-it-all": ("ec2", [step("DescribeInstances", {"InstanceIds": ["i-1"]})], [("ec2:DescribeInstances", "*")]),
    "roles-have-paths": ("iam", [step("GetRole", {"RoleName": "r"})],
                         [("iam:GetRole", "arn:aws:iam::123456789012:role/r"), ("iam:GetRole", "arn:aws:iam::123456789012:role/*/r")]),
    "a-profile-passes-its-role": ("iam", [step("AddRoleToInstanceProfile", {"InstanceProfileName": "p", "RoleName": "r"})],
                                  [("iam:AddRoleToInstanceProfile", f"{IAM}:instance-profile/p"),
                                   ("iam:AddRoleToInstanceProfile", f"{IAM}:instance-profile/*/p"),
                                   ("iam:PassRole", f"{IAM}:role/r"), ("iam:PassRole", f"{IAM}:role/*/r")]),
    "a-group-is-changed-by-its-users": ("iam", [step("AddUserToGroup", {"GroupName": "g", "UserName": "u"})],
                                        [("iam:AddUserToGroup", f"{IAM}:group/g"), ("iam:AddUserToGroup", f"{IAM}:group/*/g")]),
    "users-have-paths": ("iam", [step("GetUser", {"UserName": "u"})],
                         [("iam:GetUser", f"{IAM}:user/u"), ("iam:GetUser", f"{IAM}:user/*/u")]),
    "a-qualifier": ("lambda", [step("Invoke", {"FunctionName": "f", "Qualifier": "live"})],
                    [("lambda:InvokeFunction", f"arn:aws:lambda:{R}:function:f:live")]),
    "a-mapping-is-no-function": ("lambda", [step("CreateEventSourceMapping", {"FunctionName": "f"})],
                                 [("lambda:CreateEventSourceMapping", "*")]),
    "a-transaction": ("dynamodb", [step("TransactWriteItems", {"TransactItems": [
        {"Put": {"TableName": "a"}}, {"Delete": {"TableName": "b"}}, {"Put": {"TableName": "c"}}]})],
        [("dynamodb:PutItem", f"{TABLE}/a"), ("dynamodb:PutItem", f"{TABLE}/c"), ("dynamodb:DeleteItem", f"{TABLE}/b")]),
    "an-image-has-snapshots": ("ec2", [step("CreateImage", {"InstanceId": "i-1", "Name": "n"})],
                               [("ec2:CreateImage", f"arn:aws:ec2:{R}:instance/i-1"), ("ec2:CreateImage", "arn:aws:ec2:eu-west-1::image/*"),
                                ("ec2:CreateImage", "arn:aws:ec2:eu-west-1::snapshot/*")]),
    "a-volume-and-an-instance": ("ec2", [step("AttachVolume", {"InstanceId": "i-1", "VolumeId": "v-1"})],
                                 [("ec2:AttachVolume", f"arn:aws:ec2:{R}:instance/i-1"), ("ec2:AttachVolume", f"arn:aws:ec2:{R}:volume/v-1")]),
    "tags-of-a-session": ("sts", [step("AssumeRole", {"RoleArn": "arn:aws:iam::1:role/r", "Tags": []})],
                          [("sts:AssumeRole", "arn:aws:iam::1:role/r"), ("sts:TagSession", "arn:aws:iam::1:role/r")]),
    "an-action-of-another-name": ("s3", [step("PutPublicAccessBlock", {"Bucket": "b"})], [("s3:PutBucketPublicAccessBlock", "arn:aws:s3:::b")]),
    "another-prefix": ("monitoring", [step("PutMetricData", {})], [("cloudwatch:PutMetricData", "*")]),
    "no-permission": ("sts", [step("GetCallerIdentity", {})], []),
    "what-a-step-made": ("states", [
        step("StartExecution", {"stateMachineArn": f"arn:aws:states:{R}:stateMachine:m"}, {"arn": "$response.body#/executionArn"}),
        step("DescribeExecution", {"executionArn": "$steps.s-StartExecution.outputs.arn"})],
        [("states:StartExecution", f"arn:aws:states:{R}:stateMachine:m"), ("states:DescribeExecution", f"arn:aws:states:{R}:execution:m:*")]),
    "a-secret-with-its-suffix": ("secretsmanager", [step("GetSecretValue", {"SecretId": f"arn:aws:secretsmanager:{R}:secret:s-AbCdEf"})],
                                 [("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{R}:secret:s-AbCdEf")]),
    "a-secret-by-its-name": ("secretsmanager", [step("GetSecretValue", {"SecretId": "s"})],
                             [("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{R}:secret:s-??????")]),
    "methods-of-api-gateway": ("apigateway", [step("GetRestApi", {})], [("apigateway:POST", "arn:aws:apigateway:eu-west-1::/1/x")]),
    "an-api-behind-api-gateway": ("execute-api", [step("anything", {})], [("execute-api:Invoke", f"arn:aws:execute-api:{R}:*")]),
    "a-service-that-is-not-in-the-table": ("textract", [step("DetectText", {})], [("textract:DetectText", "*")]),
}


@pytest.mark.parametrize("service, steps, expected", CASES.values(), ids=CASES.keys())
def test_needs(policy, service, steps, expected):
    path = "/{id}/x" if service == "apigateway" else "/"
    if service == "apigateway":
        steps = [{**one, "parameters": [{"name": "id", "in": "path", "value": "1"}]} for one in steps]
    got, _ = policy(service, steps, path=path)
    assert sorted(got) == sorted(expected)


def test_a_passed_role_is_for_its_service(policy):
    _, done = policy("lambda", [step("CreateFunction", {"FunctionName": "f", "Role": "arn:aws:iam::1:role/r"})])
    [one] = [each for each in done.json["Statement"] if each["Action"] == ["iam:PassRole"]]
    assert one["Condition"] == {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


@pytest.mark.parametrize("options, partition", [
    (["--region", "cn-north-1"], "aws-cn"), (["--region", "us-gov-west-1"], "aws-us-gov"), (["--region", "eu-west-1"], "aws"),
    ([], "aws"), (["--region", "eu-west-1", "--partition", "aws-iso-e"], "aws-iso-e"),
], ids=["china", "gov", "commercial", "nothing", "given"])
def test_the_partition_is_that_of_the_region(policy, options, partition):
    _, done = policy("dynamodb", [step("PutItem", {"TableName": "t"})], *options)
    [[resource]] = [one["Resource"] for one in done.json["Statement"]]
    assert resource.split(":")[1] == partition


def test_services_have_names_of_their_own_in_china(policy):
    _, done = policy("ec2", [step("RunInstances", {"ImageId": "i", "IamInstanceProfile": {"Name": "p"}})], "--region", "cn-north-1")
    assert [one["Condition"]["StringEquals"]["iam:PassedToService"] for one in done.json["Statement"] if "Condition" in one] == [
        "ec2.amazonaws.com", "ec2.amazonaws.com.cn"]


def test_headers_have_no_case(policy):
    tagging = {"name": "X-Amz-Tagging", "in": "header", "value": "a=b"}
    got, _ = policy("s3", [step("PutObject", {"Bucket": "b", "Key": "k"}, parameters=[tagging])])
    assert sorted(got) == [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:PutObjectTagging", "arn:aws:s3:::b/k")]


NAMED = [step("PutItem", {"TableName": "$inputs.table"})]


@pytest.mark.parametrize("options, inputs, name", [
    (["--input", "table=seats"], {"table": STRING}, "seats"),
    (["--inputs", '{"table": "seats"}'], {"table": STRING}, "seats"),
    ([], {"table": {"type": "string", "default": "usual"}}, "usual"),
    ([], {"table": STRING}, "*"),
    (["--input", "table="], {"table": STRING}, "*"),
    (["--input", "table=*"], {"table": STRING}, "${*}"),
], ids=["input", "inputs", "default", "unknown", "empty", "an-asterisk-is-a-name"])
def test_inputs(policy, options, inputs, name):
    got, done = policy("dynamodb", NAMED, *options, inputs=inputs)
    assert got == [("dynamodb:PutItem", f"{TABLE}/{name}")]
    assert ("s-PutItem: TableName is not known here" in done.stderr) == (name == "*")


def test_what_is_known_of_a_name_stays(policy):
    got, done = policy("s3", [step("PutObject", {"Bucket": "b", "Key": "logs/{$inputs.day}.txt"})], inputs={"day": STRING})
    assert got == [("s3:PutObject", "arn:aws:s3:::b/logs/*.txt")]
    assert done.stderr.count("Key is not known here") == 1


def test_the_name_alone_is_told(policy):
    _, done = policy("textract", [step("DetectText", {})])
    assert "workflow w / step s-DetectText: textract:DetectText is allowed by the operation's name alone" in done.stderr


def test_an_api_that_is_not_aws_needs_its_secret(policy):
    secrets = {"key": "api/key", "other": "/not/used", "api.key": "/by/source"}
    got, _ = policy("shop", [step("buy", {})], security="key", environment={"ARAZZO_SECRETS": json.dumps(secrets)})
    assert sorted(got) == [("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{R}:secret:api/key-??????"),
                           ("ssm:GetParameter", f"arn:aws:ssm:{R}:parameter/by/source")]


def test_nothing_of_aws_is_no_permission(policy):
    got, done = policy("shop", [step("buy", {})], security="key")
    assert got == [] and done.json["Statement"] == []


def test_twice_the_same(policy):
    steps = [step("PutItem", {"TableName": "b"}), step("GetItem", {"TableName": "a"}), step("Query", {"TableName": "b"})]
    first, other = policy("dynamodb", steps)[1], policy("dynamodb", steps[::-1])[1]
    assert first.stdout == other.stdout


def test_workflows_that_are_called(arazzo, tmp_path):
    """What a step gives a workflow reaches its resources; of a workflow that nobody calls nothing is granted with --workflow."""
    (tmp_path / "api.yaml").write_text(json.dumps(description("dynamodb", ["PutItem", "DeleteTable"])))
    put = {"stepId": "p", "operationId": "PutItem", "requestBody": {"payload": {"TableName": "$inputs.name"}}}
    drop = {"stepId": "d", "operationId": "DeleteTable", "requestBody": {"payload": {"TableName": "old"}}}
    call = {"stepId": "c", "workflowId": "callee", "parameters": [{"name": "name", "value": "$inputs.prefix"}]}
    workflows = [{"workflowId": "caller", "steps": [call]}, {"workflowId": "callee", "steps": [put]},
                 {"workflowId": "alone", "steps": [drop]}]
    (tmp_path / "w.yaml").write_text(json.dumps({
        "arazzo": "1.0.1", "info": {"title": "t", "version": "1"},
        "sourceDescriptions": [{"name": "api", "url": "api.yaml", "type": "openapi"}], "workflows": workflows}))
    done = arazzo("policy", tmp_path / "w.yaml", *PLACE, "--workflow", "caller", "--input", "prefix=x")
    assert [one["Resource"] for one in done.json["Statement"]] == [[f"{TABLE}/x"]], done.stderr
    everything = arazzo("policy", tmp_path / "w.yaml", *PLACE)
    assert "dynamodb:DeleteTable" in everything.stdout
    assert "dynamodb:DeleteTable" not in done.stdout


@pytest.mark.parametrize("arguments, exit_status, message", [
    (["--account", "12"], 2, "--account takes the 12 digits"),
    (["--partition", "moon"], 2, "--partition takes one of"),
    (["--region", 'eu-west-1", "*'], 2, "--region takes the name of a region"),
    (["--workflow", "none"], 1, "the document has no workflow 'none'"),
    (["--inputs", "[1]"], 1, "--inputs must be a JSON object"),
    (["--inputs", '{"a": [{"b": "\\u0001"}]}'], 1, "an input holds the control character U+0001"),
], ids=["account", "partition", "region", "workflow", "inputs", "a-wildcard-in-disguise"])
def test_refused(arazzo, arguments, exit_status, message):
    document = "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
    done = arazzo("policy", document, *arguments)
    assert (done.exit_status, done.stdout) == (exit_status, "")
    assert message in done.stderr
