/* Conditions that can't hold, or can't fail: alone, beside the criteria that stand before them in their list, or, in a success action,
 * beside the success criteria of the step, which have held when actions are chosen. And comparisons with values that the
 * description of the response does not have: a misspelt state is waited for for ever. */
#include "formula.h"
#include "lint.h"
#include "pointer.h"
#include "response_member.h"
#include "sb.h"

#define SHOWN_BYTES 160
#define VALUES_BYTES KIB(1)

/* One list of criteria. */
struct looking {
  struct lint *lint;
  const struct step *step;
  const json *list;   /* Criterion Objects */
  bool reads_success; /* the response is a successful one, as the description has it */
};

static void warn(const struct looking *l, size_t index, const char *rule, const char *why) {
  const json *condition = json_get(json_at(l->list, index), SV("condition"));
  lint_warn(l->lint, rule, l->step->workflow->document, condition, "'%.*s' %s",
            SV_ARG(sv_slice(json_string(condition), 0, SHOWN_BYTES)), why);
}

/* ---- states that a response does not have ---- */

/* Appends one part of a path; false for what selects no member or element by itself. */
static bool put_segment(struct sb *out, const struct segment *segment) {
  const struct selector *selector = segment->selectors;
  if (segment->is_descendant || !selector || selector->next) {
    return false;
  }
  if (selector->kind == SELECTOR_NAME) {
    sb_char(out, '/');
    pointer_put_token(out, selector->name);
    return true;
  }
  sb_format(out, "/%lld", (long long)selector->index);
  return selector->kind == SELECTOR_INDEX && selector->index >= 0;
}

/* The place in the response's body that a claim is about, as a JSON Pointer; false when it is about something else. */
static bool place_of(const struct looking *l, const struct criterion *criterion, const struct claim *claim, sv *out) {
  const struct expression *read = claim->query ? criterion->context : claim->expression;
  struct sb text = sb_new(l->lint->arena, VALUES_BYTES);
  bool is_body = read && read->source == EXPRESSION_RESPONSE && read->part == EXPRESSION_BODY;
  if (!is_body || read->segment_count > read->exact_count) {
    return false;
  }
  sb_put(&text, read->pointer);
  for (const struct segment *each = claim->query ? claim->query->segments : NULL; each; each = each->next) {
    if (!put_segment(&text, each)) {
      return false;
    }
  }
  *out = sb_view(&text);
  return out->len > 0 && text.state == SB_OK;
}

static bool is_among(const json *values, const struct claim *claim) {
  sv wanted = json_string(claim->literal);
  for (const json *each = json_first(values); each; each = each->next) {
    sv value = json_string(each);
    if (!json_is_string(each) || sv_eq(value, wanted) || (claim->ignores_case && sv_eq_nocase(value, wanted))) {
      return true; /* of values that are no texts nothing is said */
    }
  }
  return false;
}

static void check_claim(const struct looking *l, const struct criterion *criterion, const struct claim *claim,
                        const json *condition) {
  bool is_equality = claim->comparison == COMPARE_EQ || claim->comparison == COMPARE_NE;
  struct response_member member;
  sv pointer;
  if (!is_equality || !json_is_string(claim->literal) || !place_of(l, criterion, claim, &pointer) ||
      !response_member_find(l->step->source->openapi, l->step->operation, pointer, &member) || !member.values ||
      is_among(member.values, claim)) {
    return;
  }
  struct sb values = sb_new(l->lint->arena, VALUES_BYTES);
  for (const json *each = json_first(member.values); each; each = each->next) {
    sb_format(&values, "%s%.*s", values.len ? ", " : "", SV_ARG(json_string(each)));
  }
  lint_warn(l->lint, "unknown-state", l->step->workflow->document, condition,
            "'%.*s' is none of the values that the operation '%.*s' describes for %.*s; use one of them: %.*s",
            SV_ARG(json_string(claim->literal)), SV_ARG(l->step->operation->id), SV_ARG(claim->operand),
            SV_ARG(sb_view(&values)));
}

/* Recursion is as deep as the condition. */
static void check_claims(const struct looking *l, const struct criterion *criterion, const struct formula *formula,
                         const json *condition) {
  if (formula->kind == FORMULA_CLAIM) {
    check_claim(l, criterion, &formula->claim, condition);
  }
  for (const struct formula *each = formula->first; each; each = each->next) {
    check_claims(l, criterion, each, condition);
  }
}

/* ---- what can't hold, or can't fail ---- */

static void check_criterion(const struct looking *l, const struct criterion *criterion, size_t index,
                            struct facts *facts) {
  const struct facts nothing = {.count = 0};
  const struct formula *formula = formula_of(l->lint->arena, criterion);
  if (!formula) {
    l->lint->findings->has_failed = true;
    return;
  }
  if (formula_never_holds(formula, &nothing)) {
    warn(l, index, "condition-never-holds", "can never hold; compare with a value that is possible");
  } else if (formula_never_holds(formula, facts)) {
    warn(l, index, "condition-never-holds",
         "can never hold together with the criteria before it; remove one, or join them with || in one condition");
  } else if (formula_always_holds(formula)) {
    warn(l, index, "condition-always-holds",
         "always holds, so that it decides nothing; remove it, or write && where || stands");
  }
  if (l->reads_success && l->step->operation && l->step->source->openapi) {
    check_claims(l, criterion, formula, json_get(json_at(l->list, index), SV("condition")));
  }
  facts_add(facts, formula);
}

static void check_list(const struct looking *l, const struct criteria *criteria, struct facts *facts) {
  for (size_t i = 0; i < criteria->count; i++) {
    check_criterion(l, &criteria->items[i], i, facts);
  }
}

/* What the workflow has for all of its steps is looked at without those. */
static void check_actions_of(struct lint *lint, const struct step *step, const struct actions *actions, size_t own,
                             const struct facts *facts) {
  for (size_t i = 0; i < actions->count; i++) {
    struct facts these = {.count = 0};
    struct looking l = {lint, step, json_get(actions->items[i].node, SV("criteria")), i < own && facts};
    if (i < own && facts) {
      these = *facts;
    }
    check_list(&l, &actions->items[i].criteria, &these);
  }
}

static void check_step(struct lint *lint, const struct step *step) {
  struct facts facts = {.count = 0};
  struct looking l = {lint, step, json_get(step->node, SV("successCriteria")), true};
  check_list(&l, &step->success_criteria, &facts);
  check_actions_of(lint, step, &step->on_success, json_count(json_get(step->node, SV("onSuccess"))), &facts);
  check_actions_of(lint, step, &step->on_failure, 0, NULL);
}

void check_conditions(struct lint *lint) {
  lint_each_step(lint, check_step);
}
