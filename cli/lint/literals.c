/* Walks over all literals of the documents. Payloads that are text are not looked into. */
#include "literals.h"

struct literal_walk {
  struct lint *lint;
  const struct document *document;
  literal_visit *visit;
};

static void visit_text(const struct literal_walk *walk, enum literal_role role, sv name, const json *node,
                       const json *schema) {
  sv text = json_string(node);
  struct literal literal = {role, name, text, node, schema};
  if (text.len && sv_find(text, '$') == text.len) {
    walk->visit(walk->lint, walk->document, &literal);
  }
}

/* Recursion is as deep as the document. */
static void visit_members(const struct literal_walk *walk, const json *value) {
  bool has_names = json_type(value) == JSON_OBJECT;
  for (const json *each = json_first(value); each; each = each->next) {
    if (has_names) {
      visit_text(walk, LITERAL_MEMBER, json_name(each), each, NULL);
    }
    visit_members(walk, each);
  }
}

static void visit_step(const struct literal_walk *walk, const struct step *step) {
  for (size_t i = 0; i < step->parameter_count; i++) {
    visit_text(walk, LITERAL_PARAMETER, step->parameters[i].name, step->parameters[i].value_node, NULL);
  }
  for (size_t i = 0; step->call && i < step->call->inputs.count; i++) {
    visit_text(walk, LITERAL_PARAMETER, step->call->inputs.items[i].name, step->call->inputs.items[i].node, NULL);
  }
  visit_members(walk, json_get(json_get(step->node, SV("requestBody")), SV("payload")));
}

static void visit_workflow(const struct literal_walk *walk, const struct workflow *workflow) {
  const json *properties = json_get(workflow->input_schema, SV("properties"));
  for (const json *each = json_first(properties); each; each = each->next) {
    visit_text(walk, LITERAL_DEFAULT, json_name(each), json_get(each, SV("default")), each);
  }
  for (size_t i = 0; i < workflow->step_count; i++) {
    visit_step(walk, &workflow->steps[i]);
  }
}

void literals_each(struct lint *lint, literal_visit *visit) {
  for (size_t i = 0; i < lint->set->count; i++) {
    struct literal_walk walk = {lint, lint->set->items[i], visit};
    for (size_t j = 0; j < walk.document->workflow_count; j++) {
      visit_workflow(&walk, &walk.document->workflows[j]);
    }
  }
}
