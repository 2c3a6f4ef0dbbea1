"""A whole OpenAPI 3.1 document from one service model (botocore's "service-2" form).

Order of work: choose the protocol, then operations in the order of their names, which fill the schemas; the components
come last. Keys are written in a fixed order, so that the same model gives the same document. An operation that can not
be described is left out, and `x-aws-omitted` in `info` says why; a service without any other is refused.

Not described: paginators and waiters, prefix headers (a map spread over headers), and what an endpoint rule set says
beyond the hosts of botocore's endpoints data.
"""

from . import protocol
from .operation import Operation
from .refusal import Refusal
from .rpc import ActionOperation, TargetOperation
from .schema import Schemas
from .server import servers

OPERATIONS = {"rest-json": Operation, "rest-xml": Operation, "json": TargetOperation, "query": ActionOperation,
              "ec2": ActionOperation}

# What Signature Version 4 may carry; the published descriptions list it on every path, and no caller ever gives it.
SIGNATURE_HEADERS = ("X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Algorithm", "X-Amz-Credential",
                     "X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-SignedHeaders")

SIGNATURE_SCHEME = {"hmac": {"type": "apiKey", "name": "Authorization", "in": "header",
                             "description": "AWS Signature Version 4", "x-amazon-apigateway-authtype": "awsSigv4"}}
BEARER_SCHEME = {"bearer": {"type": "http", "scheme": "bearer"}}


class Document:
    """The description of `service`; `model` and `endpoints` are botocore's data, which is only read.

    `only` names the operations that are wanted; None means all.
    """

    def __init__(self, service, model, endpoints, only=None):
        self.service = service
        self.model = model
        self.endpoints = endpoints
        self.metadata = model["metadata"]
        self.protocol = protocol.of_service(service, self.metadata)
        self.schemas = Schemas(model["shapes"], self.protocol)
        self.omitted = {}
        self.operations = self.choose(only)

    def choose(self, only):
        """The operations to describe, by name; fills `omitted` with the others that were asked for."""
        described = []
        for name in sorted(self.wanted(only)):
            operation = OPERATIONS[self.protocol.name](name, self)
            if obstacle := operation.obstacle():
                self.omitted[name] = obstacle
            else:
                described.append(operation)
        if not described:
            raise Refusal(f"no operation of '{self.service}' can be described: "
                          + "; ".join(f"{name} {reason}" for name, reason in self.omitted.items()))
        return described

    def wanted(self, only):
        """All names, or those of `only`, each of which must be there."""
        known = self.model["operations"]
        unknown = sorted(set(only or ()) - set(known))
        if unknown:
            raise Refusal(f"'{self.service}' has no operation {', '.join(unknown)}: it has {', '.join(sorted(known))}")
        return known if only is None else only

    def build(self):
        return {
            "openapi": "3.1.0",
            "info": self.info(),
            "servers": self.servers(),
            "security": [{name: []} for name in self.scheme()],
            "paths": self.paths(),
            "components": self.components(),
        }

    def info(self):
        name = self.metadata["endpointPrefix"]
        info = {
            "title": self.metadata["serviceFullName"],
            "version": self.metadata["apiVersion"],
            "x-release": "v4",
            "x-providerName": "amazonaws.com",
            "x-serviceName": self.service,
            "x-aws-signingName": self.metadata.get("signingName", name),
            "x-aws-serviceId": self.metadata["serviceId"],
            "x-aws-protocol": self.protocol.name,
            "x-aws-apiVersion": self.metadata["apiVersion"],
            "x-aws-endpointPrefix": name,
        }
        if self.protocol.name == "json":
            info["x-aws-jsonVersion"] = self.metadata["jsonVersion"]
        if self.omitted:
            info["x-aws-omitted"] = self.omitted
        return info

    def scheme(self):
        return BEARER_SCHEME if self.metadata.get("signatureVersion") == "bearer" else SIGNATURE_SCHEME

    def servers(self, host_prefix=""):
        return servers(self.service, self.metadata["endpointPrefix"], self.endpoints, host_prefix)

    def paths(self):
        paths = {}
        for operation in self.operations:
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
            "securitySchemes": self.scheme(),
            "schemas": self.schemas.components(),
        }
