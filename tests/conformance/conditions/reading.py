"""A second reading of jsonpath conditions, as published documents write them: small, slow, and made apart from the C code.

A condition becomes a tree of tuples; `holds` says whether it is true of a body. It knows what the published conditions need:
paths of names, indexes and one filter, comparisons, .length, contains, empty, && and ||, and runtime expressions bare or in
quotes. What it does not know is a SyntaxError, so that a condition is either understood or counted as not judged.
"""

import re

ABSENT = object()

TOKEN = re.compile(r"""\s*(?:
    (?P<expression>\$(?:inputs|steps)\.[A-Za-z0-9_.-]*[A-Za-z0-9_])
  | (?P<path>[$@](?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\]|\[\?\((?:[^()'"]|'[^']*'|"[^"]*")*\)\])*)
  | (?P<operator>==|!=|<=|>=|<|>|&&|\|\|)
  | (?P<text>'[^'\\]*'|"[^"\\]*")
  | (?P<number>-?\d+(?:\.\d+)?)
  | (?P<word>[a-z]+)
)""", re.X)

STEP = re.compile(r"""\.(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\[(?P<index>\d+)\]|\[\?\((?P<filter>.*)\)\]""")


def tokens(text):
    found, at = [], 0
    while at < len(text.rstrip()):
        match = TOKEN.match(text, at)
        if not match or match.end() == at:
            raise SyntaxError(f"{text!r} at {at}")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


def steps_of(text):
    """The steps of a path: ("name", n), ("index", i), ("filter", tree)."""
    steps, at = [], 1
    while at < len(text):
        end = text.index(")]", at) + 2 if text.startswith("[?(", at) else len(text)
        match = STEP.match(text, at, end)
        if not match:
            raise SyntaxError(f"{text!r} at {at}")
        if match["name"] is not None:
            steps.append(("name", match["name"]))
        elif match["index"] is not None:
            steps.append(("index", int(match["index"])))
        else:
            steps.append(("filter", parse(match["filter"])))
        at = match.end()
    return steps


def operand(kind, text):
    if kind == "path":
        steps = steps_of(text)
        if steps and steps[-1] == ("name", "length"):
            return ("length", steps[:-1])
        return ("path", steps)
    if kind == "expression":
        return ("expression", text[1:].split("."))
    if kind == "text":
        inside = text[1:-1]
        is_expression = inside.startswith("$") and TOKEN.fullmatch(inside) and TOKEN.fullmatch(inside)["expression"]
        return ("quoted", inside[1:].split(".")) if is_expression else ("literal", inside)
    if kind == "number":
        return ("literal", float(text) if "." in text else int(text))
    if kind == "word" and text in ("true", "false", "null"):
        return ("literal", {"true": True, "false": False, "null": None}[text])
    raise SyntaxError(text)


def part(row):
    """One comparison, contains, empty, or test, off the front of the row."""
    left = operand(*row.pop(0))
    kind, text = row[0] if row else (None, None)
    if kind == "operator" and text not in ("&&", "||"):
        row.pop(0)
        return ("compare", text, left, operand(*row.pop(0)))
    if (kind, text) in (("word", "contains"), ("word", "empty")):
        row.pop(0)
        return (text, left, operand(*row.pop(0)))
    if left[0] == "length":  # as a test of its own it is the member
        left = ("path", left[1] + [("name", "length")])
    if left[0] != "path":
        raise SyntaxError(str(left))
    return ("exists", left)


def chain(row, operator, read):
    parts = [read(row)]
    while row and row[0] == ("operator", operator):
        row.pop(0)
        parts.append(read(row))
    return parts[0] if len(parts) == 1 else (operator, parts)


def parse(text):
    row = tokens(text)
    tree = chain(row, "||", lambda rest: chain(rest, "&&", part))
    if row:
        raise SyntaxError(f"{text!r}: {row}")
    return tree


def select(steps, root, scope):
    """Every node that the steps select."""
    nodes = [root]
    for kind, what in steps:
        chosen = []
        for node in nodes:
            if kind == "name" and isinstance(node, dict) and what in node:
                chosen.append(node[what])
            elif kind == "index" and isinstance(node, list) and what < len(node):
                chosen.append(node[what])
            elif kind == "filter" and isinstance(node, (list, dict)):
                children = node.values() if isinstance(node, dict) else node
                chosen += [child for child in children if holds(what, child, scope)]
        nodes = chosen
    return nodes


def is_single(steps):
    return all(kind != "filter" for kind, _ in steps)


def value(tree, root, scope):
    kind, what = tree
    if kind == "literal":
        return what
    if kind in ("expression", "quoted"):
        found = scope
        for name in what:
            found = found[name]
        return str(found) if kind == "quoted" else found
    nodes = select(what, root, scope)
    if kind == "path":
        if not is_single(what):
            raise SyntaxError("many nodes are compared")
        return nodes[0] if nodes else ABSENT
    if not is_single(what):
        return len(nodes)
    if nodes and isinstance(nodes[0], dict):
        return nodes[0].get("length", ABSENT)
    return len(nodes[0]) if nodes and isinstance(nodes[0], (list, str)) else ABSENT


def type_of(thing):
    if thing is ABSENT or thing is None:
        return "null"
    return "boolean" if isinstance(thing, bool) else "number" if isinstance(thing, (int, float)) else type(thing).__name__


def same(left, right):
    if type_of(left) != type_of(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    return type_of(left) == "null" or left == right


def compare(operator, left, right):
    if operator in ("==", "!="):
        return same(left, right) == (operator == "==")
    if "=" in operator and same(left, right):
        return True
    if type_of(left) != type_of(right) or type_of(left) not in ("number", "str"):
        return False
    return left < right if operator[0] == "<" else left > right


def contains(tree, wanted, root, scope):
    steps = tree[1]
    nodes = select(steps, root, scope)
    if not is_single(steps):
        return any(same(node, wanted) for node in nodes)
    node = nodes[0] if nodes else ABSENT
    if isinstance(node, str):
        return isinstance(wanted, str) and wanted in node
    return isinstance(node, list) and any(same(item, wanted) for item in node)


def empty(tree, root, scope):
    nodes = select(tree[1], root, scope)
    if not nodes or not is_single(tree[1]):
        return not nodes
    return nodes[0] is None or (isinstance(nodes[0], (str, list, dict)) and not nodes[0])


def holds(tree, root, scope):
    kind = tree[0]
    if kind == "||":
        return any(holds(each, root, scope) for each in tree[1])
    if kind == "&&":
        return all(holds(each, root, scope) for each in tree[1])
    if kind == "compare":
        return compare(tree[1], value(tree[2], root, scope), value(tree[3], root, scope))
    if kind == "contains":
        return contains(tree[1], value(tree[2], root, scope), root, scope)
    if kind == "empty":
        return empty(tree[1], root, scope) == tree[2][1]
    return bool(select(tree[1][1], root, scope))
