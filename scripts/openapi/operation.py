"""One operation of a model as an OpenAPI path and Operation Object; rpc.py has what differs without paths.

Peculiarities of the published descriptions that are kept:
- A path key ends in a fragment of the required query parameters ("/GetImage#imageBuildVersionArn"). It is not part of
  the URL; it keeps two operations apart that share a path and a method.
- A constant query of the model stays in the path key ("/tags?operation=untag"), and a greedy label its plus ("{Key+}").
- Errors stand under the statuses 480, 481 ... in the order of the model, because OpenAPI can't list two under one.

Not described: prefix headers, such as S3's x-amz-meta-*. They are a map spread over headers, for which OpenAPI has no
parameter; a step may give each such header by its own name.
"""

from . import xml_form
from .schema import wire_name

FIRST_ERROR_STATUS = 480
LAST_STATUS = 599
PLACES = {"uri": "path", "querystring": "query", "header": "header"}
BYTES = "application/octet-stream"
TEXT = "text/plain"
NOTHING = {"type": "structure", "members": {}}


class Operation:
    """Reads one entry of a model's operations."""

    def __init__(self, name, document):
        self.name = name
        self.model = document.model["operations"][name]
        self.metadata = document.metadata
        self.protocol = document.protocol
        self.shapes = document.model["shapes"]
        self.schemas = document.schemas
        self.input = self.shape("input")

    def shape(self, side):
        return self.shapes[self.model[side]["shape"]] if side in self.model else NOTHING

    def obstacle(self):
        """Why this operation can not be described; empty for nearly all."""
        if "{" in self.host_prefix():
            return f"puts an input into the host name ({self.host_prefix()})"
        for side in ("input", "output"):
            if any(self.shapes[member["shape"]].get("eventstream") for member in self.shape(side)["members"].values()):
                return f"its {side} is an event stream"
        if len(self.model.get("errors", [])) > LAST_STATUS - FIRST_ERROR_STATUS + 1:
            return f"has more than {LAST_STATUS - FIRST_ERROR_STATUS + 1} errors, and no statuses are left for them"
        return ""

    def method(self):
        return self.model["http"]["method"].lower()

    def path_key(self):
        """The path of the model, with the fragment of the required query parameters."""
        required = [wire_name(name, self.input["members"][name]) for name in self.input.get("required", [])
                    if self.input["members"][name].get("location") == "querystring"]
        return self.model["http"]["requestUri"] + ("#" + "&".join(required) if required else "")

    def host_prefix(self):
        """What goes before the host for this operation only; empty for nearly all."""
        return self.model.get("endpoint", {}).get("hostPrefix", "")

    def build(self):
        operation = self.identity()
        if self.model.get("deprecated"):
            operation["deprecated"] = True
        if self.model.get("authtype") == "none":
            operation["security"] = []
        operation["parameters"] = self.parameters()
        body = self.request_body()
        if body is not None:
            operation["requestBody"] = body
        operation["responses"] = self.responses()
        return operation

    def identity(self):
        """The name; and that the service wants a digest of the body, which the model says in two ways."""
        checksum = self.model.get("httpChecksumRequired") or \
            self.model.get("httpChecksum", {}).get("requestChecksumRequired")
        return {"operationId": self.name, **({"x-aws-checksumRequired": True} if checksum else {})}

    def parameters(self):
        return [self.parameter(name, member) for name, member in self.input["members"].items()
                if member.get("location") in PLACES]

    def parameter(self, name, member):
        place = PLACES[member["location"]]
        parameter = {"name": self.parameter_name(name, member), "in": place,
                     "required": place == "path" or name in self.input.get("required", [])}
        if member.get("deprecated"):
            parameter["deprecated"] = True
        return {**parameter, "schema": self.schemas.parameter(member)}

    def parameter_name(self, name, member):
        """A greedy label keeps its plus, so that the parameter is called as the path's template is."""
        wire = wire_name(name, member)
        greedy = member["location"] == "uri" and f"{{{wire}+}}" in self.model["http"]["requestUri"]
        return wire + "+" if greedy else wire

    def request_body(self):
        """The Request Body Object; None where nothing of the input travels in the body."""
        payload = self.input.get("payload")
        if payload:
            content = self.payload_content(self.input["members"][payload], self.protocol.request_type)
            return {"required": payload in self.input.get("required", []), "content": content}
        schema = self.schemas.structure(self.input, self.input["members"])
        if not schema.get("properties"):
            return None
        if self.protocol.name == "rest-xml":
            schema |= xml_form.root(self.model["input"], self.input, self.model["input"]["shape"])
        return {"required": bool(schema.get("required")), "content": {self.protocol.request_type: {"schema": schema}}}

    def payload_content(self, member, media_type):
        """The body is one member: by its schema if it has a structure, else bytes or text as they are."""
        shape = self.shapes[member["shape"]]
        if shape["type"] == "blob":
            return {BYTES: {"schema": {"type": "string", "format": "binary"}}}
        if shape["type"] == "string":
            return {TEXT: {"schema": {"type": "string"}}}
        notes = xml_form.root(member, shape, member["shape"]) if self.protocol.is_xml else {}
        return {media_type: {"schema": {**self.schemas.ref(member["shape"]), **notes}}}

    def responses(self):
        status = self.model["http"].get("responseCode", 200)
        responses = {str(status): self.success()}
        for index, error in enumerate(self.model.get("errors", [])):
            responses[str(FIRST_ERROR_STATUS + index)] = self.error(error["shape"])
        return responses

    def error(self, name):
        return {"description": name, "content": {self.protocol.response_type: {"schema": self.schemas.ref(name)}}}

    def success(self):
        response = {"description": "Success"}
        if "output" not in self.model:
            return response
        name = self.model["output"]["shape"]
        shape = self.shapes[name]
        headers = {wire_name(key, member): {"schema": self.schemas.parameter(member)}
                   for key, member in shape["members"].items() if member.get("location") == "header"}
        if headers:
            response["headers"] = headers
        if "payload" in shape:
            response["content"] = self.payload_content(shape["members"][shape["payload"]], self.protocol.response_type)
        else:
            response["content"] = {self.protocol.response_type: {"schema": self.schemas.ref(name)}}
        return response
