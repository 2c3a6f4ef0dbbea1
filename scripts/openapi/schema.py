"""Shapes of a model as JSON Schema 2020-12, the dialect of OpenAPI 3.1.

Every shape that something refers to becomes one entry of components/schemas, and is referred to by $ref, so that a
recursive shape needs no special case. A shape is added when it is first referred to: what only the request side uses
inline stays out of the components.

In the JSON protocols a property is called as it is on the wire. In the XML protocols it is called as in the model, and
xml.name (beside the $ref, which OpenAPI 3.1 allows) has the name of the element where it is another; see xml_form.py.
"""

from . import xml_form

INTEGERS = {"integer": "int32", "long": "int64"}
NUMBERS = {"float": "float", "double": "double"}

# The keyword that botocore's min and max mean depends on the kind of shape.
BOUNDS = {
    "string": ("minLength", "maxLength"),
    "blob": ("minLength", "maxLength"),
    "list": ("minItems", "maxItems"),
    "map": ("minProperties", "maxProperties"),
    "number": ("minimum", "maximum"),
}

# http-date is OpenAPI's name for the dates of HTTP headers.
TIMES = {
    "unixTimestamp": {"type": "number"},
    "iso8601": {"type": "string", "format": "date-time"},
    "rfc822": {"type": "string", "format": "http-date"},
}


class Schemas:
    """The components/schemas of one document, filled by what is referred to."""

    def __init__(self, shapes, protocol):
        self.shapes = shapes
        self.protocol = protocol
        self.wanted = {}

    def ref(self, name):
        """A $ref to shape `name`, which from now on is part of the components."""
        self.wanted.setdefault(name, None)
        return {"$ref": f"#/components/schemas/{name}"}

    def components(self):
        """All shapes referred to, directly or by one another, in the order of their names."""
        while missing := [name for name, schema in self.wanted.items() if schema is None]:
            for name in missing:
                self.wanted[name] = self.schema(name)
        return dict(sorted(self.wanted.items()))

    def schema(self, name):
        """Shape `name` itself, its parts as $ref."""
        shape = self.shapes[name]
        kind = shape["type"]
        if kind == "structure":
            return self.structure(shape, shape["members"])
        if kind == "list":
            return self.list(shape, xml_form.wrapped_list(shape) if self.protocol.is_xml else {})
        if kind == "map":
            schema = {"type": "object", "propertyNames": self.ref(shape["key"]["shape"]),
                      "additionalProperties": self.ref(shape["value"]["shape"]), **bounds(shape, "map")}
            return {**schema, **xml_form.map_entries(shape)} if self.protocol.is_xml else schema
        return scalar(shape, self.protocol.time)

    def list(self, shape, notes):
        """An array; `notes` are what xml_form.py says of it and of its items."""
        items = {**self.ref(shape["member"]["shape"]), **notes.get("items", {})}
        return {"type": "array", "items": items, **bounds(shape, "list"), **notes.get("list", {})}

    def structure(self, shape, members):
        """An object of those members of `shape` that travel in the body."""
        if shape.get("document"):
            return {}
        body = {name: member for name, member in members.items() if "location" not in member}
        required = [self.property_name(name, body[name]) for name in shape.get("required", []) if name in body]
        schema = {"type": "object"}
        if required:
            schema["required"] = required
        schema["properties"] = {self.property_name(name, member): self.member(name, member, shape)
                                for name, member in body.items()}
        if shape.get("union"):
            schema |= {"minProperties": 1, "maxProperties": 1}
        return schema

    def property_name(self, name, member):
        return name if self.protocol.is_xml else wire_name(name, member)

    def member(self, name, member, owner):
        schema = self.xml_member(name, member, owner) if self.protocol.is_xml else self.ref(member["shape"])
        if member.get("deprecated"):
            schema["deprecated"] = True
        return schema

    def xml_member(self, name, member, owner):
        """A flattened list stands in its place, because the name of its items is the member's."""
        shape = self.shapes[member["shape"]]
        if shape["type"] == "list" and xml_form.is_flattened(shape, member):
            return self.list(shape, xml_form.flattened_list(name, shape, member))
        return {**self.ref(member["shape"]), **xml_form.member(name, shape, member, owner)}

    def parameter(self, member):
        """The schema of a member that travels outside the body, where times are written in another way."""
        shape = self.shapes[member["shape"]]
        if shape["type"] == "timestamp" and "timestampFormat" not in shape:
            return dict(TIMES["rfc822" if member["location"] == "header" else "iso8601"])
        return self.ref(member["shape"])


def wire_name(name, member):
    return member.get("locationName", name)


def bounds(shape, kind):
    return {keyword: shape[limit] for limit, keyword in zip(("min", "max"), BOUNDS[kind]) if limit in shape}


def scalar(shape, time):
    kind = shape["type"]
    if kind in INTEGERS:
        return {"type": "integer", "format": INTEGERS[kind], **bounds(shape, "number")}
    if kind in NUMBERS:
        return {"type": "number", "format": NUMBERS[kind], **bounds(shape, "number")}
    if kind == "boolean":
        return {"type": "boolean"}
    if kind == "timestamp":
        return dict(TIMES[shape.get("timestampFormat", time)])
    if kind == "blob":
        return {"type": "string", "contentEncoding": "base64", **bounds(shape, "blob")}
    return string(shape)


def string(shape):
    schema = {"type": "string", **bounds(shape, "string")}
    if "pattern" in shape:
        schema["pattern"] = shape["pattern"]
    if "enum" in shape:
        schema["enum"] = list(shape["enum"])
    if shape.get("sensitive"):
        schema["format"] = "password"
    return schema
