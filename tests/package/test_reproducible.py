"""scripts/package makes the same bytes from the same source, wherever the source lies."""
import shutil

import pytest

from conftest import ROOT, prefix_path, run


@pytest.fixture(scope="module")
def zips(arch, tmp_path_factory):
    prefix_path(arch)
    if not (ROOT / "CMakePresets.json").exists():
        pytest.skip("no CMakePresets.json: there is no function to package yet")
    # One copy first: who edits the tree meanwhile must not make the two differ.
    original = tmp_path_factory.mktemp("original") / "tree"
    shutil.copytree(ROOT, original, ignore=shutil.ignore_patterns(".git", "build"))
    made = []
    for name in ("one", "another-folder-with-a-longer-name"):
        copy = tmp_path_factory.mktemp(name) / "tree"
        shutil.copytree(original, copy)
        answer = run(copy / "scripts/package", arch)
        assert answer.returncode == 0, answer.stderr
        made.append(copy / f"build/lambda-{arch}")
    return made


@pytest.mark.parametrize("name", ["bootstrap", "function.zip"])
def test_two_folders_make_the_same(zips, name):
    one, other = ((folder / name).read_bytes() for folder in zips)
    assert one == other
