"""One operation of a protocol that has one path for all operations: JSON-RPC, query, and EC2's variant of query.

As in the published descriptions the path key has a fragment that tells the operations apart, which is no part of the
URL. The operation's name travels in a required parameter that has one value: the header X-Amz-Target, or Action with
Version in the query. Of query's two methods, POST is described.
"""

from .operation import Operation


class TargetOperation(Operation):
    """JSON-RPC: the operation is named by a header."""

    def target(self):
        return f"{self.metadata['targetPrefix']}.{self.name}"

    def path_key(self):
        return f"/#X-Amz-Target={self.target()}"

    def parameters(self):
        return [constant("X-Amz-Target", "header", self.target())]

    def request_body(self):
        """A service wants an object even if nothing can be said in it."""
        schema = self.schemas.ref(self.model["input"]["shape"]) if "input" in self.model else {"type": "object"}
        return {"required": True, "content": {self.protocol.request_type: {"schema": schema}}}


class ActionOperation(Operation):
    """Query and ec2: the operation is named by a parameter."""

    def path_key(self):
        return f"/#Action={self.name}"

    def identity(self):
        return {**super().identity(), "x-aws-operation-name": self.name}

    def parameters(self):
        return [constant("Action", "query", self.name), constant("Version", "query", self.metadata["apiVersion"])]


def constant(name, place, value):
    return {"name": name, "in": place, "required": True, "schema": {"type": "string", "enum": [value]}}
