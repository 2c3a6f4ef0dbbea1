"""scripts/package --template: the template for the zip, validated without an AWS account; what is not valid is not left to be deployed."""
import json
import os
import shutil
import sys
import zipfile

import pytest
import yaml

from conftest import ROOT, run

sys.path.append(str(ROOT / "tests/deployment"))

from template import TEMPLATE, Loader, Template  # noqa: E402  (on the path now)

NO_PIP = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}


@pytest.fixture
def tree(tmp_path):
    """A copy of what is packed, to change, with zips that were made before."""
    for folder in ("scripts", "statemachine"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(TEMPLATE, tmp_path)
    for arch in ("x86_64", "arm64"):
        (tmp_path / f"build/lambda-{arch}").mkdir(parents=True)
        (tmp_path / f"build/lambda-{arch}/function.zip").write_text("made before")
    return tmp_path


@pytest.fixture
def approved(tmp_path):
    """A Python that is pleased with every template, in place of the one with AWS's tools."""
    program = tmp_path / "approve"
    program.write_text('#!/bin/sh\ncase "$1" in *translate.py) echo \'{"template": {}}\' ;; esac\n')
    program.chmod(0o755)
    return {**os.environ, "CFN_LINT_PYTHON": str(program)}


def pack(tree, arch="x86_64", **options):
    return run(tree / "scripts/template/pack", arch, **options)


def change(tree, old, new):
    path = tree / "template.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("arch", ["x86_64", "arm64"])
def test_only_paths_and_architecture_differ(tree, approved, arch):
    answer = pack(tree, arch, env=approved)
    assert answer.returncode == 0, answer.stderr
    folder = tree / f"build/lambda-{arch}"
    made = yaml.load((folder / "packaged.yaml").read_text(), Loader)
    expected = Template(TEMPLATE.read_text()).document
    function = expected["Resources"]["ArazzoFunction"]
    function["Properties"]["CodeUri"] = "function.zip"
    del function["Metadata"]
    for resource in expected["Resources"].values():
        location = resource["Properties"].get("DefinitionS3Location")
        if location:
            resource["Properties"]["DefinitionS3Location"] = location.removeprefix("statemachine/")
            assert (folder / location.removeprefix("statemachine/")).read_bytes() == (ROOT / location).read_bytes()
    expected["Parameters"]["Architecture"].update(Default=arch, AllowedValues=[arch])
    assert made == expected
    assert f"--template-file build/lambda-{arch}/packaged.yaml" in answer.stderr


def test_without_a_zip(tree, approved):
    (tree / "build/lambda-arm64/function.zip").unlink()
    answer = pack(tree, "arm64", env=approved)
    assert answer.returncode == 1
    assert "run scripts/package --template arm64" in answer.stderr


@pytest.mark.parametrize("old, new, message", [
    ("CodeUri: .", "CodeUri: ./src", "template.yaml names ./src, which is not in build/lambda-x86_64"),
    ("DefinitionS3Location: statemachine/run-workflow", "DefinitionS3Location: statemachine/other", "names other.asl.json"),
    ("      BuildMethod: makefile", "      Other: 1\n      BuildMethod: makefile", "a BuildMethod in a form"),
], ids=["code", "definition", "build-method"])
def test_a_template_that_is_not_understood(tree, approved, old, new, message):
    change(tree, old, new)
    answer = pack(tree, env=approved)
    assert answer.returncode == 1
    assert message in answer.stderr
    assert not (tree / "build/lambda-x86_64/packaged.yaml").exists()


@pytest.fixture
def environment():
    """With AWS's tools, or a skip."""
    for name in filter(None, (os.environ.get("CFN_LINT_PYTHON"), "python3", "/usr/bin/python3")):
        if shutil.which(name) and run(name, "-c", "import cfnlint, samtranslator").returncode == 0:
            return {**os.environ, "CFN_LINT_PYTHON": shutil.which(name)}
    pytest.skip("no Python here can import cfnlint and samtranslator: name one that can by CFN_LINT_PYTHON")


def test_a_valid_template(tree, environment):
    answer = pack(tree, env=environment)
    assert answer.returncode == 0, answer.stderr
    assert "build/lambda-x86_64/packaged.yaml is valid: cfn-lint, and the SAM translator in both modes" in answer.stderr


def test_a_template_that_is_not_valid(tree, environment):
    change(tree, "MemorySize: 128", "MemorySize: 12")
    answer = pack(tree, env=environment)
    assert answer.returncode == 1
    assert "MemorySize" in answer.stderr or "E3034" in answer.stderr
    assert "cfn-lint found what is above" in answer.stderr
    assert not (tree / "build/lambda-x86_64/packaged.yaml").exists()


def test_what_the_translator_refuses(tree, approved, tmp_path):
    """cfn-lint translates, too: here by a Python that is pleased with what cfn-lint says."""
    refusal = json.dumps({"error": "no such alias"})
    program = tmp_path / "approve"
    program.write_text(f"#!/bin/sh\ncase \"$1\" in *translate.py) echo '{refusal}' ;; esac\n")
    answer = pack(tree, env=approved)
    assert answer.returncode == 1
    assert "the SAM translator refuses the template" in answer.stderr and "no such alias" in answer.stderr


def test_where_the_tools_cannot_be_had_it_says_so(tree):
    if run("/usr/bin/python3", "-c", "import cfnlint, samtranslator").returncode == 0:
        pytest.skip("the system's Python has the tools")
    answer = pack(tree, env={"PATH": "/usr/bin:/bin", "HOME": str(tree), **NO_PIP})
    assert answer.returncode == 0, answer.stderr
    assert "NOT validated by cfn-lint and the SAM translator" in answer.stderr
    assert "is valid" not in answer.stderr
    assert (tree / "build/lambda-x86_64/packaged.yaml").exists()


# As much of the tools as validation asks for.
TOOLS = {
    "cfnlint/__init__.py": "",
    "cfnlint/runner.py": "def main(): return 0",
    "samtranslator/__init__.py": "",
    "samtranslator/model/__init__.py": "",
    "samtranslator/model/exceptions.py": "class InvalidDocumentException(Exception): pass",
    "samtranslator/translator/__init__.py": "",
    "samtranslator/translator/transform.py": "def transform(*_): return {}",
    "samtranslator/yaml_helper.py": "def yaml_parse(_): return {'Resources': {}}",
    "cfn_lint-1.51.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: cfn-lint\nVersion: 1.51.0\n",
    "cfn_lint-1.51.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "cfn_lint-1.51.0.dist-info/RECORD": "",
}


def test_the_tools_are_installed_once(tree):
    """From an index that is a folder here, into the build folder; the second time they are there."""
    if run("/usr/bin/python3", "-c", "import cfnlint, samtranslator").returncode == 0:
        pytest.skip("the system's Python has the tools")
    with zipfile.ZipFile(tree / "cfn_lint-1.51.0-py3-none-any.whl", "w") as wheel:
        for name, text in TOOLS.items():
            wheel.writestr(name, text)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tree), **NO_PIP, "PIP_FIND_LINKS": str(tree)}
    first, second = pack(tree, env=environment), pack(tree, env=environment)
    assert "Installing cfn-lint" in first.stderr and "Installing cfn-lint" not in second.stderr
    for answer in (first, second):
        assert answer.returncode == 0, answer.stderr
        assert "packaged.yaml is valid" in answer.stderr


def test_a_python_without_the_tools_is_refused(tree):
    answer = pack(tree, env={**os.environ, "CFN_LINT_PYTHON": "/bin/false"})
    assert answer.returncode == 1
    assert "CFN_LINT_PYTHON is /bin/false, which can't import cfnlint and samtranslator" in answer.stderr


@pytest.mark.parametrize("arguments", [["--template", "sparc"], ["--templat"]])
def test_refused(arguments):
    answer = run(ROOT / "scripts/package", *arguments)
    assert answer.returncode == 2
    assert "unknown architecture" in answer.stderr
