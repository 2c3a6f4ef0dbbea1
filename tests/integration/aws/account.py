"""An account of AWS in moto's server that checks signatures, and boto3 clients to look into it.

moto lets the first calls pass unsigned, so that a user with a key and a policy can be made; from then on it recomputes
Signature Version 4 with botocore's code, and answers 403 to whoever has the wrong secret. A GET is verified only when
x-amz-content-sha256 is sent and signed, so the clients here send it, as the engine does.
"""

import hashlib
import json

import boto3
from botocore.config import Config
from moto_server import MotoServer

REGION = "eu-west-1"
# create_user, create_access_key, create_policy, attach_user_policy, and the two calls that use the rest up.
CALLS_BEFORE_SIGNATURES = 6
# S3 takes 5 MiB as the least for all parts but the last one.
PART_BYTES = 5000
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class Account:
    def __init__(self, program):
        self._server = MotoServer(program, {"INITIAL_NO_AUTH_ACTION_COUNT": str(CALLS_BEFORE_SIGNATURES),
                                            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                                            "S3_UPLOAD_PART_MIN_SIZE": str(PART_BYTES)},
                                  {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}})
        self._key = {"AccessKeyId": "first", "SecretAccessKey": "first"}
        self.url = self._server.url

    def __enter__(self):
        self._server.__enter__()
        try:
            self._make_user()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._server.__exit__()

    def _make_user(self):
        iam = self.client("iam")
        iam.create_user(UserName="deployer")
        self._key = iam.create_access_key(UserName="deployer")["AccessKey"]
        policy = iam.create_policy(PolicyName="everything", PolicyDocument=json.dumps(EVERYTHING))["Policy"]["Arn"]
        iam.attach_user_policy(UserName="deployer", PolicyArn=policy)
        for _ in range(2):
            self.client("iam").list_users()

    def environment(self, **more):
        """The variables that tell a program to work in this account."""
        return {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": self._key["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": self._key["SecretAccessKey"], "AWS_SESSION_TOKEN": None, **more}

    def client(self, service):
        """A boto3 client of this account."""
        client = boto3.client(service, endpoint_url=self.url, region_name=REGION,
                              aws_access_key_id=self._key["AccessKeyId"],
                              aws_secret_access_key=self._key["SecretAccessKey"],
                              config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}))
        client.meta.events.register("before-sign.*.*", _name_digest)
        return client


def _name_digest(request, **_):
    body = request.body or b""
    if isinstance(body, (bytes, str)) and "X-Amz-Content-SHA256" not in request.headers:
        data = body if isinstance(body, bytes) else body.encode()
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(data).hexdigest()
