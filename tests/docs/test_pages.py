"""The pages: links lead somewhere, commands are commands, and what the sources can say is explained."""

import functools
import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/deployment"))

from aws_command import check_command  # noqa: E402  (on the path now)


def files(*patterns):
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "--", *patterns], cwd=ROOT, capture_output=True, text=True)
    return sorted(name for name in done.stdout.splitlines() if (ROOT / name).is_file())


PAGES = files("*.md")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


@functools.lru_cache(maxsize=None)
def text_of(name):
    return (ROOT / name).read_text()


def without_code(text):
    return re.sub(r"`[^`\n]*`", "`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


@functools.lru_cache(maxsize=None)
def anchors(name):
    """The headings, as they are called in links."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text_of(name), flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(name):
    """The links of a page that lead nowhere in the repository."""
    for link in LINK.findall(without_code(text_of(name))):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        target = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
        is_there = (ROOT / target).exists()
        if not is_there or anchor and anchor not in anchors(target):
            yield link


def test_there_are_pages():
    assert {"README.md", "SECURITY.md", "docs/operations.md", "events/README.md"} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    assert list(broken(name)) == []


def test_a_broken_link_is_found(monkeypatch, tmp_path):
    (tmp_path / "page.md").write_text("# One heading\n[a](#one-heading) [b](#another) [c](absent.md) [d](page.md#one-heading) `[e](code)`\n")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    text_of.cache_clear()
    anchors.cache_clear()
    assert list(broken("page.md")) == ["#another", "absent.md"]
    text_of.cache_clear()
    anchors.cache_clear()


def commands(name):
    """The commands in a page's blocks, one each, without what is said behind them."""
    for block in [block for language, block in BLOCK.findall(text_of(name)) if language in ("", "sh")]:
        for line in re.sub(r"\\\n\s*", " ", block).splitlines():
            yield from re.split(r"\s+#\s|\s&&\s", line)[:1]


SCRIPTS = [(name, command) for name in PAGES for command in commands(name) if command.startswith("scripts/")]
AWS = [(name, command) for name in PAGES for command in commands(name) if command.startswith("aws ") and "…" not in command]


@pytest.mark.parametrize("name, command", SCRIPTS, ids=[command for _, command in SCRIPTS])
def test_script_is_there(name, command):
    assert os.access(ROOT / command.split()[0], os.X_OK)


@pytest.mark.parametrize("name, command", AWS, ids=[" ".join(command.split()[:3]) for _, command in AWS])
def test_command_of_aws(name, command):
    check_command(shlex.split(command))


def named(pattern, *folders):
    """What the C sources name by a text."""
    return {match for name in files(*folders) if name.endswith(".c") for match in re.findall(pattern, text_of(name))}


def test_each_error_is_explained_in_the_readme():
    names = named(r'"(Arazzo\.[A-Z]\w+)"', "handler")
    assert len(names) > 8
    assert not [name for name in names if f"`{name}`" not in text_of("README.md")]


def test_each_variable_is_in_the_reference():
    """Lambda's own, which nobody sets, are not."""
    names = named(r'"((?:ARAZZO|POWERTOOLS)_[A-Z_]+[A-Z])"', "handler")
    assert len(names) > 8
    assert not [name for name in names if f"`{name}`" not in text_of("docs/reference.md")]


def test_each_limit_has_a_value():
    """Also one whose definition takes two lines."""
    rows = re.findall(r"^\| `(LIMIT_\w+)` \| (.*?) \|", text_of("docs/limits.md"), re.MULTILINE)
    assert len(rows) == len(re.findall(r"^#define LIMIT_", text_of("handler/base/limits.h"), re.MULTILINE)) > 100
    assert [row for row in rows if not re.fullmatch(r"\d+( [KM]iB)?", row[1])] == []


def test_the_readme_is_short():
    assert len(text_of("README.md").splitlines()) <= 200
