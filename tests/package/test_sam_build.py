"""The target that `sam build` calls puts the function into its folder: for the architecture that the template says, and in containers
without apt what was made before."""
import os
import shutil
import stat
import sys

import pytest

import elf
from conftest import ROOT, prefix_path, run

sys.path.append(str(ROOT / "tests/deployment"))

from template import TEMPLATE, Template  # noqa: E402  (on the path now)

# What scripts/stage itself calls.
TOOLS = ("bash", "cp", "dirname", "find", "mkdir", "sed", "uname")


def contents(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def documents():
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / "descriptions").rglob("*.y*ml")}


@pytest.mark.parametrize("arch", Template(TEMPLATE.read_text()).parameters["Architecture"]["AllowedValues"])
def test_target_builds_for_the_architecture(arch, tmp_path):
    """In a copy of the tree with the build folder of the original, as `sam build` makes it."""
    prefix, copy = prefix_path(arch), tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", "build", "node_modules"))
    cache = copy / f"build/lambda-{arch}/CMakeCache.txt"
    cache.parent.mkdir(parents=True)
    cache.write_text(f"STATIC_PREFIX:PATH={prefix}\nCMAKE_HOME_DIRECTORY:INTERNAL=/original\n")
    answer = run("make", "-C", copy, "build-ArazzoFunction", f"ARCH={arch}", f"ARTIFACTS_DIR={tmp_path}/artifacts")
    assert answer.returncode == 0, answer.stderr
    bootstrap = tmp_path / "artifacts/bootstrap"
    binary = elf.Elf(bootstrap.read_bytes())
    assert binary.machine == arch
    assert not binary.has_segment(elf.PT_INTERP)
    assert stat.S_IMODE(bootstrap.stat().st_mode) == 0o755
    assert contents(tmp_path / "artifacts") == {"bootstrap"} | documents()


@pytest.fixture
def elsewhere(tmp_path):
    """A tree whose function was made before, and an environment without apt."""
    tree, tools = tmp_path / "tree", tmp_path / "tools"
    shutil.copytree(ROOT / "scripts", tree / "scripts")
    for folder in ("handler", "runtime", "descriptions", "cmake"):
        (tree / folder).mkdir()
        (tree / folder / "source").write_text("old")
    for name in ("CMakeLists.txt", "CMakePresets.json"):
        (tree / name).write_text("old")
    staged = tree / "build/lambda-arm64/staged"
    staged.mkdir(parents=True)
    (staged / "bootstrap").write_text("made before")
    (staged.parent / "function.zip").write_text("made before")
    tools.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool))
    return tree, {"PATH": str(tools)}


def stage(elsewhere, arch, folder):
    tree, environment = elsewhere
    return run(shutil.which("bash"), tree / "scripts/stage", arch, folder, env=environment)


def test_without_apt_takes_what_was_made_before(elsewhere, tmp_path):
    answer = stage(elsewhere, "arm64", tmp_path / "artifacts")
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "artifacts/bootstrap").read_text() == "made before"


def test_without_apt_and_nothing_made_before(elsewhere, tmp_path):
    answer = stage(elsewhere, "x86_64", tmp_path / "artifacts")
    assert answer.returncode == 1
    assert "run scripts/package x86_64 on Debian or Ubuntu first" in answer.stderr
    assert not (tmp_path / "artifacts").exists()


@pytest.mark.parametrize("source", ["handler/source", "descriptions/source", "CMakeLists.txt", "scripts/static/prefix"])
def test_without_apt_and_a_newer_source(elsewhere, tmp_path, source):
    tree, _ = elsewhere
    made = os.stat(tree / "build/lambda-arm64/function.zip").st_mtime
    os.utime(tree / source, (made + 5, made + 5))
    answer = stage(elsewhere, "arm64", tmp_path / "artifacts")
    assert answer.returncode == 1
    assert f"{source} is newer than build/lambda-arm64/function.zip: run scripts/package arm64 again" in answer.stderr


@pytest.mark.parametrize("arguments, status, message", [
    ([], 2, "scripts/stage ARCH DIR"),
    (["sparc", "/nonexistent"], 2, "unknown architecture 'sparc': write x86_64 or arm64"),
    (["arm64", ""], 1, "sam build gives it as ARTIFACTS_DIR"),
])
def test_refused(arguments, status, message):
    answer = run(ROOT / "scripts/stage", *arguments)
    assert answer.returncode == status
    assert message in answer.stderr
