"""Documents that can't be run, one rule each: refused by the bootstrap at its start and by the command, with the place and what
is wrong, and before any request.

Each case changes one text of a good document. `¤` stands in front of the character where the error must be reported; `§` where
the line must be right, since more than one place of it is. Both are taken out before the file is written.
"""

import json

import pytest

from contract import check_refusal

GOOD = """arazzo: 1.1.0
$self: https://flows.example.com/team/main.arazzo.yaml
info: {title: t, version: 1.0.0}
sourceDescriptions:
- {name: things, url: things.openapi.yaml, type: openapi}
- {name: search, url: search.openapi.yaml, type: openapi}
- {name: alt, url: alt.openapi.yaml, type: openapi}
workflows:
- workflowId: main
  dependsOn: [before]
  inputs:
    $ref: '#/components/inputs/main'
  steps:
  - stepId: get
    operationId: $sourceDescriptions.things.getThing
    timeout: 5000
    parameters:
    - {name: id, in: path, value: $inputs.id}
    - reference: $components.parameters.tag
      value: 'of {$inputs.id}'
    successCriteria:
    - condition: $statusCode == 200
    - {context: $response.body#/name, condition: '^[a-z]+$', type: regex}
    onSuccess:
    - reference: $components.successActions.again
    onFailure:
    - reference: $components.failureActions.help
    - name: leave
      type: goto
      workflowId: leave
      parameters:
      - {name: why, value: $statusCode}
    outputs:
      name: $response.body#/name
      first: {context: $response.body, selector: '$.lines[0]', type: jsonpath}
  - stepId: put
    operationId: $sourceDescriptions.things.putThing
    dependsOn: [get]
    parameters:
    - {name: id, in: path, value: $steps.get.outputs.name}
    requestBody:
      contentType: application/json
      payload: {name: $steps.get.outputs.name, line: {context: $steps.get.outputs.first, selector: /name, type: jsonpointer}}
      replacements:
      - {target: /name, value: $inputs.id}
      - {target: '$.line', targetSelectorType: jsonpath, value: 1}
    onSuccess:
    - name: onward
      type: goto
      stepId: child
  - stepId: child
    workflowId: child
    parameters:
    - {name: id, value: $steps.get.outputs.name}
    successCriteria:
    - condition: $outputs.name != null
    outputs: {name: $outputs.name}
  outputs:
    name: $steps.child.outputs.name
    of: $workflows.child.outputs.name
- workflowId: child
  inputs: {type: object, required: [id], properties: {id: {type: string}}}
  steps:
  - stepId: look
    operationId: $sourceDescriptions.search.search
    parameters:
    - {name: all, in: querystring, value: 'filter={$inputs.id}'}
  - stepId: read
    operationPath: '{$sourceDescriptions.things.url}#/paths/~1documents/get'
    successCriteria:
    - {context: $response.body, condition: /order/id, type: {type: xpath, version: xpath-10}}
  - stepId: write
    operationId: $sourceDescriptions.things.putDocument
    requestBody:
      contentType: application/xml
      payload: <order><id>1</id></order>
      replacements:
      - {target: /order/id, value: $inputs.id}
  - stepId: all
    operationId: $sourceDescriptions.things.findThings
    successCriteria:
    - {context: $response.body, condition: '$.names[*]', type: jsonpath}
    outputs: {name: $response.body#/names/0}
  outputs: {name: $steps.all.outputs.name}
- workflowId: before
  parameters:
  - {name: X-Tag, in: header, value: t}
  steps:
  - stepId: touch
    operationId: $sourceDescriptions.things.getThing
    parameters: [{name: id, in: path, value: before}]
- workflowId: help
  inputs: {type: object}
  steps:
  - stepId: touch
    operationId: touchThing
    parameters: [{name: id, in: path, value: help}]
- workflowId: leave
  steps:
  - stepId: touch
    operationId: touchThing
    parameters: [{name: id, in: path, value: leave}]
components:
  inputs:
    main: {type: object, required: [id], properties: {id: {type: string}}}
  parameters:
    tag: {name: tag, in: query, value: x}
  successActions:
    again: {name: again, type: goto, stepId: get, criteria: [{condition: $response.body#/busy == true}]}
  failureActions:
    help: {name: help, type: retry, workflowId: help, criteria: [{condition: $statusCode == 409}], parameters: [{name: why, value: 1}]}
"""

GET_CRITERION = "condition: $statusCode == 200"
REGEX = "{context: $response.body#/name, condition: '^[a-z]+$', type: regex}"
QUERY = "{context: $response.body, condition: '$.names[*]', type: jsonpath}"
XPATH = "{context: $response.body, condition: /order/id, type: {type: xpath, version: xpath-10}}"
SELECTOR = "first: {context: $response.body, selector: '$.lines[0]', type: jsonpath}"
PUT_ID = "- {name: id, in: path, value: $steps.get.outputs.name}\n    requestBody"
HELP = "  - stepId: touch\n    operationId: touchThing\n    parameters: [{name: id, in: path, value: help}]"
LEAVE = "  - stepId: touch\n    operationId: touchThing\n    parameters: [{name: id, in: path, value: leave}]"
BEFORE = "  parameters:\n  - {name: X-Tag, in: header, value: t}\n  steps:"
QUERYSTRING = "- {name: all, in: querystring, value: 'filter={$inputs.id}'}"
CHILD_ID = "- {name: id, value: $steps.get.outputs.name}"
CHILD_OUTPUT = "    outputs: {name: $outputs.name}"
JSON_BODY = "payload: {name: $steps.get.outputs.name, line: {context: $steps.get.outputs.first, selector: /name, type: jsonpointer}}"

# What is changed, what it becomes, parts of the message.
DOCUMENT = {
    # the document
    "self-with-fragment": ("$self: https://flows.example.com/team/main.arazzo.yaml",
                           "$self: ¤https://flows.example.com/m.yaml#x", "$self"),
    "title-missing": ("info: {title: t, version: 1.0.0}", "info: §{version: 1.0.0}", "title"),
    "source-name-twice": ("- {name: alt,", "- §{name: things,", "things"),
    "source-url-missing": ("{name: alt, url: alt.openapi.yaml, type: openapi}", "§{name: alt, type: openapi}", "url"),
    "source-type": ("alt.openapi.yaml, type: openapi", "alt.openapi.yaml, type: ¤grpc", "grpc"),
    "source-file-missing": ("url: alt.openapi.yaml", "url: ¤none.openapi.yaml", "none.openapi.yaml"),
    "source-https": ("url: search.openapi.yaml", "url: ¤https://other.example.com/search.openapi.yaml",
                     "https://other.example.com/search.openapi.yaml", "beside"),
    # ids and names
    "workflow-twice": ("- workflowId: leave", "- workflowId: ¤help", "help"),
    "workflow-id-missing": ("- workflowId: leave\n  steps:", "- §steps:", "workflowId"),
    "step-twice": ("  - stepId: put", "  - stepId: ¤get", "get"),
    "step-id-missing": ("  - stepId: touch\n    operationId: touchThing\n    parameters: [{name: id, in: path, value: leave}]",
                        "  - §operationId: touchThing\n    parameters: [{name: id, in: path, value: leave}]", "stepId"),
    "action-twice": ("    - name: leave\n", "    - name: §help\n", "help"),
    "parameter-twice": (QUERYSTRING, f"{QUERYSTRING}\n    - §{{name: all, in: querystring, value: x=1}}", "all"),
    "the-same-entry-twice": (QUERYSTRING, f"{QUERYSTRING}\n    - §{QUERYSTRING[2:]}", "twice"),
    "action-parameter-twice": ("      - {name: why, value: $statusCode}",
                               "      - {name: why, value: $statusCode}\n      - §{name: why, value: 1}", "why"),
    "output-name": ("  outputs: {name: $steps.all.outputs.name}",
                    "  outputs: {name: $steps.all.outputs.name, §na me: $inputs.id}", "na me"),
    "step-output-name": ("      name: $response.body#/name\n",
                         "      name: $response.body#/name\n      §'a/b': $statusCode\n", "a/b"),
    "component-name": ("    tag: {name: tag", "    tag: {name: tag, in: query, value: x}\n    §'a b': {name: tag", "a b"),
    # what a step does
    "operation-and-workflow": ("    workflowId: child\n", "    workflowId: child\n    §operationId: touchThing\n",
                               "workflowId", "operationId"),
    "operation-id-and-path": ("    operationPath:", "    operationId: touchThing\n    §operationPath:", "operationPath",
                              "operationId"),
    "nothing-to-do": ("    workflowId: child\n", "", "child", "workflowId"),
    "operation-unknown": ("$sourceDescriptions.search.search", "¤$sourceDescriptions.search.serch", "serch"),
    "operation-of-unknown-source": ("$sourceDescriptions.search.search", "¤$sourceDescriptions.serch.search", "serch"),
    "operation-ambiguous": ("operationId: $sourceDescriptions.things.getThing\n    timeout",
                            "operationId: ¤getThing\n    timeout", "$sourceDescriptions"),
    "operation-unknown-without-source": ("operationId: touchThing\n    parameters: [{name: id, in: path, value: leave}]",
                                         "operationId: ¤touchThings\n    parameters: [{name: id, in: path, value: leave}]",
                                         "touchThings"),
    "operation-path-to-nothing": ("#/paths/~1documents/get'", "#/paths/~1document/get'", "document"),
    "operation-path-without-method": ("~1documents/get'", "~1documents'", "operationPath", "<method>"),
    "operation-path-of-unknown-source": ("'{$sourceDescriptions.things.url}#", "¤'{$sourceDescriptions.thing.url}#", "thing"),
    "operation-path-without-expression": ("'{$sourceDescriptions.things.url}#/paths", "¤'things.openapi.yaml#/paths",
                                          "$sourceDescriptions"),
    "workflow-unknown": ("    workflowId: child\n", "    workflowId: ¤childs\n", "childs"),
    "channel-path": ("  - stepId: read\n    operationPath: '{$sourceDescriptions.things.url}#/paths/~1documents/get'",
                     "  - §stepId: read\n    action: send\n    channelPath: '{$sourceDescriptions.things.url}#/paths/~1documents/get'",
                     "AsyncAPI"),
    "recursion-without-end": (HELP, "  - stepId: touch\n    workflowId: §help", "help"),
    "recursion-over-two": (f"{HELP}\n- workflowId: leave\n  steps:\n{LEAVE}",
                           "  - stepId: touch\n    workflowId: leave\n- workflowId: leave\n  steps:\n  - stepId: touch\n    workflowId: help",
                           "help", "itself"),
    "timeout-negative": ("timeout: 5000", "timeout: ¤-1", "timeout"),
    "timeout-fraction": ("timeout: 5000", "timeout: ¤0.5", "timeout"),
    "timeout-text": ("timeout: 5000", "timeout: ¤'5000'", "timeout"),
    # dependsOn
    "depends-on-unknown": ("dependsOn: [before]", "dependsOn: [¤befor]", "befor"),
    "depends-on-itself": ("dependsOn: [before]", "dependsOn: [§main]", "main"),
    "depends-on-cycle": ("- workflowId: before\n", "- workflowId: before\n  dependsOn: [main]\n", "before", "main"),
    "depends-on-text": ("dependsOn: [before]", "dependsOn: ¤before", "dependsOn"),
    "depends-on-and-back": (BEFORE, "  steps:\n  - stepId: main\n    workflowId: main", "main"),
    "step-depends-on-unknown": ("dependsOn: [get]", "dependsOn: [¤git]", "git"),
    "step-depends-on-itself": ("dependsOn: [get]", "dependsOn: [§put]", "put"),
    "step-depends-on-cycle": ("    timeout: 5000", "    dependsOn: [put]", "get", "put"),
    "step-depends-on-step-of-unknown-workflow": ("dependsOn: [get]", "dependsOn: [¤$workflows.none.steps.get]", "none"),
    "step-depends-on-unknown-step-of-a-workflow": ("dependsOn: [get]", "dependsOn: [¤$workflows.child.steps.none]", "none"),
    "step-depends-on-step-of-unknown-source": ("dependsOn: [get]", "dependsOn: [¤$sourceDescriptions.none.w.steps.x]", "none"),
    "forward-reference": (QUERYSTRING, "- {name: all, in: querystring, value: 'filter={$inputs.id}&note=§{$steps.all.outputs.name}'}", "all"),
    # actions
    "goto-unknown-step": ("      stepId: child", "      stepId: ¤childs", "childs"),
    "goto-step-of-another-workflow": ("      stepId: child", "      stepId: ¤look", "look"),
    "goto-unknown-workflow": ("      workflowId: leave", "      workflowId: ¤lave", "lave"),
    "goto-two": ("      stepId: child", "      stepId: child\n      §workflowId: leave", "stepId", "workflowId"),
    "goto-nothing": ("    - name: onward\n      type: goto\n      stepId: child", "    - §name: onward\n      type: goto",
                     "stepId"),
    "action-type": ("      type: goto\n      stepId: child", "      type: ¤jump\n      stepId: child", "jump"),
    "action-type-missing": ("    - name: onward\n      type: goto\n      stepId: child",
                            "    - §name: onward\n      stepId: child", "type"),
    "action-name-missing": ("    - name: onward\n      type: goto", "    - §type: goto", "name"),
    "success-retry": ("      type: goto\n      stepId: child", "      type: ¤retry", "retry"),
    "detour-unknown-workflow": ("type: retry, workflowId: help", "type: retry, workflowId: ¤halp", "halp"),
    "detour-unknown-step": ("type: retry, workflowId: help, criteria: [{condition: $statusCode == 409}], parameters: [{name: why, value: 1}]",
                            "type: retry, stepId: ¤none", "none"),
    "retry-limit": ("type: retry, workflowId: help", "type: retry, retryLimit: ¤-1, workflowId: help", "retryLimit"),
    "retry-after": ("type: retry, workflowId: help", "type: retry, retryAfter: ¤-0.5, workflowId: help", "retryAfter"),
    "action-parameter-with-in": ("      - {name: why, value: $statusCode}",
                                 "      - {name: why, §in: query, value: $statusCode}", "in"),
    "action-criterion-unknown-step": ("$response.body#/busy == true", "§$steps.none.outputs.x == true", "none"),
    # references
    "reference-unknown": ("$components.parameters.tag", "¤$components.parameters.tags", "tags"),
    "reference-of-another-kind": ("$components.successActions.again", "¤$components.failureActions.help", "failureActions"),
    "parameter-as-action": ("$components.failureActions.help", "¤$components.parameters.tag", "parameters"),
    "reference-that-is-none": ("$components.failureActions.help", "¤'#/components/failureActions/help'", "$components"),
    "inputs-reference": ("'#/components/inputs/main'", "¤'#/components/inputs/mine'", "mine"),
    # parameters
    "in-missing": ("{name: id, in: path, value: $inputs.id}", "§{name: id, value: $inputs.id}", "in"),
    "in-unknown": ("{name: id, in: path, value: $inputs.id}", "{name: id, in: ¤body, value: $inputs.id}", "body"),
    "path-parameter-unknown": ("{name: id, in: path, value: $inputs.id}", "{§name: ident, in: path, value: $inputs.id}",
                               "ident"),
    "path-parameter-missing": ("[{name: id, in: path, value: before}]", "[{name: tag, in: query, value: before}]", "'id'"),
    "value-missing": ("{name: id, in: path, value: $inputs.id}", "§{name: id, in: path}", "value"),
    "name-missing": ("{name: id, in: path, value: $inputs.id}", "§{in: path, value: $inputs.id}", "name"),
    "querystring-with-query": (QUERYSTRING, f"- §{QUERYSTRING[2:]}\n    - {{name: limit, in: query, value: 1}}",
                               "query string", "limit"),
    "querystring-number": (QUERYSTRING, "- {name: all, in: querystring, value: §7}", "querystring"),
    "querystring-missing": ("$sourceDescriptions.search.search\n    parameters:\n    - {name: all, in: querystring, value: 'filter={$inputs.id}'}",
                            "$sourceDescriptions.search.select", "'query'"),
    "parameter-for-a-workflow-twice": (CHILD_ID, f"{CHILD_ID}\n    - §{{name: id, value: other}}", "id"),
    # expressions
    "response-in-a-parameter": ("value: $inputs.id}\n    - reference", "value: ¤$response.body#/id}\n    - reference",
                                "response"),
    "status-in-a-payload": (JSON_BODY, "payload: {name: ¤$statusCode}", "$statusCode"),
    "url-in-a-parameter": ("value: $inputs.id}\n    - reference", "value: ¤$url}\n    - reference", "$url"),
    "response-in-a-template": ("'of {$inputs.id}'", "§'of {$response.body}'", "response"),
    "outputs-in-a-parameter": (CHILD_ID, "- {name: id, value: ¤$outputs.name}", "$outputs"),
    "unknown-step": (CHILD_ID, "- {name: id, value: ¤$steps.none.outputs.name}", "step"),
    "unknown-output": (CHILD_ID, "- {name: id, value: ¤$steps.get.outputs.none}", "output"),
    "steps-without-outputs": (CHILD_ID, "- {name: id, value: ¤$steps.get.name}", "outputs"),
    "unknown-workflow-in-an-expression": ("of: $workflows.child.outputs.name", "of: ¤$workflows.none.outputs.name", "none"),
    "unknown-output-of-a-workflow": ("of: $workflows.child.outputs.name", "of: ¤$workflows.child.outputs.none", "none"),
    "workflows-without-outputs": ("of: $workflows.child.outputs.name", "of: ¤$workflows.child.result.name", "outputs"),
    "unknown-output-of-the-called-workflow": (CHILD_OUTPUT, "    outputs: {name: ¤$outputs.none}", "none"),
    "unknown-root": ("value: $inputs.id}\n    - reference", "value: ¤$input.id}\n    - reference", "$inputs"),
    "message-of-a-request": (SELECTOR, "first: ¤$message.payload", "$message"),
    "response-as-a-workflows-output": ("    name: $steps.child.outputs.name\n", "    name: ¤$response.body\n", "response"),
    "step-of-another-workflow": ("    name: $steps.child.outputs.name\n", "    name: ¤$steps.look.outputs.name\n", "step"),
    "template-unclosed": ("'of {$inputs.id}'", "§'of {$inputs.id'", ""),
    # criteria
    "condition-missing": (REGEX, "§{context: $response.body#/name, type: regex}", "condition"),
    "context-missing": (REGEX, "§{condition: '^[a-z]+$', type: regex}", "context"),
    "context-no-expression": (REGEX, "{context: ¤name, condition: '^[a-z]+$', type: regex}", "name"),
    "regex": (REGEX, "{context: $response.body#/name, condition: §'([a-z]+$', type: regex}", ""),
    "criterion-type": (REGEX, "{context: $response.body#/name, condition: x, type: ¤glob}", "glob"),
    "criterion-pointer": (REGEX, "{context: $response.body, condition: /name, type: ¤jsonpointer}", "jsonpointer"),
    "criteria-empty": ("    successCriteria:\n    - condition: $outputs.name != null", "    successCriteria: §[]",
                       "successCriteria"),
    "simple-single-equals": (GET_CRITERION, "condition: §$statusCode = 200", "=="),
    "simple-unfinished": (GET_CRITERION, "condition: §$statusCode == 200 &&", ""),
    "jsonpath": (QUERY, "{context: $response.body, condition: §'$.names[', type: jsonpath}", ""),
    "jsonpath-comparison": (QUERY, "{context: $response.body, condition: §'$.name == \"a\"', type: jsonpath}", "$[?"),
    "jsonpath-version": (QUERY, "{context: $response.body, condition: '$.names[*]', type: {type: jsonpath, version: ¤rfc1}}",
                         "rfc1", "rfc9535"),
    "version-missing": (QUERY, "{context: $response.body, condition: '$.names[*]', type: §{type: jsonpath}}", "version"),
    "xpath": (XPATH, "{context: $response.body, condition: §'/order/id[', type: xpath}", ""),
    "xpath-of-later-versions": (XPATH, "{context: $response.body, condition: §'for $i in /order/id return $i', type: xpath}",
                                "XPath 1.0"),
    "xpath-version": (XPATH, "{context: $response.body, condition: /order/id, type: {type: xpath, version: ¤xpath-40}}",
                      "xpath-40"),
    # selectors
    "selector-jsonpath": (SELECTOR, "first: {context: $response.body, selector: §'$.lines[', type: jsonpath}", ""),
    "selector-pointer": (SELECTOR, "first: {context: $response.body, selector: §lines/0, type: jsonpointer}", "/"),
    "selector-type": (SELECTOR, "first: {context: $response.body, selector: $.lines, type: §regex}", "regex"),
    "selector-context": (SELECTOR, "first: {context: §lines, selector: $.lines, type: jsonpath}", "lines"),
    "selector-without-context": (SELECTOR, "first: §{selector: $.lines, type: jsonpath}", "context"),
    # bodies
    "body-missing": ("    requestBody:\n      contentType: application/xml\n      payload: <order><id>1</id></order>\n      replacements:\n      - {target: /order/id, value: $inputs.id}\n",
                     "", "body"),
    "json-text": (JSON_BODY, "payload: §'{\"name\": \"{$inputs.id}\"'", ""),
    "replacement-pointer": ("{target: /name, value: $inputs.id}", "{target: ¤name, value: $inputs.id}", "'/'"),
    "replacement-jsonpath": ("{target: '$.line', targetSelectorType: jsonpath",
                             "{target: §'$.line[', targetSelectorType: jsonpath", ""),
    "replacement-type": ("targetSelectorType: jsonpath", "targetSelectorType: ¤css", "css"),
    "replacement-value-missing": ("{target: /name, value: $inputs.id}", "§{target: /name}", "value"),
    "replacement-xpath": ("{target: /order/id, value: $inputs.id}", "{target: §'/order/id[', value: $inputs.id}", ""),
    # schemas
    "input-type": ("properties: {id: {type: string}}}\n  parameters:", "properties: {id: {type: ¤text}}}\n  parameters:",
                   "text"),
}


def marked(text):
    """The text without its mark, and what the message must begin its place with."""
    for mark in "¤§":
        if mark in text:
            at = text.index(mark)
            line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
            return text.replace(mark, "", 1), f":{line}:{column}:" if mark == "¤" else f":{line}:"
    return text, ":"


@pytest.fixture(scope="session")
def _broken(tmp_path_factory, _folders):
    """A folder whose document each case writes: one emulator is enough, its bootstrap is started for each."""
    folder = tmp_path_factory.mktemp("broken")
    for name in ("things.openapi.yaml", "search.openapi.yaml", "alt.openapi.yaml"):
        (folder / name).write_text((_folders["1.1.0"] / name).read_text())
    return folder


@pytest.fixture
def refuse(emulator, arazzo, _broken, things):
    """Neither the function nor the command runs the document; both say one of the places, and the parts."""
    def check(text, places, *parts):
        (_broken / "main.arazzo.yaml").write_text(text)
        done = arazzo("run", _broken / "main.arazzo.yaml", "--workflow", "main", "--inputs", json.dumps({"id": "a"}))
        assert (done.exit_status, done.stdout) == (1, ""), done.stderr
        where = next((place for place in places if place in done.stderr), None)
        assert where, (places, done.stderr)
        for part in parts:
            assert part in done.stderr
        aws = emulator({"ARAZZO_DOCUMENT": "main.arazzo.yaml", "AWS_REGION": None}, cold=True, task_root=str(_broken))
        check_refusal(aws.invoke({"workflowId": "main", "inputs": {"id": "a"}}), "Arazzo.InvalidDocument", where, *parts)
        assert things.sent() == []
    return check


@pytest.mark.parametrize("find, put, parts", [(find, put, parts) for find, put, *parts in DOCUMENT.values()],
                         ids=DOCUMENT.keys())
def test_refused(refuse, find, put, parts):
    assert GOOD.count(find) >= 1
    text, where = marked(GOOD.replace(find, put, 1))
    refuse(text, [f"main.arazzo.yaml{where}"], *parts)


def test_the_good_document_runs(emulator, arazzo, _broken, things):
    """What the table changes is what makes the difference."""
    things.answers("getThing", {"json": {"name": "lamp", "lines": [{"name": "l"}]}})
    things.answers("findThings", {"json": {"names": ["n"]}})
    things.answers("getDocument", {"body": "<order><id>1</id></order>", "headers": {"Content-Type": "application/xml"}})
    (_broken / "main.arazzo.yaml").write_text(GOOD)
    done = arazzo("run", _broken / "main.arazzo.yaml", "--workflow", "main", "--inputs", json.dumps({"id": "a"}))
    assert done.exit_status == 0, done.stderr
    assert done.json["outputs"] == {"name": "n", "of": "n"}
    assert things.sent() == ["GET /things/before", "GET /things/a?tag=of%20a", "PUT /things/lamp", "GET /search?filter=lamp",
                             "GET /documents", "PUT /documents", "GET /things"]
    assert things.calls[2].body == {"name": "a", "line": 1}


# ---- AsyncAPI ----

ASYNC_SOURCE = ("- {name: alt, url: alt.openapi.yaml, type: openapi}", "- {name: alt, url: alt.openapi.yaml, type: openapi}\n"
                "- {name: events, url: events.asyncapi.yaml, type: asyncapi}")
SEND = """  - stepId: send
    operationId: $sourceDescriptions.events.placeOrder
    action: send
    requestBody: {payload: {id: $inputs.id}}
"""
RECEIVE = """  - stepId: receive
    channelPath: '{$sourceDescriptions.events.url}#/channels/orders'
    action: receive
    correlationId: $inputs.id
    timeout: 6000
    outputs: {order: $message.payload}
"""
EVENTS = """asyncapi: 3.0.0
info: {title: Orders, version: 1.0.0}
channels:
  orders: {address: orders, messages: {order: {payload: {type: object}}}}
operations:
  placeOrder: {action: send, channel: {$ref: '#/channels/orders'}}
"""
AFTER = "  outputs: {name: $steps.all.outputs.name}\n- workflowId: before"


def with_async(step):
    text = GOOD.replace(*ASYNC_SOURCE)
    assert AFTER in text
    return text.replace(AFTER, step + AFTER)


@pytest.mark.parametrize("step", [SEND, RECEIVE], ids=["send", "receive"])
def test_asyncapi_steps_are_refused(refuse, _broken, step):
    (_broken / "events.asyncapi.yaml").write_text(EVENTS)
    text = with_async(step)
    line = text.count("\n", 0, text.index(step.partition("\n")[0])) + 1
    # The step, or what in it says that it is one of AsyncAPI.
    refuse(text, [f"main.arazzo.yaml:{line}:", f"main.arazzo.yaml:{line + 1}:"], "AsyncAPI")


# Mistakes behind and before the AsyncAPI step: they are named, since they can be mended.
OTHER_MISTAKES = {
    "before": ("$sourceDescriptions.search.search", "¤$sourceDescriptions.search.serch", "serch"),
    "behind": ("      workflowId: leave", "      workflowId: ¤lave", "lave"),
    "in-a-later-workflow": ("operationId: touchThing\n    parameters: [{name: id, in: path, value: leave}]",
                            "operationId: ¤touchThings\n    parameters: [{name: id, in: path, value: leave}]", "touchThings"),
}


@pytest.mark.parametrize("find, put, part", OTHER_MISTAKES.values(), ids=OTHER_MISTAKES.keys())
def test_other_mistakes_come_before_asyncapi(refuse, _broken, find, put, part):
    (_broken / "events.asyncapi.yaml").write_text(EVENTS)
    text, where = marked(with_async(SEND).replace(find, put, 1))
    refuse(text, [f"main.arazzo.yaml{where}"], part)


def test_an_asyncapi_source_that_no_step_uses_does_no_harm(arazzo, _broken, things):
    (_broken / "events.asyncapi.yaml").write_text(EVENTS)
    (_broken / "main.arazzo.yaml").write_text(GOOD.replace(*ASYNC_SOURCE))
    done = arazzo("run", _broken / "main.arazzo.yaml", "--workflow", "leave")
    assert done.exit_status == 0, done.stderr
    assert things.sent() == ["PATCH /things/leave"]


# ---- descriptions ----

SERVERS = {"missing": "", "relative": "servers: [{url: /v1}]\n",
           "variable-without-value": "servers: [{url: 'http://{host}/'}]\n"}


@pytest.mark.parametrize("servers", SERVERS.values(), ids=SERVERS.keys())
def test_description_without_a_server(arazzo, _broken, things, servers, tmp_path):
    """Nothing can be sent, and the message says what to give; with --endpoint-url it runs."""
    for name in ("search.openapi.yaml", "alt.openapi.yaml"):
        (tmp_path / name).write_text((_broken / name).read_text())
    text = (_broken / "things.openapi.yaml").read_text()
    listed = f"servers:\n- url: {things.url}\n"
    assert listed in text
    (tmp_path / "things.openapi.yaml").write_text(text.replace(listed, servers))
    (tmp_path / "main.arazzo.yaml").write_text(GOOD)
    done = arazzo("run", tmp_path / "main.arazzo.yaml", "--workflow", "leave")
    assert done.exit_status == 1
    assert "server" in done.stdout + done.stderr
    assert things.sent() == []
    done = arazzo("run", tmp_path / "main.arazzo.yaml", "--workflow", "leave", "--endpoint-url", things.url)
    assert done.exit_status == 0, done.stderr
    assert things.sent() == ["PATCH /things/leave"]


# ---- what is new in 1.1 ----

OLD = """arazzo: 1.0.1
info: {title: t, version: 1.0.0}
sourceDescriptions:
- {name: things, url: things.openapi.yaml, type: openapi}
workflows:
- workflowId: main
  steps:
  - stepId: get
    operationId: getThing
    parameters: [{name: id, in: path, value: a}]
    successCriteria:
    - {context: $response.body, condition: '$.name', type: jsonpath}
    onSuccess: [{name: over, type: goto, workflowId: child}]
    outputs: {name: $response.body#/name}
- workflowId: child
  steps:
  - stepId: put
    operationId: putThing
    parameters: [{name: id, in: path, value: b}]
    requestBody: {payload: {name: x}, replacements: [{target: /name, value: y}]}
"""
NEW = {
    "self": ("info:", "¤$self: https://flows.example.com/m.yaml\ninfo:", "$self"),
    "asyncapi": ("- {name: things,", "- {name: events, url: events.asyncapi.yaml, type: ¤asyncapi}\n- {name: things,",
                 "asyncapi"),
    "timeout": ("    operationId: getThing", "    operationId: getThing\n    §timeout: 100", "timeout"),
    "depends-on": ("    operationId: getThing", "    operationId: getThing\n    §dependsOn: []", "dependsOn"),
    "action": ("    operationId: getThing", "    operationId: getThing\n    §action: send", "action"),
    "channel-path": ("    operationId: getThing", "    operationId: getThing\n    §channelPath: x", "channelPath"),
    "action-parameters": ("workflowId: child}", "workflowId: child, §parameters: [{name: x, value: 1}]}", "parameters"),
    "querystring": ("in: path, value: a}", "in: path, value: a}, {name: x, in: ¤querystring, value: a=b}", "querystring"),
    "selector-output": ("$response.body#/name}", "§{context: $response.body, selector: $.name, type: jsonpath}}",
                        "Selector Object"),
    "target-type": ("{target: /name, value: y}", "{target: /name, §targetSelectorType: jsonpointer, value: y}",
                    "targetSelectorType"),
}


@pytest.mark.parametrize("find, put, part", NEW.values(), ids=NEW.keys())
def test_what_is_new_is_refused_in_old_documents(refuse, _broken, find, put, part):
    """Neither followed nor passed over: the message says which version has it."""
    (_broken / "events.asyncapi.yaml").write_text(EVENTS)
    assert OLD.count(find) == 1
    text, where = marked(OLD.replace(find, put))
    refuse(text, [f"main.arazzo.yaml{where}"], part, "1.1")


def test_the_old_document_runs(arazzo, _broken, things):
    things.answers("getThing", {"json": {"name": "lamp"}})
    (_broken / "main.arazzo.yaml").write_text(OLD)
    done = arazzo("run", _broken / "main.arazzo.yaml", "--workflow", "main")
    assert done.exit_status == 0, done.stderr
    assert things.calls[1].body == {"name": "y"}
