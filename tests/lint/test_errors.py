"""All errors of a document are told, and none that follows from another: exact places and rules; texts where the case gives them."""

import pytest

from examples import description, error_cases

DATA = error_cases()


def write(folder, case):
    text = "\n".join(DATA["base"]["w.yml"]) + "\n"
    for old, new in case.get("change", []):
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    if "repeat" in case:
        line, each, count = case["repeat"]
        text = text.replace(line, line + "".join("\n" + each.replace("#", str(i)) for i in range(count)))
    for name, content in {"w.yml": text, "api.yml": description(), **case.get("files", {})}.items():
        (folder / name).write_text(content)


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_errors(validate, findings, tmp_path, case):
    write(tmp_path, case)
    found = [f"{each['line']}:{each['column']} {each['rule']} {each['text']}" for each in findings("w.yml")]
    assert len(found) == len(case["errors"]), found
    for line, wanted in zip(found, case["errors"]):
        assert line == wanted if wanted.count(" ") > 1 else line.startswith(wanted + " "), found
    assert validate("w.yml").returncode == 1


def test_a_good_document_has_no_findings(validate, tmp_path):
    write(tmp_path, {})
    done = validate("w.yml", "--strict")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "arazzo: 1 document, 0 errors, 0 warnings\n"
