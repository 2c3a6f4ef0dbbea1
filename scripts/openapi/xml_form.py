"""How shapes are written as XML, in the words of OpenAPI's XML Object.

- A list has an element of its own ("wrapped") around its items, which are called `member` unless the model names them.
  A flattened list has none: each item is called as the list is.
- A map is a list of entries, which OpenAPI can not say: `x-aws-map` has the names of an entry, its key and its value.
  A flattened map has no `entry`, because its entries are called as the map is.
- EC2's requests have names of their own: the element's name with its first letter in upper case, or the one that stands
  in `x-aws-queryName`. Its lists are never wrapped in requests and always in answers, whatever the model says.
"""

MEMBER = "member"


def is_flattened(shape, member):
    return bool(shape.get("flattened") or member.get("flattened"))


def element_name(name, shape, member):
    """What the element of a member is called; the shape may name it, too."""
    return member.get("locationName") or shape.get("locationName") or name


def wrapped_list(shape):
    return {"items": {"xml": {"name": shape["member"].get("locationName", MEMBER)}}, "list": {"xml": {"wrapped": True}}}


def flattened_list(name, shape, member):
    """For OpenAPI the name of the items counts; the list has it, too, for whoever looks for a property's element."""
    item = shape["member"].get("locationName") or element_name(name, shape, member)
    words = {} if item == name else {"name": item}
    return {"items": {"xml": {"name": item}}, "list": {"xml": {**words, "wrapped": False}}}


def map_entries(shape):
    names = {"key": shape["key"].get("locationName", "key"), "value": shape["value"].get("locationName", "value")}
    return {"x-aws-map": names if shape.get("flattened") else {"entry": "entry", **names}}


def member(name, shape, model, owner):
    """What stands beside the $ref of a property."""
    notes = {}
    words = {**element_words(name, shape, model, owner), **namespace(model)}
    if words:
        notes["xml"] = words
    if "queryName" in model:
        notes["x-aws-queryName"] = model["queryName"]
    return notes


def element_words(name, shape, model, owner):
    """Name, prefix and kind; "xsi:type" takes the namespace of its prefix from the structure that it is part of."""
    prefix, _, local = element_name(name, shape, model).rpartition(":")
    words = {} if local == name else {"name": local}
    if prefix:
        words["prefix"] = prefix
        declared = owner.get("xmlNamespace", {})
        if declared.get("prefix") == prefix:
            words["namespace"] = declared["uri"]
    if model.get("xmlAttribute"):
        words["attribute"] = True
    return words


def namespace(model):
    declared = model.get("xmlNamespace")
    return {"namespace": declared if isinstance(declared, str) else declared["uri"]} if declared else {}


def root(model, shape, otherwise):
    """The XML Object of a whole body: the member or the operation's input names the root, or the shape does."""
    name = model.get("locationName") or shape.get("locationName") or otherwise
    return {"xml": {"name": name, **namespace(model)}}
