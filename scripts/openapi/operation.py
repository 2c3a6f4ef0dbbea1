"""One operation of a model as an OpenAPI path and Operation Object.

Peculiarities of the published descriptions that are kept:
- A path key ends in a fragment of the required query parameters ("/GetImage#imageBuildVersionArn"). It is not part of
  the URL; it keeps two operations apart that share a path and a method.
- A constant query of the model stays in the path key ("/tags?operation=untag"), and a greedy label its plus ("{Key+}").
- Errors stand under the statuses 480, 481 ... in the order of the model, because OpenAPI can't list two under one.
"""

from .refusal import Refusal
from .schema import wire_name

FIRST_ERROR_STATUS = 480
LAST_STATUS = 599
PLACES = {"uri": "path", "querystring": "query", "header": "header"}
JSON = "application/json"
BYTES = "application/octet-stream"
EVENTS = "application/vnd.amazon.eventstream"


class Operation:
    """Reads one entry of a model's operations."""

    def __init__(self, name, model, shapes, schemas):
        self.name = name
        self.model = model
        self.shapes = shapes
        self.schemas = schemas
        self.input = shapes[model["input"]["shape"]] if "input" in model else {"type": "structure", "members": {}}

    def method(self):
        return self.model["http"]["method"].lower()

    def path_key(self):
        """The path of the model, with the fragment of the required query parameters."""
        required = [wire_name(name, self.input["members"][name]) for name in self.input.get("required", [])
                    if self.input["members"][name].get("location") == "querystring"]
        return self.model["http"]["requestUri"] + ("#" + "&".join(required) if required else "")

    def host_prefix(self):
        """What goes before the host for this operation only; empty for nearly all."""
        prefix = self.model.get("endpoint", {}).get("hostPrefix", "")
        if "{" in prefix:
            raise Refusal(f"operation {self.name} puts an input into the host name ({prefix}): OpenAPI has no "
                          "parameter for that, so this service can not be described")
        return prefix

    def build(self):
        operation = {"operationId": self.name}
        if self.model.get("deprecated"):
            operation["deprecated"] = True
        operation["parameters"] = self.parameters()
        body = self.request_body()
        if body is not None:
            operation["requestBody"] = body
        operation["responses"] = self.responses()
        return operation

    def parameters(self):
        return [self.parameter(name, member) for name, member in self.input["members"].items()
                if member.get("location") in PLACES]

    def parameter(self, name, member):
        place = PLACES[member["location"]]
        parameter = {"name": wire_name(name, member), "in": place,
                     "required": place == "path" or name in self.input.get("required", [])}
        if member.get("deprecated"):
            parameter["deprecated"] = True
        return {**parameter, "schema": self.schemas.ref(member["shape"])}

    def request_body(self):
        """The Request Body Object; None where nothing of the input travels in the body."""
        payload = self.input.get("payload")
        if payload:
            content = self.payload_content(self.input["members"][payload])
            return {"required": payload in self.input.get("required", []), "content": content}
        schema = self.schemas.structure(self.input, self.input["members"])
        if not schema.get("properties"):
            return None
        return {"required": bool(schema.get("required")), "content": {JSON: {"schema": schema}}}

    def payload_content(self, member):
        """The body is one member: JSON if it has a structure, else bytes as they are."""
        shape = self.shapes[member["shape"]]
        if shape.get("eventstream"):
            return {EVENTS: {"schema": self.schemas.ref(member["shape"])}}
        if shape["type"] in ("blob", "string"):
            return {BYTES: {"schema": {"type": "string"}}}
        return {JSON: {"schema": self.schemas.ref(member["shape"])}}

    def responses(self):
        status = self.model["http"].get("responseCode", 200)
        responses = {str(status): self.success()}
        for index, error in enumerate(self.model.get("errors", [])):
            responses[str(self.error_status(index))] = self.error(error["shape"])
        return responses

    def error_status(self, index):
        status = FIRST_ERROR_STATUS + index
        if status > LAST_STATUS:
            raise Refusal(f"operation {self.name} has more than {LAST_STATUS - FIRST_ERROR_STATUS + 1} errors: there "
                          "are no statuses left to list them under")
        return status

    def error(self, name):
        return {"description": name, "content": {JSON: {"schema": self.schemas.ref(name)}}}

    def success(self):
        response = {"description": "Success"}
        if "output" not in self.model:
            return response
        name = self.model["output"]["shape"]
        shape = self.shapes[name]
        headers = {wire_name(key, member): {"schema": self.schemas.ref(member["shape"])}
                   for key, member in shape["members"].items() if member.get("location") == "header"}
        if headers:
            response["headers"] = headers
        if "payload" in shape:
            response["content"] = self.payload_content(shape["members"][shape["payload"]])
        else:
            response["content"] = {JSON: {"schema": self.schemas.ref(name)}}
        return response
