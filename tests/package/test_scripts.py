"""The packaging scripts refuse what they cannot do, and say what to do instead."""
import os
import shutil

import pytest

from conftest import ROOT, run

UNKNOWN_ARCHITECTURE = [
    ("scripts/package", ["sparc"]),
    ("scripts/static/prefix", ["sparc"]),
    ("scripts/static/prefix", ["--path", "sparc"]),
    ("scripts/static/packages", ["sparc"]),
]


@pytest.fixture
def tree(tmp_path):
    """A copy of the scripts, to change."""
    for folder in ("scripts", "cmake"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


@pytest.mark.parametrize("script, arguments", UNKNOWN_ARCHITECTURE)
def test_unknown_architecture(script, arguments):
    answer = run(ROOT / script, *arguments)
    assert answer.returncode == 2
    assert "unknown architecture 'sparc': write x86_64 or arm64" in answer.stderr


@pytest.mark.parametrize("script", ["scripts/static/prefix", "scripts/static/sources"])
def test_usage(script):
    answer = run(ROOT / script)
    assert answer.returncode == 2
    assert script in answer.stderr


def test_path_of_a_prefix_that_is_not_built(tmp_path):
    answer = run(ROOT / "scripts/static/prefix", "--path", "x86_64", env={**os.environ, "ARAZZO_STATIC_CACHE": str(tmp_path)})
    assert (answer.returncode, answer.stdout) == (1, "")


def test_cmake_without_a_prefix_says_how_to_build_it(tmp_path):
    answer = run("cmake", "-S", ROOT / "tests/package/smoke", "-B", tmp_path / "build",
                 f"-DCMAKE_TOOLCHAIN_FILE={ROOT}/cmake/static-x86_64.cmake",
                 env={**os.environ, "ARAZZO_STATIC_CACHE": str(tmp_path)})
    assert answer.returncode != 0
    assert "scripts/static/prefix x86_64" in answer.stderr


@pytest.mark.parametrize("changed", ["cmake/static-cflags.txt", "scripts/static/recipes/curl", "scripts/static/sources.lock",
                                     "scripts/static/roots"])
def test_a_changed_recipe_has_another_prefix(tree, changed):
    """With the recipe as it was, the prefix is found; with one byte more, it is not."""
    cache = {**os.environ, "ARAZZO_STATIC_CACHE": str(tree / "cache")}
    path = run(ROOT / "scripts/static/prefix", "--path", "x86_64")
    if path.returncode != 0:
        pytest.skip("no static x86_64 prefix: run scripts/static/prefix x86_64")
    folder = tree / "cache" / os.path.basename(path.stdout.strip())
    folder.mkdir(parents=True)
    (folder / "complete").touch()
    assert run(tree / "scripts/static/prefix", "--path", "x86_64", env=cache).stdout.strip() == str(folder)
    with open(tree / changed, "a", encoding="utf-8") as recipe:
        recipe.write("\n")
    assert run(tree / "scripts/static/prefix", "--path", "x86_64", env=cache).returncode == 1


def archive(tree, *arguments):
    answer = run(tree / "scripts/static/sources", *arguments)
    if "no mirror of this machine's apt" in answer.stderr:
        pytest.skip("no mirror with Debian's sources can be reached from here")
    return answer


def test_a_pinned_version_that_is_gone_is_named(tree):
    lock = tree / "scripts/static/sources.lock"
    lock.write_text(lock.read_text().replace("libyaml         ", "libyaml         9."))
    fetched = archive(tree, "fetch", tree / "sources")
    assert fetched.returncode == 1
    assert "gone: libyaml 9." in fetched.stderr
    assert "scripts/static/sources update" in fetched.stderr
    checked = archive(tree, "check")
    assert checked.returncode == 1
    assert "gone: libyaml 9." in checked.stdout


def test_update_pins_what_the_archive_has(tree):
    lock = tree / "scripts/static/sources.lock"
    lock.write_text(lock.read_text().replace("libyaml         ", "libyaml         9."))
    assert archive(tree, "update").returncode == 0
    assert "libyaml         0." in lock.read_text()
    assert archive(tree, "check").returncode == 0


def test_a_mirror_that_is_none_is_refused(tree):
    answer = run(tree / "scripts/static/sources", "check", env={**os.environ, "STATIC_MIRROR": f"file://{tree}/absent"})
    assert answer.returncode == 1
    assert "set STATIC_MIRROR to the address of a Debian mirror" in answer.stderr
