"""Bodies for a condition: for every path in it, values that should satisfy what is said of it and values that should not,
combined; and bodies of another shape altogether."""

import copy
import itertools
import random

import reading

MOST = 160
MISSING = object()
SHAPES = [{}, [], None, "text", 7, True, {"length": 1}, [1, 2], [[]], [{}], {"a": [{}]}]


def leaves(tree):
    """The comparisons and tests of a condition."""
    if tree[0] in ("||", "&&"):
        for each in tree[1]:
            yield from leaves(each)
    else:
        yield tree


def expressions(tree):
    """The paths into the scope that a condition reads."""
    if isinstance(tree, tuple) and len(tree) == 2 and tree[0] in ("expression", "quoted"):
        yield tree[1]
    elif isinstance(tree, (tuple, list)):
        for each in tree:
            yield from expressions(each)


def scope_for(tree, text):
    scope = {}
    for path in expressions(tree):
        at = scope
        for name in path[:-1]:
            at = at.setdefault(name, {})
        at[path[-1]] = text
    return scope


def literal(tree, scope):
    return reading.value(tree, None, scope)


def around(wanted):
    """A value, its neighbours, and values of other types."""
    near = [wanted]
    if isinstance(wanted, bool):
        near += [not wanted, str(wanted).lower(), int(wanted)]
    elif isinstance(wanted, (int, float)):
        near += [wanted + 1, wanted - 1, wanted + 0.5, str(wanted)]
    elif isinstance(wanted, str):
        near += [wanted.swapcase(), wanted + "x", wanted[:-1], [wanted], {"value": wanted}]
    return near + [None, MISSING, "other", 3, []]


def elements(steps, leaf, scope):
    """Lists for the path in front of a filter: the elements that it wants, others, and both."""
    (_, tree), behind = steps[0], steps[1:]
    inner = next(leaves(tree))
    wanted = literal(inner[3], scope)
    below = values_for(behind, leaf, scope) if behind else [MISSING]

    def element(value, rest):
        made = {} if inner[2][1] else value
        if inner[2][1] and value is not MISSING:
            made[inner[2][1][0][1]] = value
        if isinstance(made, dict) and rest is not MISSING and behind:
            made[behind[0][1]] = rest
        return made

    made = [element(value, rest) for value in around(wanted)[:4] for rest in below[:6]]
    made = [each for each in made if each is not MISSING]
    lists = [[], made[:1], made[-1:], made[:1] * 2, made[::-1], "text", None, MISSING]
    return lists + [[each] for each in made] + [[made[-1], each] for each in made]


def values_for(steps, leaf, scope):
    """Values for a path, by what is said of it."""
    if steps and steps[0][0] == "filter":
        return elements(steps, leaf, scope)
    if leaf[0] == "compare" and leaf[2][0] == "length":
        return [[], [1], [1, 2], "", "ä", "xy", {}, {"a": 1}, {"length": 0}, {"length": 2}, None, 7, True, MISSING]
    if leaf[0] == "compare":
        return around(literal(leaf[3], scope))
    if leaf[0] == "contains":
        wanted = literal(leaf[2], scope)
        return [wanted, [wanted], ["x"], "x", f"a{wanted}b" if isinstance(wanted, str) else 1, [], {}, None, MISSING]
    return [None, False, 0, "", [], {}, [1], {"a": 1}, "x", MISSING]


def split(steps):
    at = next((i for i, step in enumerate(steps) if step[0] == "filter"), len(steps))
    return steps[:at], steps[at:]


def put(body, steps, value):
    """The body with the value at the path; what is on the way is made."""
    if not steps:
        return body if value is MISSING else copy.deepcopy(value)
    (kind, what), rest = steps[0], steps[1:]
    if kind == "name":
        body = body if isinstance(body, dict) else {}
        if rest or value is not MISSING:
            body[what] = put(body.get(what), rest, value)
        return body
    body = body if isinstance(body, list) else []
    while len(body) <= what and (rest or value is not MISSING):
        body.append({})
    if rest or value is not MISSING:
        body[what] = put(body[what], rest, value)
    return body


def bodies(tree, scope, dice):
    slots = {}
    for leaf in leaves(tree):
        target = leaf[2] if leaf[0] == "compare" else leaf[1]
        front, behind = split(target[1])
        slot = slots.setdefault(str(front), (front, []))
        slot[1].extend(values_for(behind, leaf, scope))
    rows = list(itertools.islice(itertools.product(*(values for _, values in slots.values())), 20000))
    made = copy.deepcopy(SHAPES)
    for row in rows if len(rows) <= MOST else dice.sample(rows, MOST):
        body = {}
        for (front, _), value in zip(slots.values(), row):
            body = put(body, front, value)
        made.append(body)
        made.append({"extra": copy.deepcopy(body)})
        made.append(put(copy.deepcopy(body), [("name", "unrelated")], 1) if isinstance(body, dict) else [body])
    return made


def dice_for(text):
    return random.Random(text)
