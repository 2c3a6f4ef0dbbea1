"""`cmake --install` and the Debian package (`cpack -G DEB`): what is in them, and that it works from another place."""
import os
import re
import shutil

import pytest

from conftest import ROOT, run

BUILD = ROOT / os.environ.get("ARAZZO_BUILD", "build/dev")
DOCUMENT = "share/arazzo/descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
FILES = ["bin/arazzo", "lib/arazzo/bootstrap", "share/man/man1/arazzo.1.gz", "share/bash-completion/completions/arazzo",
         "share/zsh/vendor-completions/_arazzo", "share/fish/vendor_completions.d/arazzo.fish", DOCUMENT,
         "share/arazzo/statemachine/run-workflow.asl.json", "share/doc/arazzo/README.md", "share/doc/arazzo/copyright"]
LIBRARIES = ["libc6", "libcjson1", "libcurl4", "libpcre2-8-0", "libssl3", "libxml2", "libyaml-0-2"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    done = run("cmake", "--install", BUILD, "--prefix", prefix)
    assert done.returncode == 0, done.stderr
    return prefix


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The package's file."""
    if not shutil.which("dpkg-shlibdeps"):
        pytest.skip("dpkg-shlibdeps is not installed (the package dpkg-dev)")
    folder = tmp_path_factory.mktemp("package")
    done = run("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("arazzo_*.deb"))


@pytest.fixture(scope="module")
def unpacked(package, tmp_path_factory):
    root = tmp_path_factory.mktemp("root")
    assert run("dpkg-deb", "-x", package, root).returncode == 0
    return root / "usr"


@pytest.mark.parametrize("place", ["installed", "unpacked"])
def test_it_works_from_there(request, tmp_path, place):
    prefix = request.getfixturevalue(place)
    assert [name for name in FILES if not (prefix / name).is_file()] == []
    version = run(prefix / "bin/arazzo", "--version", cwd=tmp_path)
    assert version.returncode == 0 and version.stdout.startswith("arazzo ")
    graph = run(prefix / "bin/arazzo", "graph", prefix / DOCUMENT, cwd=tmp_path)
    assert graph.returncode == 0 and graph.stdout.startswith("flowchart")
    completion = run(prefix / "bin/arazzo", "completion", "bash").stdout
    assert (prefix / "share/bash-completion/completions/arazzo").read_text() == completion


def test_the_pages_that_the_readme_leads_to_are_there(installed):
    """And its picture; also docs/rules.md, which `arazzo validate --help` names."""
    pages = re.findall(r"\]\((docs/[^)#]+)", (ROOT / "README.md").read_text())
    assert "docs/rules.md" in pages and "docs/images/build-image.svg" in pages
    assert [page for page in pages if not (installed / "share/doc/arazzo" / page).exists()] == []


def test_nothing_of_this_machine(unpacked):
    """No path of the build in what is read, nor what only the build needs."""
    texts = [path for path in unpacked.rglob("*") if path.is_file() and path.suffix not in (".gz",) and path.parent.name not in
             ("bin", "arazzo")]
    assert [path for path in texts if str(ROOT).encode() in path.read_bytes()] == []
    assert not list(unpacked.rglob("*.a")) and not (unpacked / "include").exists()


def test_control(package):
    fields = dict(re.findall(r"(?m)^([\w-]+): (.*)$", run("dpkg-deb", "-f", package).stdout))
    assert fields["Package"] == "arazzo"
    assert re.fullmatch(r"\d+\.\d+\.\d+-1", fields["Version"])
    names = [re.sub(r"t64$", "", each.split(" ")[0]) for each in fields["Depends"].split(", ")]
    assert [name for name in LIBRARIES if name not in names] == []


def test_lintian(package):
    """Debian's own check. A bug number belongs into its archive only."""
    if not shutil.which("lintian"):
        pytest.skip("lintian is not installed")
    done = run("lintian", "--allow-root", "--suppress-tags", "initial-upload-closes-no-bugs", package)
    assert (done.returncode, done.stdout) == (0, "")
