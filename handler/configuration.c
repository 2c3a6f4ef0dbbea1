/* Reading the configuration. An invalid value is an error, never silently the default. */
#include "configuration.h"

#include "arena.h"
#include "aws_endpoint.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define DEFAULT_DOCUMENT "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
#define DEFAULT_TOKENS "clientToken"
#define TOKENS_COUNT 16

static bool read_number(const struct environment *environment, const char *name, unsigned long long min,
                        unsigned long long max, unsigned long long usual, unsigned long long *out, struct err *e) {
  sv text;
  *out = usual;
  if (!environment_get(environment, name, &text)) {
    return true;
  }
  if (!sv_to_uint(sv_trim(text), max, out) || *out < min) {
    return err_set(e, ERR_INVALID, "%s is '%.*s'; it must be a whole number from %llu to %llu", name,
                   SV_ARG(sv_slice(text, 0, 80)), min, max);
  }
  return true;
}

static bool read_document(struct arena *arena, const struct environment *environment, sv *out, struct err *e) {
  sv root;
  sv document;
  struct sb path = sb_new(arena, KIB(4));
  if (!environment_get(environment, "ARAZZO_DOCUMENT", &document)) {
    document = SV(DEFAULT_DOCUMENT);
  }
  if (!sv_starts(document, SV("/")) && environment_get(environment, "LAMBDA_TASK_ROOT", &root)) {
    sb_put(&path, root);
    sb_char(&path, '/');
  }
  sb_put(&path, document);
  return sb_finish(&path, "ARAZZO_DOCUMENT", out, e);
}

static bool read_inputs(struct arena *arena, const struct environment *environment, const json **out, struct err *e) {
  sv text;
  json *inputs = NULL;
  if (!environment_get(environment, "ARAZZO_INPUTS", &text)) {
    *out = json_new_object(arena);
    return *out || err_memory(e);
  }
  if (!json_parse(arena, text, &inputs, e)) {
    return err_in(e, "ARAZZO_INPUTS is not JSON");
  }
  if (json_type(inputs) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID, "ARAZZO_INPUTS must be a JSON object, but is %s", json_type_name(inputs));
  }
  *out = inputs;
  return true;
}

static bool read_secrets(struct arena *arena, const struct environment *environment, struct api_secrets *out,
                         struct err *e) {
  sv text;
  return !environment_get(environment, "ARAZZO_SECRETS", &text) || api_secrets_read(arena, text, out, e) ||
         err_in(e, "ARAZZO_SECRETS");
}

/* Names, separated by commas. */
static bool read_tokens(struct arena *arena, const struct environment *environment, struct token_names *out,
                        struct err *e) {
  sv rest;
  sv *items = arena_array(arena, TOKENS_COUNT, sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  if (!environment_get(environment, "ARAZZO_TOKEN_INPUTS", &rest)) {
    rest = SV(DEFAULT_TOKENS);
  }
  out->items = items;
  while (rest.len) {
    sv name = rest;
    sv tail = SV("");
    sv_split(rest, ',', &name, &tail);
    name = sv_trim(name);
    if (name.len && out->count == TOKENS_COUNT) {
      return err_set(e, ERR_LIMIT, "ARAZZO_TOKEN_INPUTS has more than %d names", TOKENS_COUNT);
    }
    if (name.len) {
      items[out->count++] = name;
    }
    rest = tail;
  }
  return true;
}

static bool read_region(const struct environment *environment, sv *out, struct err *e) {
  const char *name = "AWS_REGION";
  if (!environment_get(environment, name, out)) {
    name = "AWS_DEFAULT_REGION";
    if (!environment_get(environment, name, out)) {
      return true;
    }
  }
  return region_is_valid(*out) ||
         err_set(e, ERR_INVALID, "%s is '%.*s', which is not the name of a region such as eu-central-1", name,
                 SV_ARG(sv_slice(*out, 0, 80)));
}

/* In AWS's tools, too, these words are not case-sensitive. */
static bool read_flag(const struct environment *environment, const char *name, bool *out, struct err *e) {
  sv text;
  *out = false;
  if (!environment_get(environment, name, &text)) {
    return true;
  }
  *out = sv_eq_nocase(sv_trim(text), SV("true"));
  return *out || sv_eq_nocase(sv_trim(text), SV("false")) ||
         err_set(e, ERR_INVALID, "%s is '%.*s'; it must be true or false", name, SV_ARG(sv_slice(text, 0, 80)));
}

static bool read_endpoints(const struct environment *environment, struct configuration *out, struct err *e) {
  bool is_fips = false;
  bool is_dual_stack = false;
  bool good = read_flag(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", &out->ignores_endpoint_urls, e) &&
              read_flag(environment, "AWS_USE_FIPS_ENDPOINT", &is_fips, e) &&
              read_flag(environment, "AWS_USE_DUALSTACK_ENDPOINT", &is_dual_stack, e);
  out->variant = (is_fips ? AWS_VARIANT_FIPS : 0U) | (is_dual_stack ? AWS_VARIANT_DUAL_STACK : 0U);
  return good;
}

static bool read_kind(const struct environment *environment, enum continuation_kind *out, struct err *e) {
  sv text;
  *out = CONTINUATION_RETURN;
  if (!environment_get(environment, "ARAZZO_CONTINUATION", &text) || sv_eq(text, SV("return"))) {
    return true;
  }
  *out = CONTINUATION_SCHEDULER;
  return sv_eq(text, SV("scheduler")) ||
         err_set(e, ERR_INVALID, "ARAZZO_CONTINUATION is '%.*s'; it must be 'return' or 'scheduler'",
                 SV_ARG(sv_slice(text, 0, 80)));
}

/* As Scheduler has it: 1 to 64 of letters, digits, '-', '_' and '.'. */
static bool is_group_name(sv text) {
  bool good = text.len >= 1 && text.len <= 64;
  for (size_t i = 0; good && i < text.len; i++) {
    char c = text.ptr[i];
    good =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  }
  return good;
}

static bool read_continuation(const struct environment *environment, struct configuration *out, struct err *e) {
  struct scheduler_settings *settings = &out->scheduler;
  if (!environment_get(environment, "ARAZZO_SCHEDULER_GROUP", &settings->group)) {
    settings->group = SV("default");
  }
  (void)environment_get(environment, "ARAZZO_SCHEDULER_ROLE_ARN", &settings->role_arn);
  (void)environment_get(environment, "ARAZZO_SCHEDULER_DEAD_LETTER_ARN", &settings->dead_letter_arn);
  (void)environment_get(environment, "ARAZZO_SCHEDULER_KMS_KEY_ARN", &settings->kms_key_arn);
  (void)environment_get(environment, "AWS_LAMBDA_FUNCTION_VERSION", &out->function_version);
  if (!read_kind(environment, &out->continuation, e) ||
      !read_flag(environment, "ARAZZO_EARLY_WAKE", &out->wakes_early, e)) {
    return false;
  }
  if (out->wakes_early && out->continuation == CONTINUATION_RETURN) {
    return err_set(e, ERR_INVALID, "ARAZZO_EARLY_WAKE is true, but only ARAZZO_CONTINUATION=scheduler can be woken");
  }
  return is_group_name(settings->group) ||
         err_set(e, ERR_INVALID, "ARAZZO_SCHEDULER_GROUP is '%.*s'; it must be the name of a schedule group",
                 SV_ARG(sv_slice(settings->group, 0, 80)));
}

static bool read_numbers(const struct environment *environment, struct configuration *out, struct err *e) {
  unsigned long long poll = 0;
  unsigned long long steps = 0;
  unsigned long long timeout = 0;
  unsigned long long state = 0;
  unsigned long long attempts = 0;
  bool good = read_number(environment, "ARAZZO_POLL_SECONDS", 0, LIMIT_POLL_SECONDS_MAX, LIMIT_POLL_SECONDS_DEFAULT,
                          &poll, e) &&
              read_number(environment, "ARAZZO_MAX_STEPS", 1, LIMIT_STEPS_MAX, LIMIT_STEPS_DEFAULT, &steps, e) &&
              read_number(environment, "ARAZZO_RUN_TIMEOUT_SECONDS", 1, LIMIT_RUN_SECONDS_MAX,
                          LIMIT_RUN_SECONDS_DEFAULT, &timeout, e) &&
              read_number(environment, "ARAZZO_MAX_STATE_BYTES", 1024, LIMIT_STATE_BYTES_MAX, LIMIT_STATE_BYTES_DEFAULT,
                          &state, e) &&
              read_number(environment, "AWS_MAX_ATTEMPTS", 1, LIMIT_ATTEMPTS_MAX, LIMIT_ATTEMPTS_DEFAULT, &attempts, e);
  out->poll_seconds = (int64_t)poll;
  out->max_steps = (unsigned)steps;
  out->run_timeout_seconds = (int64_t)timeout;
  out->max_state_bytes = (size_t)state;
  out->max_attempts = (unsigned)attempts;
  return good;
}

bool configuration_read(struct arena *arena, const struct environment *environment, struct configuration *out,
                        struct err *e) {
  *out = (struct configuration){.poll_seconds = 0};
  return read_continuation(environment, out, e) && read_numbers(environment, out, e) &&
         read_region(environment, &out->region, e) && read_endpoints(environment, out, e) &&
         read_document(arena, environment, &out->document_path, e) &&
         read_inputs(arena, environment, &out->inputs, e) && read_tokens(arena, environment, &out->tokens, e) &&
         read_secrets(arena, environment, &out->secrets, e);
}
