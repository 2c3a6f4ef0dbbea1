"""docs/conformance.md from the rows. The same tests make the same bytes."""

import itertools

from .results import is_pytest
from .rows import VERSIONS

NAMES = 3
HEAD = """# Conformance

Made by `scripts/conformance` from the rows of `tests/conformance/features.json` and the results of the tests that they name. A row
without a test, or with one that does not pass, is an error of `scripts/test`. A test is a C test program and its case, or a
file of pytest and its test; `*` stands for any part of a name. What is refused by design is a row, too, with its message. The
section about relative references in CommonMark asks nothing of an engine, and has no row. What both versions ask for in the same
words is one rule of the code: its test may be a document of either.
"""


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def named(selector):
    """A selector in few words: a pytest file is known by its name."""
    if is_pytest(selector):
        path, test = selector.split("::", 1)
        selector = f"{path.rsplit('/', 1)[-1]}::{test}"
    return f"`{cell(selector)}`"


def tests_of(row):
    names = ", ".join(named(selector) for selector in row.selectors[:NAMES])
    return f"{len(row.tests)}: {names}" + (f" + {len(row.selectors) - NAMES}" if len(row.selectors) > NAMES else "")


def result_of(row):
    return f'refused: "{cell(row.refused)} …"' if row.refused and row.result == "passes" else row.result


def key(row):
    return f"| {cell(row.part)} | {cell(row.feature)} | "


def line(row, lines):
    """The row's line; where its data is not here, the line that was written for it."""
    if row.lacks_data() and lines.get(key(row)):
        return lines[key(row)].pop(0)
    return f"{key(row)}{tests_of(row)} | {result_of(row)} |"


def totals(title, rows):
    tests = len({id(test) for row in rows for test in row.tests})
    wrong = sum(row.result != "passes" for row in rows)
    refused = sum(bool(row.refused) for row in rows)
    return (f"- {title}: {len(rows)} rows, shown by {tests} tests; "
            f"{'all pass' if not wrong else f'{wrong} do not pass'}"
            f"{f', {refused} of them show a refusal by design' if refused else ''}.")


def title_of(version):
    return f"Arazzo {VERSIONS[version]}" if version else "Other standards"


def page(rows, written):
    """The page. `written` is the page as it is, for what can't be found out here."""
    lines = {}
    for one in written.splitlines():
        if one.count(" | ") >= 3:
            lines.setdefault("".join(part + " | " for part in one.split(" | ")[:2]), []).append(one)
    summary = {one.split(":")[0]: one for one in written.splitlines() if one.startswith("- ")}
    out = [HEAD]
    for version, group in itertools.groupby(rows, lambda row: row.version):
        group = list(group)
        text = totals(title_of(version), group)
        out.append(summary.get(text.split(":")[0], text) if any(row.lacks_data() for row in group) else text)
    for version, group in itertools.groupby(rows, lambda row: row.version):
        out.append(f"\n## {title_of(version)}")
        for section, of_section in itertools.groupby(group, lambda row: row.section):
            out += [f"\n### {section}\n", "| field | feature | tests | result |", "|---|---|---|---|"]
            out += [line(row, lines) for row in of_section]
    return "\n".join(out) + "\n"
