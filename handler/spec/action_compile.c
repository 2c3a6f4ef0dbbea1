/* Success Action Objects, Failure Action Objects and lists of criteria (Arazzo 1.1.0). A step's own actions come before those
 * of its workflow; one of the same name overrides the workflow's. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "structure.h"

bool criteria_compile(struct compiler *compiler, const json *list, struct criteria *out, struct err *e) {
  if (json_count(list) == 0) {
    return true;
  }
  struct criterion *items = arena_array(compiler->arena, json_count(list), sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  struct err one;
  size_t count = 0;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next, count++) {
    if (criterion_compile(compiler->arena, compiler->source, node, compiler->version == ARAZZO_1_0, &items[count],
                          &one)) {
      continue;
    }
    err_in(&one, "criterion %zu", count);
    if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return err_unit(e, "condition");
    }
  }
  if (e->code != ERR_NONE) {
    return err_unit(e, "condition");
  }
  *out = (struct criteria){items, count}; /* all of them, or none */
  return true;
}

static enum action_type read_type(const json *node) {
  sv type = json_string(json_get(node, SV("type")));
  if (sv_eq(type, SV("goto"))) {
    return ACTION_GOTO;
  }
  return sv_eq(type, SV("retry")) ? ACTION_RETRY : ACTION_END;
}

/* Arazzo 1.1.0, Success and Failure Action Object: stepId and workflowId are mutually exclusive, and only relevant for goto and
 * retry. The schemas ask neither of `end`, and of `retry` only one does. */
static bool check_target(struct compiler *compiler, const json *node, const struct action *action, struct err *e) {
  const json *step = json_get(node, SV("stepId"));
  const json *other = json_get(node, SV("workflowId"));
  if (step && other) {
    return source_error(compiler->source, other, e, ERR_INVALID,
                        "the action has both a 'stepId' and a 'workflowId'; give one");
  }
  return action->type != ACTION_END || (!step && !other) ||
         source_error(compiler->source, step ? step : other, e, ERR_INVALID, "an action of type 'end' takes no '%s'",
                      step ? "stepId" : "workflowId");
}

/* Arazzo 1.1.0, Success and Failure Action Object: the parameters are Parameter or Reusable Objects, of which the schema says
 * nothing; `in` MUST NOT be used. */
static bool check_parameters(struct compiler *compiler, const json *parameters, struct err *e) {
  size_t index = 0;
  for (const json *node = json_first(parameters); node; node = node->next, index++) {
    const json *in = json_get(node, SV("in"));
    if (!structure_check_parameter(compiler->source, compiler->version, node, e)) {
      return err_in(e, "parameters[%zu]", index);
    }
    if (in) {
      return source_error(compiler->source, in, e, ERR_INVALID,
                          "parameters of an action become inputs of a workflow; leave 'in' out");
    }
  }
  return true;
}

static bool read_target(struct compiler *compiler, const struct workflow *workflow, const json *node,
                        struct action *out, struct err *e) {
  const json *step = json_get(node, SV("stepId"));
  const json *other = json_get(node, SV("workflowId"));
  const json *parameters = json_get(node, SV("parameters"));
  if (!check_target(compiler, node, out, e)) {
    return false;
  }
  if (other) {
    return check_parameters(compiler, parameters, e) && call_compile(compiler, other, parameters, NULL, &out->call, e);
  }
  if (!step) {
    return true;
  }
  out->target = workflow_step(workflow, json_string(step));
  if (!out->target && workflow->is_partial) {
    return err_known(e);
  }
  if (!out->target) {
    source_report(compiler->source, step, e, ERR_INVALID, "the workflow has no step '%.*s' to go to",
                  SV_ARG(json_string(step)));
    return err_unit(e, "reference");
  }
  return true;
}

static bool read_retry(struct compiler *compiler, const json *node, struct action *out, struct err *e) {
  const json *after = json_get(node, SV("retryAfter"));
  const json *limit = json_get(node, SV("retryLimit"));
  int64_t count = 1; /* Arazzo 1.1.0, Failure Action Object: without retryLimit a single retry SHALL be attempted. */
  out->retry_after_seconds = after ? after->valuedouble : -1.0;
  /* Arazzo 1.1.0: retryAfter is a non-negative decimal, retryLimit a non-negative integer. */
  if (out->retry_after_seconds > LIMIT_WAIT_SECONDS_MAX) {
    return source_error(compiler->source, after, e, ERR_INVALID, "'retryAfter' must be 0 to %d seconds",
                        LIMIT_WAIT_SECONDS_MAX);
  }
  if (limit && (!json_to_int(limit, &count) || count < 0 || count > LIMIT_STEPS_MAX)) {
    return source_error(compiler->source, limit, e, ERR_INVALID, "'retryLimit' must be a whole number from 0 to %d",
                        LIMIT_STEPS_MAX);
  }
  out->retry_limit = (unsigned)count;
  return true;
}

static bool compile_action(struct compiler *compiler, const struct workflow *workflow, const json *node,
                           bool on_success, struct action *out, struct err *e) {
  if (!reusable_resolve(compiler, on_success ? "successActions" : "failureActions", &node, NULL, e)) {
    return false;
  }
  *out = (struct action){.name = json_string(json_get(node, SV("name"))), .type = read_type(node), .node = node};
  struct findings *findings = compiler->findings;
  struct err one;
  err_clear(&one);
  bool goes_on = (read_target(compiler, workflow, node, out, &one) || findings_gather(findings, NULL, &one, e)) &&
                 (read_retry(compiler, node, out, &one) || findings_gather(findings, NULL, &one, e)) &&
                 (criteria_compile(compiler, json_get(node, SV("criteria")), &out->criteria, &one) ||
                  findings_gather(findings, NULL, &one, e));
  if (!goes_on || e->code != ERR_NONE) {
    err_kind(e, "action");
    return err_in(e, "action %.*s", SV_ARG(out->name));
  }
  return true;
}

static bool is_named(const struct action *items, size_t count, sv name) {
  for (size_t i = 0; i < count; i++) {
    if (sv_eq(items[i].name, name)) {
      return true;
    }
  }
  return false;
}

/* Compiles the next action of a list, which has `count` already. */
static bool add_action(struct compiler *compiler, const struct workflow *workflow, const json *node, bool on_success,
                       struct action *all, size_t count, struct err *e) {
  if (!compile_action(compiler, workflow, node, on_success, &all[count], e)) {
    return err_in(e, on_success ? "onSuccess" : "onFailure");
  }
  /* Arazzo 1.1.0, Step Object: the list MUST NOT include duplicate actions. */
  if (is_named(all, count, all[count].name)) {
    source_report(compiler->source, node, e, ERR_INVALID, "two actions have the name '%.*s'", SV_ARG(all[count].name));
    return err_unit(e, "name");
  }
  return true;
}

/* Adds a list's actions, except those whose name the step has already: these override the list's. */
static bool add_actions(struct compiler *compiler, const struct workflow *workflow, const json *list, bool on_success,
                        struct actions *out, struct action *items, struct err *e) {
  struct action *all = arena_array(compiler->arena, json_count(list) + 1, sizeof *all);
  size_t own = out->count;
  size_t count = 0;
  if (!all) {
    return err_memory(e);
  }
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    bool is_good = add_action(compiler, workflow, node, on_success, all, count, &one);
    if (!is_good && !findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
    if (is_good && !is_named(items, own, all[count].name)) {
      items[out->count++] = all[count];
    }
    count += is_good ? 1 : 0;
  }
  return e->code == ERR_NONE;
}

bool actions_compile(struct compiler *compiler, const struct workflow *workflow, const json *own, const json *inherited,
                     bool on_success, struct actions *out, struct err *e) {
  struct action *items = arena_array(compiler->arena, json_count(own) + json_count(inherited) + 1, sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  out->items = items;
  struct err one;
  err_clear(&one);
  return (add_actions(compiler, workflow, own, on_success, out, items, &one) ||
          findings_gather(compiler->findings, NULL, &one, e)) &&
         (add_actions(compiler, workflow, inherited, on_success, out, items, &one) ||
          findings_gather(compiler->findings, NULL, &one, e)) &&
         e->code == ERR_NONE;
}
