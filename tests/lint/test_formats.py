"""Text, JSON and SARIF say the same; SARIF is what its standard prescribes; exit statuses."""

import http.server
import json
import re
import threading

import pytest

from examples import description, document, examples

LINE = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<severity>error|warning): (?P<text>.*) \[(?P<rule>[a-z-]+)\]$")
MEMBERS = ["file", "line", "column", "severity", "rule", "text", "help"]


@pytest.fixture
def folder(tmp_path):
    """Two documents with warnings, one with errors, one with a name that is no URL."""
    for name, rule in (("poll.yml", "endless-poll"), ("a b.yml", "constant-token")):
        example = next(each for each in examples() if each.rule == rule)
        (tmp_path / name).write_text(document(example.bad)[0])
    (tmp_path / "bad.yml").write_text(document("steps:\n- {stepId: make, operationId: makeNothing}\n- {stepId: a, operationid: x}")[0])
    (tmp_path / "api.yml").write_text(description())
    return tmp_path


ALL = ("poll.yml", "bad.yml", "a b.yml", "poll.yml")


def test_text_and_json_say_the_same(validate, folder):
    text = validate(*ALL)
    found = json.loads(validate(*ALL, "--format", "json").stdout)
    lines = [LINE.match(line).groupdict() for line in text.stdout.splitlines()]
    assert lines == [{name: str(each[name]) for name in lines[0]} for each in found]
    assert all([name for name in each if name != "where"] == MEMBERS for each in found)
    assert [(each["file"], each["line"]) for each in found] == sorted((each["file"], each["line"]) for each in found)
    assert [each["rule"] for each in found] == ["constant-token", "operation", "structure", "endless-poll"]
    assert text.stderr == "arazzo: 4 documents, 2 errors, 2 warnings\n"


def test_sarif(validate, folder):
    log = json.loads(validate(*ALL, "--format", "sarif").stdout)
    assert (log["version"], log["$schema"].endswith("sarif-schema-2.1.0.json"), len(log["runs"])) == ("2.1.0", True, 1)
    run = log["runs"][0]
    driver, rules = run["tool"]["driver"], run["tool"]["driver"]["rules"]
    assert driver["name"] and run["columnKind"] == "unicodeCodePoints"
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)
    assert all(f"docs/rules.md#{rule['id']}" in rule["help"]["markdown"] for rule in rules)
    found = json.loads(validate(*ALL, "--format", "json").stdout)
    assert len(run["results"]) == len(found)
    for result, finding in zip(run["results"], found):
        place = result["locations"][0]["physicalLocation"]
        assert (result["ruleId"], result["level"], result["message"]["text"]) == (finding["rule"], finding["severity"], finding["text"])
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert place["region"] == {"startLine": finding["line"], "startColumn": finding["column"]}
        assert place["artifactLocation"]["uri"] == finding["file"].replace(" ", "%20")


def test_sarif_of_an_absolute_path(validate, folder):
    run = json.loads(validate(folder / "poll.yml", "--format", "sarif").stdout)["runs"][0]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == f"file://{folder}/poll.yml"


@pytest.mark.parametrize("arguments, exit_status", [
    (["poll.yml"], 0), (["poll.yml", "--strict"], 1), (["bad.yml"], 1), (["poll.yml", "bad.yml"], 1), (["none.yml"], 1),
    ([], 2), (["--format", "xml", "poll.yml"], 2)])
def test_exit_status(validate, folder, arguments, exit_status):
    assert validate(*arguments).returncode == exit_status


def test_a_file_that_is_not_there(validate, folder):
    assert validate("none.yml").stdout == "none.yml:1:1: error: the file 'none.yml' can't be opened [source]\n"


def test_text_of_documents_does_not_steer_the_terminal(validate, folder):
    (folder / "w.yml").write_text(document('steps:\n- {stepId: make, operationId: "\\e[31mred\\x9b"}')[0])
    done = validate("w.yml")
    assert "'?[31mred?'" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr


def test_fetch(validate, folder):
    """A description that is a URL is read with --fetch only."""
    class Files(http.server.SimpleHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(description().encode())

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Files) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        text = document("steps:\n- {stepId: make, operationId: makeThing}")[0]
        (folder / "w.yml").write_text(text.replace("url: api.yml", f"url: http://127.0.0.1:{server.server_port}/api.yml"))
        assert "[unsupported]" in validate("w.yml").stdout
        assert validate("w.yml", "--fetch").stdout == ""
        server.shutdown()


def test_many_findings_are_counted(validate, folder):
    steps = "".join(f"\n- {{stepId: s{i}, operationid: x}}" for i in range(1010))
    (folder / "w.yml").write_text(document("steps:" + steps)[0])
    done = validate("w.yml")
    assert len(done.stdout.splitlines()) == 1000
    assert done.stderr == "arazzo: and 10 more\narazzo: 1 document, 1000 errors, 0 warnings\n"
    assert done.returncode == 1
