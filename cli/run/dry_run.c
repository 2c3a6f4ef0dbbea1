/* Dry runs. Steps are taken in the order of their list, with the workflows that steps run in their places and those that are depended
 * upon in front; where actions would lead is not followed, since answers decide it. Each request is made by the engine itself. What an
 * answer would give stands in it as the expression in braces, and is listed as unresolved; the percent-encoding of these is undone,
 * so that they can be read.
 *
 * Nothing is fetched: no credentials, no secrets of APIs. Inputs that are secrets are masked. A token that would be derived from the
 * run's id is derived from one that no run has. */
#include "dry_run.h"

#include <string.h>

#include "errinfo.h"
#include "form_text.h"
#include "inputs.h"
#include "masking.h"
#include "percent.h"
#include "record_json.h"
#include "request.h"
#include "run_event.h"
#include "sb.h"
#include "schema.h"
#include "screen.h"
#include "session.h"

#define ENTRIES_MOST 2000
#define TEXT_BYTES MIB(32)

struct drying {
  struct session session;
  struct record record; /* of one request; nothing of it is kept */
  struct arena *arena;
  struct run run;
  struct stand_in stand_in;
  json *entries;
  json *known;      /* expressions that stand for themselves somewhere: inputs of workflows hand them on */
  json *unresolved; /* those of the request that is being made */
  bool has_error;   /* some request can't be made */
  struct err *e;
};

/* ---- what is not known ---- */

static bool is_answer(enum expression_source source) {
  switch (source) {
  case EXPRESSION_STATUS_CODE:
  case EXPRESSION_RESPONSE:
  case EXPRESSION_MESSAGE:
  case EXPRESSION_OUTPUTS:
  case EXPRESSION_STEPS:
  case EXPRESSION_WORKFLOWS:
  case EXPRESSION_SOURCE_DESCRIPTIONS:
    return true;
  case EXPRESSION_URL:
  case EXPRESSION_METHOD:
  case EXPRESSION_REQUEST:
  case EXPRESSION_INPUTS:
  case EXPRESSION_COMPONENTS:
  case EXPRESSION_SELF:
    return false;
  }
  return false;
}

static void note(struct drying *drying, json *list, sv text) {
  for (const json *each = json_first(list); each; each = each->next) {
    if (sv_eq(json_string(each), text)) {
      return;
    }
  }
  if (!json_append(list, json_new_string(drying->arena, text))) {
    err_memory(drying->e);
  }
}

static sv braced(struct arena *arena, sv expression) {
  struct sb text = sb_new(arena, LIMIT_EXPRESSION_BYTES + 2);
  sb_format(&text, "{%.*s}", SV_ARG(expression));
  return sb_view(&text);
}

static const json *stand_in(void *context, const struct expression *expression) {
  struct drying *drying = context;
  if (!is_answer(expression->source)) {
    return NULL;
  }
  note(drying, drying->known, expression->text);
  note(drying, drying->unresolved, expression->text);
  return json_new_string(drying->arena, braced(drying->arena, expression->text));
}

/* ---- an entry ---- */

static void set(struct drying *drying, json *object, const char *name, json *value) {
  if (!json_set(drying->arena, object, sv_from(name), value)) {
    err_memory(drying->e);
  }
}

static sv replace(struct arena *arena, sv text, sv what, sv with) {
  struct sb out = sb_new(arena, TEXT_BYTES);
  if (!sv_contains(text, what)) {
    return text;
  }
  while (text.len) {
    bool is_it = sv_starts(text, what);
    sb_put(&out, is_it ? with : sv_slice(text, 0, 1));
    text = sv_slice(text, is_it ? what.len : 1, text.len);
  }
  return sb_view(&out);
}

/* Undoes the encoding of the expressions in a text. */
static sv readable(const struct drying *drying, sv text) {
  for (const json *each = json_first(drying->known); each; each = each->next) {
    struct sb in_url = sb_new(drying->arena, LIMIT_URL_BYTES * 3);
    struct sb in_form = sb_new(drying->arena, LIMIT_URL_BYTES * 3);
    sv plain = braced(drying->arena, json_string(each));
    percent_put(&in_url, plain, "");
    form_put(&in_form, plain);
    text = replace(drying->arena, text, sb_view(&in_url), plain);
    text = replace(drying->arena, text, sb_view(&in_form), plain);
  }
  return text;
}

static void make_readable(struct drying *drying, json *object, const char *name) {
  const json *text = json_get(object, sv_from(name));
  if (text && json_count(drying->known)) {
    set(drying, object, name, json_new_string(drying->arena, readable(drying, json_string(text))));
  }
}

/* What came by inputs of a workflow that another one runs. */
static void note_inherited(struct drying *drying, const json *entry) {
  struct sb text = sb_new(drying->arena, TEXT_BYTES);
  json_write(&text, entry);
  for (const json *each = json_first(drying->known); each; each = each->next) {
    if (sv_contains(sb_view(&text), braced(drying->arena, json_string(each)))) {
      note(drying, drying->unresolved, json_string(each));
    }
  }
}

static json *new_entry(struct drying *drying, const struct step *step) {
  json *entry = json_new_object(drying->arena);
  set(drying, entry, "stepId", json_new_string(drying->arena, step->id));
  set(drying, entry, "workflowId", json_new_string(drying->arena, step->workflow->id));
  if (json_count(drying->entries) >= ENTRIES_MOST) {
    err_set(drying->e, ERR_LIMIT, "the workflow has more than %d requests; --dry-run shows no more", ENTRIES_MOST);
  } else if (!json_append(drying->entries, entry)) {
    err_memory(drying->e);
  }
  return entry;
}

static void add_request(struct drying *drying, json *entry, const struct step_request *request) {
  static const char *const names[] = {"method", "url", "headers", "body", "signing"};
  record_request(&drying->record, &drying->run, request, 1);
  json *made = record_masked(&drying->record, &drying->run, json_get(drying->record.step, SV("request")));
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const json *part = json_get(made, sv_from(names[i]));
    if (part) {
      set(drying, entry, names[i], json_copy(drying->arena, part));
    }
  }
  if (!made || drying->record.is_lost) {
    err_memory(drying->e);
  }
  record_reset(&drying->record);
  make_readable(drying, entry, "url");
  make_readable(drying, json_get(entry, SV("body")), "text");
  note_inherited(drying, entry);
}

static void add_error(struct drying *drying, json *entry, const struct err *why) {
  struct sb text = sb_new(drying->arena, KIB(4));
  err_write(why, &text);
  set(drying, entry, "error",
      json_new_string(drying->arena, masking_apply(drying->run.secrets, drying->arena, sb_view(&text))));
  drying->has_error = true;
}

static void show_request(struct drying *drying, const struct step *step) {
  const struct engine *engine = &drying->session.handler.engine;
  struct step_request request;
  struct err why;
  err_clear(&why);
  drying->unresolved = json_new_array(drying->arena);
  drying->run.top->next = step;
  bool good = request_build(drying->arena, &drying->run, &engine->endpoints, &engine->tokens, &request, &why);
  json *entry = new_entry(drying, step);
  if (good) {
    add_request(drying, entry, &request);
  } else {
    add_error(drying, entry, &why);
  }
  set(drying, entry, "unresolved", drying->unresolved);
}

/* ---- the walk ---- */

static void walk(struct drying *drying);

static void enter(struct drying *drying, enum frame_kind kind, const struct workflow *workflow, json *inputs) {
  if (!run_push(&drying->run, drying->arena, kind, workflow, inputs, drying->e)) {
    return;
  }
  walk(drying);
  drying->run.top = &drying->run.frames[--drying->run.depth - 1];
}

/* The values that a step gives to the workflow that it runs. Those that are not known yet can't be checked. */
static bool make_inputs(struct drying *drying, const struct call *call, json **out, struct err *why) {
  const struct engine *engine = &drying->session.handler.engine;
  struct scope scope = {.root = drying->run.top->scope, .stand_in = &drying->stand_in};
  json *inputs = json_new_object(drying->arena);
  drying->unresolved = json_new_array(drying->arena);
  for (size_t i = 0; i < call->inputs.count; i++) {
    const struct named_value *input = &call->inputs.items[i];
    json *value = NULL;
    if (!template_eval(input->value, &scope, drying->arena, &value, NULL, why)) {
      return false;
    }
    if (value && json_type(value) != JSON_NULL && !json_set(drying->arena, inputs, input->name, value)) {
      return err_memory(why);
    }
  }
  *out = inputs;
  if (json_count(drying->unresolved)) {
    return !call->workflow->inputs || schema_apply_defaults(call->workflow->inputs, drying->arena, inputs, why);
  }
  return inputs_prepare(drying->arena, &engine->tokens, call->workflow, drying->run.id, inputs, why);
}

static void show_call(struct drying *drying, const struct step *step) {
  json *inputs = NULL;
  struct err why;
  err_clear(&why);
  drying->run.top->next = step;
  if (run_is_under_way(&drying->run, step->call->workflow)) {
    err_set(&why, ERR_UNSUPPORTED,
            "the workflow '%.*s', which the step runs, is under way: its steps are not shown again",
            SV_ARG(step->call->workflow->id));
  }
  if (why.code == ERR_NONE && make_inputs(drying, step->call, &inputs, &why)) {
    enter(drying, FRAME_CALL, step->call->workflow, inputs);
  } else {
    add_error(drying, new_entry(drying, step), &why);
  }
}

static void show_dependency(struct drying *drying, const struct workflow *workflow) {
  const struct engine *engine = &drying->session.handler.engine;
  const json *own = json_get(drying->run.top->scope, SV("inputs"));
  json *inputs = NULL;
  if (run_has_finished(&drying->run, workflow) || run_is_under_way(&drying->run, workflow)) {
    return;
  }
  if (inputs_of_dependency(drying->arena, &engine->tokens, workflow, drying->run.id, own, &inputs, drying->e)) {
    enter(drying, FRAME_DEPENDENCY, workflow, inputs);
  }
}

static void walk(struct drying *drying) {
  const struct workflow *workflow = drying->run.top->workflow;
  for (size_t i = 0; i < workflow->depends_on_count && drying->e->code == ERR_NONE; i++) {
    show_dependency(drying, workflow->depends_on[i]);
  }
  for (const struct step *step = workflow->first; step && drying->e->code == ERR_NONE; step = step->after) {
    if (step->call) {
      show_call(drying, step);
    } else {
      show_request(drying, step);
    }
  }
  if (drying->e->code == ERR_NONE) {
    run_note_finished(&drying->run, drying->arena, json_new_object(drying->arena), drying->e);
  }
}

/* ---- printing ---- */

static void print_member(const char *title, sv text) {
  if (text.len) {
    fprintf(stderr, "   %s ", title);
    screen_print(stderr, text);
    fputc('\n', stderr);
  }
}

static sv body_text(const struct drying *drying, const json *body) {
  struct sb text = sb_new(drying->arena, TEXT_BYTES);
  const json *value = json_get(body, SV("json"));
  if (value) {
    json_write(&text, value);
    return sb_view(&text);
  }
  return json_string(json_get(body, json_get(body, SV("text")) ? SV("text") : SV("base64")));
}

static void print_headers(const json *headers) {
  for (const json *each = json_first(headers); each; each = each->next) {
    fputs("   ", stderr);
    screen_print(stderr, json_string(json_get(each, SV("name"))));
    fputs(": ", stderr);
    screen_print(stderr, json_string(json_get(each, SV("value"))));
    fputc('\n', stderr);
  }
}

static void print_signing(const json *signing) {
  if (signing) {
    fprintf(stderr, "   signed for %.*s in %.*s\n", SV_ARG(json_string(json_get(signing, SV("service")))),
            SV_ARG(json_string(json_get(signing, SV("region")))));
  }
}

static void print_entry(const struct drying *drying, const json *entry, unsigned number) {
  fprintf(stderr, "%u. ", number);
  screen_print(stderr, json_string(json_get(entry, SV("stepId"))));
  fprintf(stderr, "  ");
  screen_print(stderr, json_string(json_get(entry, SV("method"))));
  fprintf(stderr, " ");
  screen_print(stderr, json_string(json_get(entry, SV("url"))));
  fputc('\n', stderr);
  print_signing(json_get(entry, SV("signing")));
  print_headers(json_get(entry, SV("headers")));
  print_member("body:", body_text(drying, json_get(entry, SV("body"))));
  for (const json *each = json_first(json_get(entry, SV("unresolved"))); each; each = each->next) {
    print_member("not known yet:", json_string(each));
  }
  print_member("can't be made:", json_string(json_get(entry, SV("error"))));
}

static bool print(const struct drying *drying, bool is_quiet) {
  struct sb text = sb_new(drying->arena, TEXT_BYTES);
  unsigned number = 0;
  for (const json *each = json_first(drying->entries); each && !is_quiet; each = each->next) {
    print_entry(drying, each, ++number);
  }
  json_write_pretty(&text, drying->entries);
  return (sb_check(&text, "the list of requests", drying->e) && printf("%.*s\n", SV_ARG(sb_view(&text))) > 0 &&
          fflush(stdout) == 0) ||
         err_set(drying->e, ERR_INTERNAL, "the requests could not be printed");
}

/* ---- the whole ---- */

static bool prepare(struct drying *drying, const struct arguments *arguments) {
  struct session *session = &drying->session;
  struct answer answer;
  struct clock clock = clock_system();
  sv event;
  sv id;
  drying->arena = session->invocation;
  drying->entries = json_new_array(drying->arena);
  drying->known = json_new_array(drying->arena);
  drying->stand_in = (struct stand_in){.get = stand_in, .context = drying};
  if (!record_open(&drying->record, &clock, drying->e) ||
      !run_event_make(session, arguments, NULL, &event, drying->e) || !session_random_id(session, &id, drying->e)) {
    return false;
  }
  struct handler_call call = {.event = event, .request_id = id};
  bool good = handler_prepare(&session->handler, &call, drying->arena, &drying->run, &answer);
  if (!good) {
    session_print_refusal(session, &answer);
  }
  drying->run.stand_in = &drying->stand_in;
  return good && run_open_scope(&drying->run, drying->arena, drying->e);
}

enum exit_status dry_run(const struct arguments *arguments) {
  struct drying drying = {.has_error = false};
  struct err e;
  enum exit_status status = EXIT_FAILED;
  err_clear(&e);
  drying.e = &e;
  if (session_open(&drying.session, arguments, NULL, &e) && prepare(&drying, arguments)) {
    walk(&drying);
    bool is_printed = print(&drying, arguments_has(arguments, "--quiet"));
    status = is_printed && e.code == ERR_NONE && !drying.has_error ? EXIT_DONE : EXIT_FAILED;
  }
  if (e.code != ERR_NONE) {
    session_complain(&e);
  }
  record_close(&drying.record);
  session_close(&drying.session);
  return status;
}
