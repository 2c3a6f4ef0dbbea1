"""A whole OpenAPI 3.1 document from one service model (botocore's "service-2" form).

Order of work: refuse what is not rest-json, then operations in the order of their names, which fill the schemas; the
components come last. Keys are written in a fixed order, so that the same model gives the same document.

Not described: paginators and waiters, prefix headers (a map spread over headers), and what an endpoint rule set says
beyond the hosts of botocore's endpoints data.
"""

from .operation import Operation
from .refusal import Refusal
from .schema import Schemas
from .server import servers

PROTOCOL = "rest-json"

# What Signature Version 4 may carry; the published descriptions list it on every path, and no caller ever gives it.
SIGNATURE_HEADERS = ("X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Algorithm", "X-Amz-Credential",
                     "X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-SignedHeaders")


class Document:
    """The description of `service`; `model` and `endpoints` are botocore's data, which is only read."""

    def __init__(self, service, model, endpoints):
        self.service = service
        self.model = model
        self.endpoints = endpoints
        self.metadata = model["metadata"]
        self.schemas = Schemas(model["shapes"])

    def build(self):
        self.refuse_other_protocols()
        return {
            "openapi": "3.1.0",
            "info": self.info(),
            "servers": self.servers(),
            "security": [{"hmac": []}],
            "paths": self.paths(),
            "components": self.components(),
        }

    def refuse_other_protocols(self):
        spoken = self.metadata.get("protocols", [self.metadata["protocol"]])
        if PROTOCOL not in spoken:
            raise Refusal(f"'{self.service}' speaks {' and '.join(spoken)}; only {PROTOCOL} services can be described. "
                          "Use the description that is published for it")

    def info(self):
        name = self.metadata["endpointPrefix"]
        return {
            "title": self.metadata["serviceFullName"],
            "version": self.metadata["apiVersion"],
            "x-release": "v4",
            "x-providerName": "amazonaws.com",
            "x-serviceName": self.service,
            "x-aws-signingName": self.metadata.get("signingName", name),
            "x-aws-protocol": PROTOCOL,
            "x-aws-apiVersion": self.metadata["apiVersion"],
            "x-aws-endpointPrefix": name,
        }

    def servers(self, host_prefix=""):
        return servers(self.service, self.metadata["endpointPrefix"], self.endpoints, host_prefix)

    def paths(self):
        paths = {}
        for name, model in sorted(self.model["operations"].items()):
            operation = Operation(name, model, self.model["shapes"], self.schemas)
            self.add(paths, operation)
        for item in paths.values():
            item["parameters"] = [{"$ref": f"#/components/parameters/{header}"} for header in SIGNATURE_HEADERS]
        return dict(sorted(paths.items()))

    def add(self, paths, operation):
        """Puts an operation under its path; one that shares path and method with another gets its name as fragment."""
        key = operation.path_key()
        if operation.method() in paths.get(key, {}):
            key += ("&" if "#" in key else "#") + operation.name
        described = operation.build()
        if operation.host_prefix():
            described["servers"] = self.servers(operation.host_prefix())
        paths.setdefault(key, {})[operation.method()] = described

    def components(self):
        return {
            "parameters": {header: {"name": header, "in": "header", "required": False, "schema": {"type": "string"}}
                           for header in SIGNATURE_HEADERS},
            "securitySchemes": {"hmac": {"type": "apiKey", "name": "Authorization", "in": "header",
                                         "description": "AWS Signature Version 4",
                                         "x-amazon-apigateway-authtype": "awsSigv4"}},
            "schemas": self.schemas.components(),
        }
