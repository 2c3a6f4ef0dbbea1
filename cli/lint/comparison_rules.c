/* JSONPath conditions that are comparisons. Documents of Arazzo 1.0 are full of them, and they are evaluated as their authors meant
 * them; but RFC 9535 has no such text, other engines take it for "fails", and Arazzo 1.1 refuses it. The query to write instead is
 * that of the refusal: the text is compiled as 1.1 would do it. */
#include "errinfo.h"
#include "lint.h"

static bool is_draft(const json *criterion) {
  const json *type = json_get(criterion, SV("type"));
  const json *version = json_get(json_type(type) == JSON_OBJECT ? type : criterion, SV("version"));
  return sv_starts(json_string(version), SV("draft-goessner"));
}

static void check_criterion(struct lint *lint, const struct document *document, const json *node) {
  const json *condition = json_get(node, SV("condition"));
  const struct jsonpath *ignored = NULL;
  struct err why;
  err_clear(&why);
  if (!jsonpath_compile(lint->arena, json_string(condition), is_draft(node) ? JSONPATH_GOESSNER : JSONPATH_RFC9535,
                        &ignored, &why)) {
    lint_warn(lint, "comparison-form", document, condition, "%s", why.text);
  }
}

static void check_criteria(struct lint *lint, const struct document *document, const struct criteria *criteria,
                           const json *list) {
  const json *node = json_first(list);
  for (size_t i = 0; i < criteria->count; i++, node = node->next) {
    if (criteria->items[i].type == CRITERION_JSONPATH && jsonpath_is_comparison(criteria->items[i].path)) {
      check_criterion(lint, document, node);
    }
  }
}

static void check_list(struct lint *lint, const struct document *document, const struct actions *actions) {
  for (size_t i = 0; i < actions->count; i++) {
    check_criteria(lint, document, &actions->items[i].criteria, json_get(actions->items[i].node, SV("criteria")));
  }
}

static void check_step(struct lint *lint, const struct step *step) {
  const struct document *document = step->workflow->document;
  check_criteria(lint, document, &step->success_criteria, json_get(step->node, SV("successCriteria")));
  check_list(lint, document, &step->on_success);
  check_list(lint, document, &step->on_failure);
}

void check_comparison_forms(struct lint *lint) {
  lint_each_step(lint, check_step);
}
