/* One table for all rules. Errors have the unit that the loader says (err.unit), but for what exceeds a limit, and for what is legal
 * but not supported: these are rules of their own, whatever they are about. */
#include "rule.h"

#include <string.h>

#include "errinfo.h"
#include "lint.h"

#define ERROR(name, text, instead)                                                                                     \
  { .id = (name), .is_error = true, .summary = (text), .mend = (instead) }
#define WARNING(name, text, instead, function)                                                                         \
  { .id = (name), .summary = (text), .mend = (instead), .check = (function) }

const struct rule rules[] = {
    ERROR("syntax", "The file is not YAML or JSON.",
          "Mend the text at this place; look for indentation, quotes and tabs."),
    ERROR("source", "A file or a source description can't be read.",
          "Give the path of a file that exists, relative to the document."),
    ERROR("structure", "The document breaks the structure that Arazzo prescribes.",
          "Use the fields and types of the specification."),
    ERROR("name", "Two things have one name, or one has none.", "Give each its own name."),
    ERROR("schema", "The schema of a workflow's inputs is wrong.", "Write a schema of JSON Schema 2020-12."),
    ERROR("operation", "A step's operation is not found, or its description is wrong.",
          "Name an operation of a source description."),
    ERROR("parameter", "A parameter of a step is wrong, unknown or missing.",
          "Give the parameters that the operation describes."),
    ERROR("body", "A step's request body does not suit its operation or media type.",
          "Give a payload of the type that the operation takes."),
    ERROR("expression", "A value holds a runtime expression that is none.",
          "Write the expression as the specification has it."),
    ERROR("condition", "A criterion's condition does not parse, or its type is unknown.",
          "Write the condition in the language of its type."),
    ERROR("action", "An action contradicts itself.", "Give an action the fields of its type only."),
    ERROR("reference", "Something is referred to that does not exist, or not here.",
          "Refer to what the document has at this place."),
    ERROR("flow", "Steps or workflows can't be executed in this order.", "Put what is read before what reads it."),
    ERROR("limit", "A bound of the program is exceeded.", "Split the document; docs/limits.md has all bounds."),
    ERROR("unsupported", "This is legal, but not supported.", "Write it in another way, as the message says."),
    WARNING("falls-into-deletion", "When no action applies, the next step in the list deletes.",
            "End with an action that always applies.", check_deletions),
    WARNING("deletion-by-order", "A clean-up step is also reached as the next one in the list.",
            "End the run before it, or let an action choose it.", NULL),
    WARNING("endless-poll", "A step is repeated without a bound of its own.",
            "Poll by a failure action of type retry, with retryAfter and retryLimit.", check_polls),
    WARNING("condition-never-holds", "A condition can't hold.", "Compare with a value that is possible.",
            check_conditions),
    WARNING("condition-always-holds", "A condition always holds.", "Remove it, or mend it.", NULL),
    WARNING("unknown-state", "A response's member is compared with a value that its description does not have.",
            "Use one of the described values.", NULL),
    WARNING("hidden-action", "An action never has its turn, since an earlier one always applies.",
            "Put the action without criteria last.", check_actions),
    WARNING("comparison-form", "A JSONPath condition is a comparison, which RFC 9535 does not have.",
            "Write the query of RFC 9535 that the message gives.", check_comparison_forms),
    WARNING("constant-token", "An idempotency token is a constant.",
            "Leave the default out, or give a new token for each run.", check_tokens),
    WARNING("absent-output", "An output is read of a step that may not have run.",
            "Read an output of a step that always runs, or accept null.", check_outputs),
    WARNING("optional-output", "An output is read from a member of the response that may be absent.",
            "Check that the member is there before the value is used.", NULL),
    WARNING("secret", "The document holds a secret.", "Revoke it, and pass it as an input.", check_secrets),
    WARNING("plain-http", "Requests go over plain http.", "Use https.", check_servers),
    WARNING("unreachable-step", "No path leads to a step.", "Remove the step, or the action that hides it.", NULL),
    WARNING("constant-output", "An output holds no runtime expression.", "Write $response…, $steps… or $inputs….",
            NULL),
    WARNING("undeclared-input", "A workflow is given an input that it does not declare.",
            "Declare the input, or leave it out.", NULL),
    WARNING("missing-input", "A workflow is not given an input that it requires.", "Pass the input as a parameter.",
            NULL),
    WARNING("body-without-effect", "A step that runs a workflow has a request body.", "Pass values by parameters.",
            NULL),
    {.id = NULL},
};

const struct rule *rule_find(const char *id) {
  for (const struct rule *rule = rules; rule->id; rule++) {
    if (strcmp(rule->id, id) == 0) {
      return rule;
    }
  }
  return NULL;
}

static const char *name_of(const struct err *e) {
  switch (e->code) {
  case ERR_LIMIT:
    return "limit";
  case ERR_UNSUPPORTED:
    return "unsupported";
  case ERR_NETWORK:
  case ERR_TLS:
  case ERR_TIMEOUT:
    return "source";
  case ERR_NONE:
  case ERR_MEMORY:
  case ERR_SYNTAX:
  case ERR_INVALID:
  case ERR_UNRESOLVED:
  case ERR_INTERNAL:
  case ERR_KNOWN:
    break;
  }
  return e->unit ? e->unit : "source";
}

const struct rule *rule_of_error(const struct err *e) {
  const struct rule *rule = rule_find(name_of(e));
  return rule ? rule : rule_find("source");
}
