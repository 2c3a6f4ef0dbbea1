"""build/lambda-ARCH/function.zip is what AWS Lambda's provided.al2023 takes: a static `bootstrap` at the root, and the documents."""
import os
import stat
import zipfile

import pytest

import elf
from conftest import ROOT, run, runner

# Every megabyte costs 1 to 1.5 ms of a cold start (docs/adr/0002-static-bootstrap.md).
MAX_BOOTSTRAP_BYTES = 4_500_000
MAX_ZIP_BYTES = 2_300_000
DOCUMENT_SUFFIXES = {".yml", ".yaml", ".json"}


@pytest.fixture(scope="module")
def package(arch):
    path = ROOT / f"build/lambda-{arch}/function.zip"
    if not path.exists():
        pytest.skip(f"no build/lambda-{arch}/function.zip: run scripts/package {arch}")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def bootstrap(package):
    return package.read("bootstrap")


@pytest.fixture(scope="module")
def binary(bootstrap):
    return elf.Elf(bootstrap)


def test_holds_the_bootstrap_and_every_document_and_nothing_else(package):
    documents = {path.relative_to(ROOT).as_posix() for path in (ROOT / "descriptions").rglob("*")
                 if path.is_file() and path.suffix in DOCUMENT_SUFFIXES}
    assert documents
    assert set(package.namelist()) == {"bootstrap"} | documents


def test_documents_are_the_repository_s(package):
    for name in package.namelist():
        if name != "bootstrap":
            assert package.read(name) == (ROOT / name).read_bytes(), name


def test_only_the_bootstrap_is_executable(package):
    for entry in package.infolist():
        mode = entry.external_attr >> 16
        assert stat.S_ISREG(mode), entry.filename
        assert stat.S_IMODE(mode) == (0o755 if entry.filename == "bootstrap" else 0o644), entry.filename


def test_entries_are_sorted_and_carry_nothing_of_this_machine(package):
    assert package.namelist() == sorted(package.namelist())
    assert len({entry.date_time for entry in package.infolist()}) == 1
    assert all(entry.extra == b"" for entry in package.infolist())


def test_is_small(package, bootstrap):
    assert len(bootstrap) <= MAX_BOOTSTRAP_BYTES
    assert os.stat(package.filename).st_size <= MAX_ZIP_BYTES


def test_bootstrap_is_for_the_architecture(binary, arch):
    assert binary.machine == arch


def test_bootstrap_needs_no_dynamic_linker_and_no_library(binary):
    assert not binary.has_segment(elf.PT_INTERP)
    assert binary.needed_count() == 0


def test_bootstrap_is_stripped(binary):
    assert not binary.has_section(elf.SHT_SYMTAB)


def test_bootstrap_has_no_memory_that_is_writable_and_executable(binary):
    assert binary.has_segment(elf.PT_GNU_STACK)
    assert binary.writable_and_executable() == []


def test_bootstrap_brings_its_certificate_authorities(bootstrap):
    for name in (b"Amazon Root CA 1", b"ISRG Root X1", b"DigiCert Global Root G2"):
        assert name in bootstrap


def test_bootstrap_names_no_folder_of_the_build_machine(bootstrap, arch):
    prefix = run(ROOT / "scripts/static/prefix", "--path", arch).stdout.strip()
    for folder in filter(None, [str(ROOT), prefix, os.path.expanduser("~/.cache")]):
        assert folder.encode() not in bootstrap, folder


def test_bootstrap_starts_and_says_what_is_missing(package, arch, tmp_path):
    package.extractall(tmp_path)
    program = tmp_path / "bootstrap"
    program.chmod(0o755)
    answer = run(*runner(arch), program, env={"LAMBDA_TASK_ROOT": str(tmp_path)}, cwd=tmp_path, timeout=20)
    # A negative status is a signal: a crash.
    assert answer.returncode > 0, answer
    assert "AWS_LAMBDA_RUNTIME_API" in answer.stderr + answer.stdout
