"""The rows of the table: tests/conformance/features.json, and which tests they mean."""

import functools
import json
import os
import pathlib
import re
import sys

from .results import is_pytest, program_of

VERSIONS = {"1.0": "1.0.1", "1.1": "1.1.0"}
FIELDS = {"part", "feature", "tests", "only", "refused", "needs"}
DATA = pathlib.Path(os.environ.get("CONFORMANCE_DATA", "../shared/data"))
WORSE = ("passes", "skipped", "fails")


@functools.cache
def messages():
    """The texts of our sources, with the parts of a literal joined."""
    sources = sorted(pathlib.Path("handler").rglob("*.c"))
    return re.sub(r'"\s*\n\s*"', "", "".join(path.read_text(encoding="utf-8") for path in sources))


def expression(selector):
    return re.compile(".*".join(re.escape(part) for part in selector.split("*")), re.S)


def named(selector, version):
    """The selector of one version: its places are filled in."""
    short = version or ""
    for place, text in {"{version}": VERSIONS.get(version, ""), "{v}": short, "{v_}": short.replace(".", "_")}.items():
        selector = selector.replace(place, text)
    return selector


class Row:
    def __init__(self, version, section, data):
        self.version = version  # "1.0", "1.1"; None where a row is about another standard
        self.section = section
        self.part = data.get("part", "")
        self.feature = data["feature"]
        self.refused = data.get("refused")
        self.needs = data.get("needs")
        self.selectors = [named(one, version) for one in data["tests"]]
        self.tests = []
        self.result = "passes"

    def lacks_data(self):
        return bool(self.needs) and not (DATA / self.needs).exists()

    def is_other_version(self, test):
        """Whether the test's parameters name the version that this row is not about."""
        others = [full for short, full in VERSIONS.items() if self.version and short != self.version]
        return any("[" in name and other in name.split("[", 1)[1] for name in test.names for other in others)

    def matches(self, selector, results):
        wanted = expression(selector if is_pytest(selector) else selector.split(": ", 1)[1])
        return [test for test in results.tests[program_of(selector)]
                if any(wanted.fullmatch(name) for name in test.names) and not self.is_other_version(test)]

    def judge(self, results):
        """Finds the tests, and tells what is wrong."""
        if self.lacks_data():
            self.result = "skipped: no conformance data"
            return []
        problems = []
        for selector in self.selectors:
            found = self.matches(selector, results)
            self.tests += [test for test in found if test not in self.tests]
            problems += [] if found else [f"{self.where()}: no test is '{selector}'"]
        results_seen = {test.result for test in self.tests} | (set() if self.tests else {"fails"})
        self.result = max(results_seen, key=WORSE.index)
        problems += [f"{self.where()}: {sorted(test.names)[-1]} {test.result}" for test in self.tests if test.result != "passes"]
        if self.refused and self.refused not in messages():
            problems.append(f"{self.where()}: no message of ours begins with '{self.refused}'")
        return problems

    def where(self):
        return f"{VERSIONS.get(self.version, '')} {self.section}: {self.feature}".strip()


def checked(entry, path):
    """One row as written, or the end of the program with what is wrong with it."""
    unknown = set(entry) - FIELDS
    if unknown or not entry.get("feature") or not entry.get("tests") or entry.get("only", "1.0") not in VERSIONS:
        sys.exit(f"{path}: {json.dumps(entry)}: a row has a feature and at least one test, and may have a part, only, refused, "
                 "needs; only is 1.0 or 1.1")
    for selector in entry["tests"]:
        if not is_pytest(selector) and ": " not in selector:
            sys.exit(f"{path}: '{selector}' is no test: write PROGRAM: CASE, or FILE::TEST")
    return entry


def load(path):
    """The rows in their order: those of Arazzo for each version, then those of the other standards."""
    data = json.loads(path.read_text(encoding="utf-8"))
    rows = []
    for version in VERSIONS:
        for section in data["arazzo"]:
            name = section["section"] if isinstance(section["section"], str) else section["section"].get(version)
            rows += [Row(version, name, checked(entry, path)) for entry in section["rows"]
                     if name and entry.get("only", version) == version]
    for section in data["standards"]:
        rows += [Row(None, section["section"], checked(entry, path)) for entry in section["rows"]]
    return rows
