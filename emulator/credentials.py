"""The access keys that the emulator knows, and which of them a scenario has let expire."""

import base64
import dataclasses
import secrets
import threading


@dataclasses.dataclass
class Credentials:
    access_key: str
    secret_key: str
    token: str = None
    expired: bool = False

    def environment(self):
        """The variables that AWS's SDKs and Lambda use for them."""
        names = {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}
        return {**names, "AWS_SESSION_TOKEN": self.token} if self.token else names

    def boto3(self):
        """Keyword arguments for boto3.client."""
        return {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret_key,
                "aws_session_token": self.token}


class CredentialStore:
    def __init__(self):
        self._lock = threading.Lock()
        self._by_key = {}
        self.role = self.create()

    def create(self, session=True):
        """New credentials: of a role session (with token), or of a user (without)."""
        key = ("ASIA" if session else "AKIA") + base64.b32encode(secrets.token_bytes(10)).decode()
        # A real token is base64 with '+', '/' and '=': characters that a wrong encoder breaks.
        token = "IQoJb3JpZ2luX2VjE+/" + base64.b64encode(secrets.token_bytes(205)).decode() if session else None
        made = Credentials(key, base64.b64encode(secrets.token_bytes(30)).decode(), token)
        with self._lock:
            self._by_key[key] = made
        return made

    def find(self, access_key):
        with self._lock:
            return self._by_key.get(access_key)

    def expire(self, access_key=None):
        """From now on this key's token (default: the role's) is answered with ExpiredTokenException."""
        self._named(access_key).expired = True

    def renew(self, access_key=None):
        """Take an `expire` back."""
        self._named(access_key).expired = False

    def renew_all(self):
        with self._lock:
            for known in self._by_key.values():
                known.expired = False

    def _named(self, access_key):
        found = self.find(access_key or self.role.access_key)
        if found is None:
            raise ValueError(f"no credentials with the access key {access_key!r}")
        return found
