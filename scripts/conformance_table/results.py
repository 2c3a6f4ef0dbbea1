"""The tests of this project by name, with their results: C test programs as CMocka reports them, pytest's as JUnit XML."""

import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

BUILD = pathlib.Path(os.environ.get("ARAZZO_BUILD", "build/dev"))
PYTEST = ("/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".")

# CMocka 1.1 does not escape names, so its reports are no XML; they are read as the text that they are.
SUITE = re.compile(r'<testsuite name="(.*?)" time="[^\n]*\n(.*?)</testsuite>', re.S)
CASE = re.compile(r'<testcase name="(.*?)" time="[0-9.]*" >(.*?)</testcase>', re.S)


class Test:
    def __init__(self, names, result):
        self.names = names  # the names that a selector can give
        self.result = result  # "passes", "fails", "skipped"


def is_pytest(selector):
    return "::" in selector


def program_of(selector):
    return selector.split("::")[0] if is_pytest(selector) else selector.split(": ", 1)[0]


def pytest(*arguments):
    environment = {**os.environ, "ARAZZO_BUILD": str(BUILD), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([*PYTEST, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=False)


def result_of(report, failures, skips):
    return "fails" if any(word in report for word in failures) else "skipped" if any(word in report for word in skips) else "passes"


def of_cmocka(text):
    """The cases of a report of CMocka."""
    for group, cases in SUITE.findall(text):
        for name, report in CASE.findall(cases):
            yield Test({name, f"{group}: {name}"}, result_of(report, ("<failure", "<error"), ("<skipped",)))


def of_pytest(path):
    """The tests of a report of pytest, with the file that has them. A test whose tear-down fails is there twice."""
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        name = f'{case.get("file")}::{case.get("name")}'
        report = {f"<{child.tag}" for child in case}
        yield case.get("file"), Test({name, name.split("[")[0]}, result_of(report, ("<failure", "<error"), ("<skipped",)))


class Results:
    """Tests by program or file. What the folder does not hold is run into it, or only named when `collect_only`."""

    def __init__(self, folder, collect_only):
        self.folder = folder
        self.collect_only = collect_only
        self.tests = collections.defaultdict(list)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.read()

    def read(self):
        self.tests.clear()
        for path in sorted(self.folder.glob("*.xml")):
            program, at, _ = path.name.partition("@")
            if at:
                self.tests[program] += of_cmocka(path.read_text(encoding="utf-8", errors="replace"))
            else:
                for file, test in of_pytest(path):
                    self.tests[file].append(test)

    def want(self, selectors):
        """Gets the tests that these selectors may mean."""
        missing = sorted(selector for selector in selectors if program_of(selector) not in self.tests)
        files = collections.defaultdict(set)
        for selector in filter(is_pytest, missing):
            files[pathlib.Path(program_of(selector)).parent].add(selector)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.run_program, sorted({program_of(selector) for selector in missing if not is_pytest(selector)})))
        if not self.collect_only:
            for folder in sorted(files):  # one folder at a time: conftest.py is the name of many modules
                self.run_pytest(folder, files[folder])
        self.read()
        if self.collect_only:
            for folder in sorted(files):
                self.collect({program_of(selector) for selector in files[folder]})

    def run_program(self, program):
        path = BUILD / program
        if not path.exists():
            sys.exit(f"{path} is not built: cmake --preset dev && cmake --build --preset dev, or set ARAZZO_BUILD")
        report = {"CMOCKA_MESSAGE_OUTPUT": "xml", "CMOCKA_XML_FILE": str(self.folder / f"{program}@%g.xml")}
        subprocess.run([path], env={**os.environ, **report}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    def run_pytest(self, folder, selectors):
        """Runs whole functions, and whole files where a function's name is a pattern."""
        wanted = {selector.split("[")[0] for selector in selectors}
        wanted = {program_of(one) if "*" in one else one for one in wanted}
        report = self.folder / (str(folder).replace("/", "-") + ".xml")
        done = pytest("-o", "junit_family=xunit1", f"--junitxml={report}", *sorted(wanted))
        print(f"{folder}: {done.stdout.splitlines()[-1]}", file=sys.stderr)

    def collect(self, files):
        done = pytest("--collect-only", *sorted(files))
        if done.returncode:
            sys.exit(done.stdout)
        for name in filter(is_pytest, done.stdout.splitlines()):
            self.tests[program_of(name)].append(Test({name, name.split("[")[0]}, "passes"))
