/* Walking workflows without running them: values are evaluated as a run would, on inputs that are given and on wildcards for all
 * that only a run can know, which then stand in names. An output that tells what its step made is the pattern of that. */
#include "policy_walk.h"

#include <string.h>

#include "arena.h"
#include "endpoint.h"
#include "errinfo.h"
#include "limits.h"
#include "policy_table.h"
#include "sb.h"

/* A workflow that is walked through. */
struct frame {
  struct policy_walk *walk;
  const struct workflow *workflow;
  json *scope; /* what expressions read */
};

static json *unknown(struct arena *arena) {
  return json_new_string(arena, SV(POLICY_UNKNOWN));
}

/* ---- what expressions read ---- */

static json *input_value(struct arena *arena, const json *property) {
  const json *usual = json_get(property, SV("default"));
  return usual ? json_copy(arena, usual) : unknown(arena);
}

static bool make_inputs(struct frame *f, const json *given, struct err *e) {
  struct arena *arena = f->walk->arena;
  json *inputs = json_copy(arena, given);
  const json *properties = json_get(f->workflow->input_schema, SV("properties"));
  for (const json *each = json_first(properties); each; each = each->next) {
    if (!json_get(inputs, json_name(each)) && !json_set(arena, inputs, json_name(each), input_value(arena, each))) {
      return err_memory(e);
    }
  }
  return json_set(arena, f->scope, SV("inputs"), inputs) || err_memory(e);
}

static bool make_outputs(struct frame *f, struct err *e) {
  struct arena *arena = f->walk->arena;
  json *steps = json_new_object(arena);
  bool good = steps != NULL;
  for (size_t i = 0; good && i < f->workflow->step_count; i++) {
    const struct step *step = &f->workflow->steps[i];
    json *outputs = json_new_object(arena);
    json *entry = json_new_object(arena);
    for (size_t j = 0; good && j < step->outputs.count; j++) {
      good = json_set(arena, outputs, step->outputs.items[j].name, unknown(arena));
    }
    good = good && json_set(arena, entry, SV("outputs"), outputs) && json_set(arena, steps, step->id, entry);
  }
  return (good && json_set(arena, f->scope, SV("steps"), steps)) || err_memory(e);
}

static bool evaluate(const struct frame *f, const struct template *template, json **out, struct err *e) {
  struct scope scope = {.root = f->scope};
  const struct expression *missing = NULL;
  if (!template_eval(template, &scope, f->walk->arena, out, &missing, e)) {
    return false;
  }
  *out = *out ? *out : unknown(f->walk->arena);
  return *out || err_memory(e);
}

/* Two rules of one step may miss the same member. */
static void note(struct policy_walk *walk, const struct step *step, sv about, const char *why) {
  if (walk->noted != step || !sv_eq(walk->noted_about, about)) {
    walk->note(step, about, why);
  }
  walk->noted = step;
  walk->noted_about = about;
}

/* ---- a step's arguments ---- */

static bool set_argument(const struct frame *f, json *arguments, sv name, json *value, struct err *e) {
  return json_set(f->walk->arena, arguments, name, value) || err_memory(e);
}

/* Headers have no case: in the table they are written in small letters. */
static sv argument_name(const struct frame *f, const struct step_parameter *parameter) {
  sv name = parameter_plain_name(parameter->name, parameter->in);
  struct sb small = sb_new(f->walk->arena, KIB(4));
  for (size_t i = 0; i < name.len && parameter->in == IN_HEADER; i++) {
    char c = name.ptr[i];
    sb_char(&small, (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
  }
  return small.len && small.state == SB_OK ? sb_view(&small) : name;
}

static bool add_parameters(const struct frame *f, const struct step *step, json *arguments, struct err *e) {
  for (size_t i = 0; i < step->parameter_count; i++) {
    const struct step_parameter *parameter = &step->parameters[i];
    json *value = NULL;
    if (!evaluate(f, parameter->value, &value, e) ||
        !set_argument(f, arguments, argument_name(f, parameter), value, e)) {
      return false;
    }
  }
  return true;
}

/* The members that the document gives; those without a value are given all the same. */
static bool add_payload(const struct frame *f, const json *written, const json *payload, json *arguments,
                        struct err *e) {
  for (const json *each = json_first(payload); each; each = each->next) {
    if (!set_argument(f, arguments, json_name(each), json_copy(f->walk->arena, each), e)) {
      return false;
    }
  }
  for (const json *each = json_type(written) == JSON_OBJECT ? json_first(written) : NULL; each; each = each->next) {
    if (!json_get(arguments, json_name(each)) &&
        !set_argument(f, arguments, json_name(each), unknown(f->walk->arena), e)) {
      return false;
    }
  }
  return true;
}

static bool add_body(const struct frame *f, const struct step *step, json *arguments, struct err *e) {
  json *payload = NULL;
  const json *written = json_get(json_get(step->node, SV("requestBody")), SV("payload"));
  if (!step->body || !step->body->payload) {
    return true;
  }
  if (step->body->replacement_count) {
    note(f->walk, step, SV(""), "its payload has replacements, which are not looked at");
  }
  if (!evaluate(f, step->body->payload, &payload, e)) {
    return false;
  }
  bool has_members = step->body->kind == MEDIA_JSON || step->body->kind == MEDIA_FORM;
  if (has_members && json_type(payload) != JSON_OBJECT) {
    note(f->walk, step, SV(""), "its payload is text, or not known: what it names is not looked at");
  }
  return json_type(payload) != JSON_OBJECT || add_payload(f, written, payload, arguments, e);
}

/* ---- permissions ---- */

/* A call of an operation of AWS. */
struct aws_call {
  const struct frame *frame;
  const struct step *step;
  sv service; /* the signing name */
  json *arguments;
};

/* In China some services, such as EC2, have names of their own there; AWS's own policies name both. */
static bool grant_in_china(struct policy_walk *walk, const struct policy_grant *grant, struct err *e) {
  struct policy_grant one = *grant;
  struct sb name = sb_new(walk->arena, KIB(1));
  if (!sv_eq(walk->place.partition, SV("aws-cn"))) {
    return true;
  }
  sb_format(&name, "%.*s.cn", SV_ARG(grant->passed_to));
  one.passed_to = sb_view(&name);
  return name.state == SB_OK ? policy_grants_add(&walk->grants, &one, e) : err_memory(e);
}

static bool grant(const struct aws_call *call, sv action, sv resource, const char *passed_to, struct err *e) {
  struct policy_walk *walk = call->frame->walk;
  struct policy_grant one = {action, policy_resource_present(walk->arena, resource), sv_from(passed_to)};
  if (one.resource.len == 0 || action.len == 0) {
    return err_memory(e);
  }
  return policy_grants_add(&walk->grants, &one, e) && (!passed_to || grant_in_china(walk, &one, e));
}

/* "imagebuilder:GetImage"; operations of converted descriptions may begin with a small letter. */
static sv action_of(const struct aws_call *call) {
  sv name = call->step->operation->aws_operation;
  sv prefix = policy_prefix(call->service);
  struct sb text = sb_new(call->frame->walk->arena, KIB(1));
  char first = name.len ? name.ptr[0] : '?';
  sb_format(&text, "%.*s:%c", SV_ARG(prefix), first >= 'a' && first <= 'z' ? first - ('a' - 'A') : first);
  sb_put(&text, sv_slice(name, 1, name.len));
  return sb_view(&text);
}

static struct policy_pattern pattern_of(const struct aws_call *call, const char *text) {
  return (struct policy_pattern){.arena = call->frame->walk->arena,
                                 .place = &call->frame->walk->place,
                                 .service = call->service,
                                 .text = text,
                                 .arguments = call->arguments};
}

static bool apply_rule(const struct aws_call *call, const struct policy_rule *rule, struct err *e) {
  struct policy_pattern pattern = pattern_of(call, rule->resource);
  sv action = rule->action ? sv_from(rule->action) : action_of(call);
  sv resource;
  sv missing;
  if (action.len == 0) {
    return true;
  }
  for (size_t n = 0; policy_resource_make(&pattern, n, &resource, &missing); n++) {
    if (missing.len) {
      note(call->frame->walk, call->step, missing, "is not known here: its resource has a * for it");
    }
    if (!grant(call, action, resource, rule->passed_to, e)) {
      return false;
    }
  }
  return resource.len || err_memory(e);
}

/* Whether a rule counts, of those that fit before it: all rules of the operation do; of those for every other operation only those of one
 * member, and none beside the operation's own. */
static bool rule_counts(const struct policy_rule *rule, bool is_named, const struct policy_rule *general) {
  if (strcmp(rule->operation, "*") != 0) {
    return true;
  }
  return !is_named && (!general || strcmp(general->given, rule->given) == 0);
}

static bool apply_rules(const struct aws_call *call, bool *found, struct err *e) {
  const struct policy_rule *general = NULL;
  bool is_named = false;
  *found = false;
  for (const struct policy_rule *rule = policy_rules; rule->service; rule++) {
    bool is_general = strcmp(rule->operation, "*") == 0;
    if (!sv_eq(sv_from(rule->service), call->service) ||
        !policy_operation_fits(rule->operation, call->step->operation->aws_operation)) {
      continue;
    }
    is_named = is_named || !is_general;
    if (!rule_counts(rule, is_named, general) || !policy_is_given(call->arguments, rule->given)) {
      continue;
    }
    general = is_general ? rule : general;
    *found = true;
    if (!apply_rule(call, rule, e)) {
      return false;
    }
  }
  return true;
}

/* API Gateway's actions are methods, and its resources paths (Service Authorization Reference, "Amazon API Gateway Management"). */
static bool grant_method(const struct aws_call *call, struct err *e) {
  const struct operation *operation = call->step->operation;
  struct sb action = sb_new(call->frame->walk->arena, KIB(1));
  struct sb pattern = sb_new(call->frame->walk->arena, KIB(4));
  sv resource;
  sv missing;
  sb_format(&action, "apigateway:%.*s", SV_ARG(operation->method));
  sb_format(&pattern, "arn:{partition}:apigateway:{region}::%.*s",
            SV_ARG(sv_slice(operation->path, 0, sv_find(operation->path, '?'))));
  sb_char(&pattern, '\0');
  if (pattern.state != SB_OK) {
    return err_memory(e);
  }
  struct policy_pattern made = pattern_of(call, sb_view(&pattern).ptr);
  return policy_resource_make(&made, 0, &resource, &missing) ? grant(call, sb_view(&action), resource, NULL, e)
                                                             : err_memory(e);
}

static bool grant_call(const struct aws_call *call, struct err *e) {
  bool found = false;
  if (sv_eq(call->service, SV("apigateway"))) {
    return grant_method(call, e);
  }
  if (!apply_rules(call, &found, e)) {
    return false;
  }
  if (found) {
    return true;
  }
  sv action = action_of(call);
  note(call->frame->walk, call->step, action,
       "is allowed by the operation's name alone, on all resources: see AWS's Service Authorization "
       "Reference");
  return grant(call, action, SV(POLICY_UNKNOWN), NULL, e);
}

/* ---- what a step made ---- */

static bool reads_member(sv expression, const char *member) {
  sv name = sv_from(member);
  sv before = sv_slice(expression, 0, expression.len - (expression.len < name.len ? 0 : name.len));
  return sv_ends(expression, name) && before.len &&
         (before.ptr[before.len - 1] == '/' || before.ptr[before.len - 1] == '.');
}

static bool note_made(const struct aws_call *call, const struct policy_made *made, struct err *e) {
  const struct step *step = call->step;
  struct policy_pattern pattern = pattern_of(call, made->resource);
  json *outputs = json_get(json_get(json_get(call->frame->scope, SV("steps")), step->id), SV("outputs"));
  sv resource;
  sv missing;
  if (!policy_resource_make(&pattern, 0, &resource, &missing)) {
    return err_memory(e);
  }
  for (size_t i = 0; i < step->outputs.count; i++) {
    const struct named_value *output = &step->outputs.items[i];
    if (reads_member(json_string(output->node), made->member) &&
        !set_argument(call->frame, outputs, output->name, json_new_string(pattern.arena, resource), e)) {
      return false;
    }
  }
  return true;
}

static bool note_all_made(const struct aws_call *call, struct err *e) {
  for (const struct policy_made *made = policy_makes; made->service; made++) {
    if (sv_eq(sv_from(made->service), call->service) &&
        policy_operation_fits(made->operation, call->step->operation->aws_operation) &&
        policy_is_given(call->arguments, made->given) && !note_made(call, made, e)) {
      return false;
    }
  }
  return true;
}

static bool visit_aws(const struct frame *f, const struct step *step, struct err *e) {
  struct endpoint endpoint;
  struct endpoint_settings settings = {.region = sv_eq(f->walk->place.region, SV("*")) ? SV("us-east-1")
                                                                                       : f->walk->place.region,
                                       .ignores_environment = true};
  struct aws_call call = {.frame = f, .step = step, .arguments = json_new_object(f->walk->arena)};
  if (!endpoint_choose(f->walk->arena, step->operation, &settings, &endpoint, e)) {
    return err_in(e, "step %.*s", SV_ARG(step->id));
  }
  call.service = endpoint.service;
  return add_parameters(f, step, call.arguments, e) && add_body(f, step, call.arguments, e) && grant_call(&call, e) &&
         note_all_made(&call, e);
}

/* ---- secrets ---- */

static bool grant_secret(struct policy_walk *walk, const struct secret_reference *reference, struct err *e) {
  bool is_secret = reference->origin == SECRET_OF_SECRETS_MANAGER;
  json *arguments = json_new_object(walk->arena);
  struct policy_pattern pattern = {.arena = walk->arena,
                                   .place = &walk->place,
                                   .service = is_secret ? SV("secretsmanager") : SV("ssm"),
                                   .text = is_secret ? "secret:{Id}-??????" : "parameter/{Id:path}",
                                   .arguments = arguments};
  sv action = is_secret ? SV("secretsmanager:GetSecretValue") : SV("ssm:GetParameter");
  sv resource;
  sv missing;
  if (reference->origin == SECRET_OF_ENVIRONMENT) {
    return true;
  }
  if (!json_set(walk->arena, arguments, SV("Id"), json_new_string(walk->arena, reference->id)) ||
      !policy_resource_make(&pattern, 0, &resource, &missing)) {
    return err_memory(e);
  }
  struct policy_grant one = {action, policy_resource_present(walk->arena, resource), SV("")};
  return one.resource.len ? policy_grants_add(&walk->grants, &one, e) : err_memory(e);
}

/* "scheme", or "source.scheme" */
static bool is_secret_of(const struct step *step, sv scheme, sv name) {
  sv source = step->source->name;
  return sv_eq(name, scheme) || (name.len == source.len + 1 + scheme.len && sv_starts(name, source) &&
                                 name.ptr[source.len] == '.' && sv_ends(name, scheme));
}

static bool grant_scheme(struct policy_walk *walk, const struct step *step, sv scheme, struct err *e) {
  for (size_t i = 0; i < walk->secrets.count; i++) {
    const struct api_secret *secret = &walk->secrets.items[i];
    if (is_secret_of(step, scheme, secret->name) && !grant_secret(walk, &secret->reference, e)) {
      return false;
    }
  }
  return true;
}

static bool visit_secrets(struct policy_walk *walk, const struct step *step, struct err *e) {
  const struct security *security = &step->operation->security;
  for (size_t i = 0; i < security->count; i++) {
    for (size_t j = 0; j < security->items[i].count; j++) {
      if (!grant_scheme(walk, step, security->items[i].items[j].scheme->name, e)) {
        return false;
      }
    }
  }
  return true;
}

/* ---- workflows ---- */

static bool visit_call(const struct frame *f, const struct call *call, struct err *e) {
  json *inputs = json_new_object(f->walk->arena);
  if (!call) {
    return true;
  }
  for (size_t i = 0; i < call->inputs.count; i++) {
    json *value = NULL;
    if (!evaluate(f, call->inputs.items[i].value, &value, e) ||
        !set_argument(f, inputs, call->inputs.items[i].name, value, e)) {
      return false;
    }
  }
  return policy_walk_workflow(f->walk, call->workflow, inputs, e);
}

static bool visit_actions(const struct frame *f, const struct actions *actions, struct err *e) {
  for (size_t i = 0; i < actions->count; i++) {
    if (!visit_call(f, actions->items[i].call, e)) {
      return false;
    }
  }
  return true;
}

static bool visit_step(const struct frame *f, const struct step *step, struct err *e) {
  const struct operation *operation = step->operation;
  bool is_aws = operation && operation->signing == SIGNING_AWS_SIGV4;
  return (!is_aws || visit_aws(f, step, e)) && (!operation || visit_secrets(f->walk, step, e)) &&
         visit_call(f, step->call, e) && visit_actions(f, &step->on_success, e) &&
         visit_actions(f, &step->on_failure, e);
}

static bool was_visited(const struct policy_walk *walk, const struct workflow *workflow, const json *inputs) {
  for (const struct policy_visit *visit = walk->visits; visit; visit = visit->next) {
    if (visit->workflow == workflow && json_equal(visit->inputs, inputs)) {
      return true;
    }
  }
  return false;
}

static bool walk_through(struct frame *f, const json *inputs, struct err *e) {
  if (!f->scope || !make_inputs(f, inputs, e) || !make_outputs(f, e)) {
    return err_memory(e);
  }
  for (size_t i = 0; i < f->workflow->depends_on_count; i++) {
    if (!policy_walk_workflow(f->walk, f->workflow->depends_on[i], inputs, e)) {
      return false;
    }
  }
  for (const struct step *step = f->workflow->first; step; step = step->after) {
    if (!visit_step(f, step, e)) {
      return err_in(e, "workflow %.*s", SV_ARG(f->workflow->id));
    }
  }
  return true;
}

/* Runs can't nest deeper, so what is behind is never called. */
bool policy_walk_workflow(struct policy_walk *walk, const struct workflow *workflow, const json *inputs,
                          struct err *e) {
  struct frame frame = {walk, workflow, json_new_object(walk->arena)};
  struct policy_visit *visit = arena_alloc(walk->arena, sizeof *visit);
  if (was_visited(walk, workflow, inputs) || walk->depth == LIMIT_WORKFLOW_DEPTH) {
    return true;
  }
  if (!visit) {
    return err_memory(e);
  }
  *visit = (struct policy_visit){workflow, inputs, walk->visits};
  walk->visits = visit;
  walk->depth++;
  bool good = walk_through(&frame, inputs, e);
  walk->depth--;
  return good;
}
