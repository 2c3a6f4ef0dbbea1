/* Success Action Objects, Failure Action Objects and lists of criteria (Arazzo 1.1.0). A step's own actions come before those
 * of its workflow; one of the same name overrides the workflow's. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "shape.h"

static const struct shape_field success_fields[] = {
    {"name", SHAPE_STRING, true},
    {"type", SHAPE_STRING, true},
    {"workflowId", SHAPE_STRING, false},
    {"stepId", SHAPE_STRING, false},
    {"criteria", SHAPE_ARRAY, false},
    {"parameters", SHAPE_ARRAY, false},
    {NULL, 0, false},
};
static const struct shape success_shape = {"Success Action Object", success_fields};

static const struct shape_field failure_fields[] = {
    {"name", SHAPE_STRING, true},        {"type", SHAPE_STRING, true},        {"workflowId", SHAPE_STRING, false},
    {"stepId", SHAPE_STRING, false},     {"criteria", SHAPE_ARRAY, false},    {"parameters", SHAPE_ARRAY, false},
    {"retryAfter", SHAPE_NUMBER, false}, {"retryLimit", SHAPE_NUMBER, false}, {NULL, 0, false},
};
static const struct shape failure_shape = {"Failure Action Object", failure_fields};

bool criteria_compile(struct compiler *compiler, const json *list, struct criteria *out, struct err *e) {
  if (json_count(list) == 0) {
    return true;
  }
  struct criterion *items = arena_array(compiler->arena, json_count(list), sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  out->items = items;
  for (const json *node = json_first(list); node; node = node->next) {
    if (!criterion_compile(compiler->arena, compiler->source, node, compiler->version == ARAZZO_1_0, &items[out->count],
                           e)) {
      return err_in(e, "criterion %zu", out->count);
    }
    out->count++;
  }
  return true;
}

static bool read_type(struct compiler *compiler, const json *node, bool on_success, struct action *out, struct err *e) {
  const json *type = json_get(node, SV("type"));
  sv text = json_string(type);
  if (sv_eq(text, SV("end"))) {
    out->type = ACTION_END;
  } else if (sv_eq(text, SV("goto"))) {
    out->type = ACTION_GOTO;
  } else if (sv_eq(text, SV("retry")) && !on_success) {
    out->type = ACTION_RETRY;
  } else if (sv_eq(text, SV("retry"))) {
    return source_error(compiler->source, type, e, ERR_INVALID,
                        "a success action can't be 'retry'; to poll, write type: goto with the step's own stepId");
  } else {
    return source_error(compiler->source, type, e, ERR_INVALID, "'%.*s' is no type of an action; use end, goto%s",
                        SV_ARG(text), on_success ? "" : " or retry");
  }
  return true;
}

static bool read_target(struct compiler *compiler, const struct workflow *workflow, const json *node,
                        struct action *out, struct err *e) {
  const json *step = json_get(node, SV("stepId"));
  const json *other = json_get(node, SV("workflowId"));
  if (other) {
    return source_error(compiler->source, other, e, ERR_UNSUPPORTED,
                        "actions that go to another workflow are not supported; use a 'stepId'");
  }
  if (out->type == ACTION_RETRY && step) {
    return source_error(compiler->source, step, e, ERR_UNSUPPORTED,
                        "'retry' with a 'stepId' is not supported; 'retry' repeats the step itself");
  }
  if (out->type == ACTION_END && step) {
    return source_error(compiler->source, step, e, ERR_INVALID, "an action of type 'end' takes no 'stepId'");
  }
  if (out->type != ACTION_GOTO) {
    return true;
  }
  if (!step) {
    return source_error(compiler->source, node, e, ERR_INVALID, "a 'goto' needs the 'stepId' to go to");
  }
  out->target = workflow_step(workflow, json_string(step));
  return out->target || source_error(compiler->source, step, e, ERR_INVALID, "the workflow has no step '%.*s' to go to",
                                     SV_ARG(json_string(step)));
}

static bool read_retry(struct compiler *compiler, const json *node, struct action *out, struct err *e) {
  const json *after = json_get(node, SV("retryAfter"));
  const json *limit = json_get(node, SV("retryLimit"));
  int64_t count = 1; /* Arazzo 1.1.0, Failure Action Object: without retryLimit a single retry SHALL be attempted. */
  out->retry_after_seconds = after ? after->valuedouble : -1.0;
  /* Arazzo 1.1.0: retryAfter is a non-negative decimal, retryLimit a non-negative integer. */
  if (after && (out->retry_after_seconds < 0 || out->retry_after_seconds > LIMIT_WAIT_SECONDS_MAX)) {
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
  if (!shape_check(compiler->source, node, on_success ? &success_shape : &failure_shape, e)) {
    return false;
  }
  *out = (struct action){.name = json_string(json_get(node, SV("name"))), .node = node};
  if (!read_type(compiler, node, on_success, out, e) || !read_target(compiler, workflow, node, out, e) ||
      !read_retry(compiler, node, out, e) ||
      !criteria_compile(compiler, json_get(node, SV("criteria")), &out->criteria, e)) {
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

/* Adds a list's actions, except those whose name the step has already: these override the list's. */
static bool add_actions(struct compiler *compiler, const struct workflow *workflow, const json *list, bool on_success,
                        struct actions *out, struct action *items, struct err *e) {
  struct action *all = arena_array(compiler->arena, json_count(list) + 1, sizeof *all);
  size_t own = out->count;
  size_t count = 0;
  if (!all) {
    return err_memory(e);
  }
  for (const json *node = json_first(list); node; node = node->next, count++) {
    if (!compile_action(compiler, workflow, node, on_success, &all[count], e)) {
      return err_in(e, on_success ? "onSuccess" : "onFailure");
    }
    /* Arazzo 1.1.0, Step Object: the list MUST NOT include duplicate actions. */
    if (is_named(all, count, all[count].name)) {
      return source_error(compiler->source, node, e, ERR_INVALID, "two actions have the name '%.*s'",
                          SV_ARG(all[count].name));
    }
    if (!is_named(items, own, all[count].name)) {
      items[out->count++] = all[count];
    }
  }
  return true;
}

bool actions_compile(struct compiler *compiler, const struct workflow *workflow, const json *own, const json *inherited,
                     bool on_success, struct actions *out, struct err *e) {
  struct action *items = arena_array(compiler->arena, json_count(own) + json_count(inherited) + 1, sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  out->items = items;
  return add_actions(compiler, workflow, own, on_success, out, items, e) &&
         add_actions(compiler, workflow, inherited, on_success, out, items, e);
}
