"""Every `type: jsonpath` condition of the published documents, on bodies that should satisfy it and bodies that should not.

reading.py is the judge: a reading of its own of what the conditions mean. bodies.py makes the bodies from a condition, from
a fixed seed; condition_lines is our side. The conditions themselves are third-party data and not part of this repository.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest

import bodies
import reading

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
DATA = pathlib.Path(os.environ.get("CONFORMANCE_DATA", REPOSITORY / "../shared/data")) / "jsonpath-conditions.json"
COUNT = 281
JUDGED_LEAST = 0.95


def program():
    path = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / "condition_lines"
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    return path


def published():
    if not DATA.exists():
        pytest.skip(f"{DATA} is not there: set CONFORMANCE_DATA to the folder of the third-party data")
    return json.loads(DATA.read_text(encoding="utf-8"))


def understood(text):
    try:
        return reading.parse(text)
    except (SyntaxError, ValueError, IndexError):
        return None


def cases_of(text, tree):
    dice = bodies.dice_for(text)
    made = []
    for value in ("m-1", "7"):
        scope = bodies.scope_for(tree, value)
        made += [{"body": body, "scope": scope} for body in bodies.bodies(tree, scope, dice)]
    numbers = bodies.scope_for(tree, 100)
    return made + [{"body": body, "scope": numbers} for body in bodies.bodies(tree, numbers, dice)]


def verdicts(rows):
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    done = subprocess.run([program()], input=lines.encode(), stdout=subprocess.PIPE, check=True, timeout=300)
    return [json.loads(line) for line in done.stdout.splitlines()]


def judged():
    rows = [(text, count, understood(text)) for text, count in published()]
    return rows, [(text, count, tree, cases_of(text, tree)) for text, count, tree in rows if tree]


def test_the_verdicts_are_those_of_the_second_reading():
    _, known = judged()
    answers = verdicts([{"condition": text, "cases": cases} for text, _, _, cases in known])
    assert len(answers) == len(known)
    wrong = []
    for (text, _, tree, cases), answer in zip(known, answers):
        assert "error" not in answer, f"{text}: {answer['error']}"
        assert len(answer["verdicts"]) == len(cases)
        wanted = ["holds" if reading.holds(tree, case["body"], case["scope"]) else "fails" for case in cases]
        assert {"holds", "fails"} <= set(wanted), f"{text}: the bodies do not tell it from a constant"
        wrong += [f"{text} on {json.dumps(case['body'])}: {ours}, not {theirs}"
                  for case, ours, theirs in zip(cases, answer["verdicts"], wanted) if ours != theirs]
    assert not wrong, "\n".join(wrong[:20])


def test_nearly_all_published_conditions_are_judged():
    rows, known = judged()
    assert len(rows) == COUNT
    total = sum(count for _, count, _ in rows)
    share = sum(count for _, count, _, _ in known) / total
    cases = sum(len(each) for _, _, _, each in known)
    print(f"\n{len(known)} of {len(rows)} conditions, {share:.1%} of {total} uses, {cases} bodies")
    assert share >= JUDGED_LEAST, [text for text, _, tree in rows if not tree]


def is_comparable(tree, body, scope):
    """Whether RFC 9535's filter at the root can say it: scalars and empty bodies have no members to select, and length() counts
    an object's members, where .length is a member itself. And 1.1 reads bare text that is a number as one."""
    measured = [leaf[2][1] for leaf in bodies.leaves(tree) if leaf[0] == "compare" and leaf[2][0] == "length"]
    nodes = [node for steps in measured if reading.is_single(steps) for node in reading.select(steps, body, scope)]
    is_text = '"7"' in json.dumps(scope)
    return isinstance(body, (dict, list)) and bool(body) and not is_text and not any(isinstance(n, dict) for n in nodes)


def suggestion(text, answer):
    """What a 1.1 document is told to write for it."""
    return text if "error" not in answer else (re.findall(r"; write (\$.*)$", answer["error"]) or [None])[0]


def test_what_a_newer_document_is_told_to_write_means_the_same():
    _, known = judged()
    refused = verdicts([{"condition": text, "query": True, "cases": []} for text, *_ in known])
    rows = [(suggestion(text, answer), text, tree, [case for case in cases if is_comparable(tree, **case)])
            for (text, _, tree, cases), answer in zip(known, refused)]
    assert all(new or re.search("contains|empty", text) for new, text, *_ in rows)
    rows = [row for row in rows if row[0]]
    assert len(rows) >= JUDGED_LEAST * len(known)
    for (new, text, tree, cases), answer in zip(rows, verdicts(
            [{"condition": new, "query": True, "cases": cases} for new, _, _, cases in rows])):
        wanted = ["holds" if reading.holds(tree, case["body"], case["scope"]) else "fails" for case in cases]
        assert {"holds", "fails"} <= set(wanted) or text.startswith("$.length "), text
        wrong = [case for case, ours, theirs in zip(cases, answer["verdicts"], wanted) if ours != theirs]
        assert not wrong, f"{text} as {new}: {wrong[:3]}"


@pytest.mark.parametrize("text, body, wanted", [
    ("$.a == 'x'", {"a": "x"}, True),
    ("$.a == 'x'", {"a": "X"}, False),
    ("$.a == null", {}, True),
    ("$.a.length > 1", {"a": [1, 2]}, True),
    ("$.a.length > 1", {"a": {}}, False),
    ("$.l[?(@.id == '$inputs.i')].s contains \"on\"", {"l": [{"id": "1", "s": "on"}]}, True),
    ("$.l[?(@.id == '$inputs.i')].s contains \"on\"", {"l": [{"id": "2", "s": "on"}]}, False),
    ("$.l[0] empty true", {"l": []}, True),
    ("$.a == true && $.b != 'x' || $.c", {"c": None}, True),
])
def test_the_judge_reads_what_it_should(text, body, wanted):
    assert reading.holds(reading.parse(text), body, {"inputs": {"i": "1"}}) is wanted


def test_the_judge_refuses_what_it_does_not_know():
    for text in ("", "$.a ==", "$.a[*] == 1 +", "nothing", "$.a == b", "$.a = 1", "($.a)"):
        assert understood(text) is None, text


def test_a_wrong_verdict_is_seen():
    tree = reading.parse("$.status == 'done'")
    flipped = reading.parse("$.status != 'done'")
    cases = cases_of("$.status == 'done'", tree)
    assert any(reading.holds(tree, case["body"], {}) != reading.holds(flipped, case["body"], {}) for case in cases)
    ours = verdicts([{"condition": "$.status != 'done'", "cases": cases}])[0]["verdicts"]
    assert ours != ["holds" if reading.holds(tree, case["body"], {}) else "fails" for case in cases]
