"""Which events a rule of EventBridge takes."""


def matches(pattern, event):
    """EventBridge's patterns, as far as the template uses them: members, lists of values and prefixes, $or."""
    if isinstance(pattern, list):
        values = event if isinstance(event, list) else [event]
        return any(str(value).startswith(each["prefix"]) if isinstance(each, dict) else value == each
                   for value in values for each in pattern)
    if "$or" in pattern and not any(matches(each, event) for each in pattern["$or"]):
        return False
    members = {name: each for name, each in pattern.items() if name != "$or"}
    return all(isinstance(event, dict) and name in event and matches(each, event[name]) for name, each in members.items())
