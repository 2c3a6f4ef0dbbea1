"""Shapes of a model as JSON Schema 2020-12, the dialect of OpenAPI 3.1.

Every shape that something refers to becomes one entry of components/schemas, and is referred to by $ref, so that a
recursive shape needs no special case. A shape is added when it is first referred to: what only the request side uses
inline stays out of the components.
"""

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


class Schemas:
    """The components/schemas of one document, filled by what is referred to."""

    def __init__(self, shapes):
        self.shapes = shapes
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
            return {"type": "array", "items": self.ref(shape["member"]["shape"]), **bounds(shape, "list")}
        if kind == "map":
            return {"type": "object", "propertyNames": self.ref(shape["key"]["shape"]),
                    "additionalProperties": self.ref(shape["value"]["shape"]), **bounds(shape, "map")}
        return scalar(shape)

    def structure(self, shape, members):
        """An object of those members of `shape` that travel in the body."""
        if shape.get("document"):
            return {}
        body = {name: member for name, member in members.items() if "location" not in member}
        required = [wire_name(name, body[name]) for name in shape.get("required", []) if name in body]
        schema = {"type": "object"}
        if required:
            schema["required"] = required
        schema["properties"] = {wire_name(name, member): self.member(member) for name, member in body.items()}
        if shape.get("union"):
            schema |= {"minProperties": 1, "maxProperties": 1}
        return schema

    def member(self, member):
        schema = self.ref(member["shape"])
        if member.get("deprecated"):
            schema["deprecated"] = True
        return schema


def wire_name(name, member):
    return member.get("locationName", name)


def bounds(shape, kind):
    return {keyword: shape[limit] for limit, keyword in zip(("min", "max"), BOUNDS[kind]) if limit in shape}


def scalar(shape):
    kind = shape["type"]
    if kind in INTEGERS:
        return {"type": "integer", "format": INTEGERS[kind], **bounds(shape, "number")}
    if kind in NUMBERS:
        return {"type": "number", "format": NUMBERS[kind], **bounds(shape, "number")}
    if kind == "boolean":
        return {"type": "boolean"}
    if kind == "timestamp":
        return timestamp(shape)
    if kind == "blob":
        return {"type": "string", "contentEncoding": "base64", **bounds(shape, "blob")}
    return string(shape)


def timestamp(shape):
    """rest-json writes a time in a body as seconds since 1970, unless the shape says otherwise."""
    if shape.get("timestampFormat", "unixTimestamp") == "unixTimestamp":
        return {"type": "number"}
    return {"type": "string", "format": "date-time"}


def string(shape):
    schema = {"type": "string", **bounds(shape, "string")}
    if "pattern" in shape:
        schema["pattern"] = shape["pattern"]
    if "enum" in shape:
        schema["enum"] = list(shape["enum"])
    if shape.get("sensitive"):
        schema["format"] = "password"
    return schema
