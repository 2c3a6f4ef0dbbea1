"""Documents that must be refused before the first request, with the place and what is wrong.

Each case changes one line of a good document or description. `@` marks where the error must be reported: it stands in front
of the character and is taken out before the file is written.
"""

import json

import pytest

DOCUMENT = """arazzo: 1.0.1
info: {title: t, version: 1.0.0}
sourceDescriptions:
- name: api
  url: api.yaml
  type: openapi
workflows:
- workflowId: w
  inputs: {type: object, properties: {id: {type: string}}}
  steps:
  - stepId: one
    operationId: getThing
    parameters:
    - {name: id, in: path, value: $inputs.id}
    successCriteria:
    - condition: $statusCode == 200
    onSuccess:
    - name: again
      type: goto
      stepId: one
      criteria:
      - context: $response.body
        condition: $.state == "busy"
        type: jsonpath
    onFailure:
    - name: later
      type: retry
      retryAfter: 5
      retryLimit: 3
    outputs:
      state: $response.body#/state
  - stepId: two
    operationId: putThing
    requestBody:
      contentType: application/json
      payload: {state: $steps.one.outputs.state}
  outputs:
    state: $steps.one.outputs.state
"""
API = """openapi: 3.0.3
info: {title: t, version: '1'}
servers: [{url: SERVER}]
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters:
      - {name: id, in: path, required: true}
  /things:
    put:
      operationId: putThing
      requestBody: {required: true, content: {application/json: {}}}
"""

# Of the document: the line that is changed, what it becomes with the error's place marked, and parts of the message.
DOCUMENT_CASES = {
    "version-unknown": ("arazzo: 1.0.1", "arazzo: @2.0.0", "2.0.0"),
    "version-number": ("arazzo: 1.0.1", "arazzo: @1.0", "arazzo"),
    "field-unknown": ("- workflowId: w", "- workflowId: w\n  @step: []", "step"),
    "step-field-misspelt": ("    onSuccess:", "    @onSucess:", "onSucess"),
    "action-field-misspelt": ("      retryAfter: 5", "      @retry_after: 5", "retry_after"),
    "criterion-field-misspelt": ("        type: jsonpath", "        @typ: jsonpath", "typ"),
    "duplicate-key": ("    operationId: getThing", "    operationId: getThing\n    @operationId: getThing", "operationId"),
    "tab": ("  steps:", "@\tsteps:", ""),
    "yaml-unclosed": ("      payload: {state: $steps.one.outputs.state}", "      payload: {state: [1@}", ""),
    "operation-unknown": ("    operationId: getThing", "    operationId: @getThings", "getThings"),
    "operation-empty": ("    operationId: getThing", "    operationId: @''", ""),
    "operation-missing": ("    operationId: putThing", "    description: x", "operationId"),
    "operation-path": ("    operationId: putThing", "    operationPath: @'{$sourceDescriptions.api.url}#/paths/~1nothing/put'",
                       "no operation 'put /nothing'"),
    "step-twice": ("  - stepId: two", "  - stepId: @one", "one"),
    "goto-unknown": ("      stepId: one", "      stepId: @three", "three"),
    "goto-without-target": ("      stepId: one", "", "stepId"),
    "goto-workflow": ("      stepId: one", "      workflowId: @v", "v"),
    "action-type-unknown": ("      type: goto", "      type: @jump", "jump"),
    "success-retry": ("      type: goto", "      type: @retry", "retry"),
    "retry-after-text": ("      retryAfter: 5", "      retryAfter: @soon", "retryAfter"),
    "retry-after-negative": ("      retryAfter: 5", "      retryAfter: @-1", "retryAfter"),
    "retry-limit-fraction": ("      retryLimit: 3", "      retryLimit: @1.5", "retryLimit"),
    "retry-limit-negative": ("      retryLimit: 3", "      retryLimit: @-3", "retryLimit"),
    "condition-unfinished": ("    - condition: $statusCode == 200", "    - condition: @$statusCode ==", ""),
    "condition-empty": ("    - condition: $statusCode == 200", "    - condition: @''", ""),
    "condition-single-equals": ("    - condition: $statusCode == 200", "    - condition: @$statusCode = 200", "=="),
    "condition-misspelt": ("    - condition: $statusCode == 200", "    - condition: @$statuscode == 200", "$statusCode"),
    "condition-unclosed": ("    - condition: $statusCode == 200", "    - condition: @($statusCode == 200", ")"),
    "jsonpath-unclosed": ('        condition: $.state == "busy"', '        condition: @$.state[?(@.x == 1', ""),
    "jsonpath-not-one": ('        condition: $.state == "busy"', '        condition: @state is busy', ""),
    "jsonpath-without-context": ("      - context: $response.body", "      - context: @''", "$"),
    "criterion-type-unknown": ("        type: jsonpath", "        type: @xpath2", "xpath2"),
    "criterion-context-missing": ("      - context: $response.body\n        condition", "      - @condition", "context"),
    "regex-wrong": ('        condition: $.state == "busy"\n        type: jsonpath',
                    '        condition: @(busy\n        type: regex', ""),
    "parameter-unknown-place": ("    - {name: id, in: path, value: $inputs.id}",
                                "    - {name: id, in: @body, value: $inputs.id}", "body"),
    "parameter-without-value": ("    - {name: id, in: path, value: $inputs.id}", "    - @{name: id, in: path}", "value"),
    "parameter-missing": ("    - {name: id, in: path, value: $inputs.id}", "    - {name: x, in: query, value: 1}", "'id'"),
    "parameter-twice": ("    - {name: id, in: path, value: $inputs.id}",
                        "    - {name: id, in: path, value: $inputs.id}\n    - @{name: id, in: path, value: 1}", "id"),
    "expression-unknown-source": ("value: $inputs.id}", "value: @$input.id}", "$inputs"),
    "expression-unclosed": ("value: $inputs.id}", "value: @'a {$inputs.id'}", ""),
    "response-before-request": ("value: $inputs.id}", "value: @$response.body#/id}", "response"),
    "step-unknown-in-payload": ("payload: {state: $steps.one.outputs.state}", "payload: {state: @$steps.none.outputs.state}",
                                "step"),
    "output-unknown-in-payload": ("payload: {state: $steps.one.outputs.state}", "payload: {state: @$steps.one.outputs.no}",
                                  "output"),
    "object-as-csv": ("      contentType: application/json\n      payload: {state",
                      "      contentType: text/csv\n      payload: @{state", "text/csv"),
    "body-missing": ("    requestBody:\n      contentType: application/json\n      payload: {state: $steps.one.outputs.state}",
                     "", "request body"),
    "step-output-wrong": ("      state: $response.body#/state", "      state: @$response.boddy", "boddy"),
    "step-output-number": ("      state: $response.body#/state", "      state: @7", "state"),
    "step-output-of-unknown-step": ("      state: $response.body#/state", "      state: @$steps.none.outputs.x", "step"),
    "workflow-output-of-unknown-step": ("    state: $steps.one.outputs.state", "    state: @$steps.none.outputs.state",
                                        "step"),
    "workflow-output-unknown": ("    state: $steps.one.outputs.state", "    state: @$steps.one.outputs.sate", "output"),
    "workflow-output-response": ("    state: $steps.one.outputs.state", "    state: @$response.body", "response"),
    "input-schema-wrong-type": ("{type: string}", "{type: @text}", "text"),
    "input-schema-wrong-pattern": ("{type: string}", "{type: string, pattern: @'('}", ""),
    "source-url-remote": ("  url: api.yaml", "  url: @https://example.com/api.yaml", "https://example.com/api.yaml"),
    "source-missing": ("  url: api.yaml", "  url: @apis.yaml", "apis.yaml"),
    "source-type-unknown": ("  type: openapi", "  type: @grpc", "grpc"),
    "depends-on": ("  steps:", "  dependsOn: [@other]\n  steps:", "other"),
    "no-steps": (DOCUMENT[DOCUMENT.index("  steps:"):], "  steps: @[]\n", "steps"),
}
API_CASES = {
    "not-openapi": ("openapi: 3.0.3", "@raml: '1.0'", "openapi"),
    "swagger-1": ("openapi: 3.0.3", "swagger: @'1.2'", "1.2"),
    "version-4": ("openapi: 3.0.3", "openapi: @4.0.0", "4.0.0"),
    "operation-twice": ("      operationId: putThing", "      operationId: @getThing", "getThing"),
    "reference-to-nowhere": ("      - {name: id, in: path, required: true}", "      - {$ref: @'#/components/none'}", "#/components/none"),
    "reference-to-a-file": ("      - {name: id, in: path, required: true}", "      - {$ref: @'other.yaml#/x'}", "other.yaml"),
    "parameter-place": ("      - {name: id, in: path, required: true}", "      - @{name: id, in: paths, required: true}", "paths"),
    "yaml-wrong": ("paths:\n  /things/{id}:", "paths: [\n  /things/@{id}:", ""),
}


def place(text):
    """The text without its mark, and the mark's line and column."""
    at = text.index("@")
    line = text.count("\n", 0, at) + 1
    return text[:at] + text[at + 1:], f":{line}:{at - text.rfind(chr(10), 0, at)}:"


def cases():
    for folder, whole, name in ((DOCUMENT_CASES, DOCUMENT, "w.yaml"), (API_CASES, API, "api.yaml")):
        for identifier, (old, new, part) in folder.items():
            assert whole.count(old) >= 1, identifier
            yield pytest.param(name, whole.replace(old, new, 1), part, id=f"{name}-{identifier}")


@pytest.mark.parametrize("name, text, part", cases())
def test_refused_with_its_place(arazzo, server, tmp_path, name, text, part):
    text, where = place(text) if "@" in text.replace("@.x", "") else (text, ":")
    files = {"w.yaml": DOCUMENT, "api.yaml": API, name: text}
    for file, content in files.items():
        (tmp_path / file).write_text(content.replace("SERVER", server.url))
    done = arazzo("run", tmp_path / "w.yaml", "--inputs", json.dumps({"id": "1"}))
    assert (done.exit_status, done.stdout) == (1, ""), done.stderr
    assert f"{name}{where}" in done.stderr
    assert part in done.stderr
    assert server.sent() == []
    found = arazzo("validate", tmp_path / "w.yaml", "--format", "json")
    assert found.exit_status == 1
    assert done.stderr == f"arazzo: {as_line(found.json[0])}\n"


def as_line(finding):
    """A finding of `arazzo validate` as the line that the function says of the same error."""
    place = f"{finding['file']}:{finding['line']}:{finding['column']}: "
    return place + (f"{finding['where']}: " if "where" in finding else "") + finding["text"]


def test_the_good_document_runs(arazzo, server, tmp_path):
    """What the table changes is what makes the difference."""
    (tmp_path / "w.yaml").write_text(DOCUMENT)
    (tmp_path / "api.yaml").write_text(API.replace("SERVER", server.url))
    server.script("GET", "/things/1", {"json": {"state": "done"}})
    server.script("PUT", "/things", {"json": {}})
    done = arazzo("run", tmp_path / "w.yaml", "--inputs", json.dumps({"id": "1"}))
    assert done.exit_status == 0, done.stderr
    assert done.json["outputs"] == {"state": "done"}


def test_arazzo_1_1_refuses_the_comparison_form(arazzo, server, tmp_path):
    """What 1.0.x documents may write, 1.1 documents may not; the message gives the RFC 9535 form."""
    (tmp_path / "w.yaml").write_text(DOCUMENT.replace("1.0.1", "1.1.0"))
    (tmp_path / "api.yaml").write_text(API.replace("SERVER", server.url))
    done = arazzo("run", tmp_path / "w.yaml", "--inputs", json.dumps({"id": "1"}))
    assert (done.exit_status, done.stdout) == (1, "")
    assert "w.yaml:23:" in done.stderr
    assert "$[?" in done.stderr
    assert server.sent() == []
