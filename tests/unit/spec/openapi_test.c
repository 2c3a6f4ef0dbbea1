/* OpenAPI: what is found of an operation. Refusals are in document.json, since they need their places. */
#include "openapi.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"
#include "sb.h"

#define CASES "tests/unit/spec/openapi.json"

static const cJSON *description;

static const struct operation *find(struct arena *arena, const char *id) {
  struct err e = {0};
  const struct openapi *openapi = NULL;
  const struct operation *operation = NULL;
  char *text = cJSON_PrintUnformatted(description);
  struct source *source = memory_source(arena, "api.json", text);
  free(text);
  assert_true(openapi_open(arena, source, &openapi, &e));
  if (!openapi_operation(arena, openapi, sv_from(id), &operation, &e)) {
    fail_msg("%s", e.text);
  }
  return operation;
}

/* "name in [required] [explode]" of each parameter, joined by commas. */
static void put_parameters(struct sb *out, const struct operation *operation) {
  static const char *const places[] = {"path", "query", "header"};
  for (size_t i = 0; i < operation->parameter_count; i++) {
    const struct operation_parameter *parameter = &operation->parameters[i];
    sb_format(out, "%s%.*s %s%s%s", i ? ", " : "", SV_ARG(parameter->name), places[parameter->in],
              parameter->required ? " required" : "", parameter->explode ? " explode" : "");
  }
}

static void is_text(const cJSON *want, const char *name, sv got) {
  const char *text = case_text(want, name);
  if (text && !sv_eq(got, sv_from(text))) {
    fail_msg("%s is '%.*s'", name, SV_ARG(got));
  }
}

static void finds(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  const struct operation *operation = find(arena, case_text(c->data, "id"));
  if (cJSON_IsTrue(cJSON_GetObjectItem(c->data, "absent"))) {
    assert_null(operation);
  } else {
    struct sb parameters = sb_new(arena, KIB(4));
    assert_non_null(operation);
    put_parameters(&parameters, operation);
    is_text(c->data, "method", operation->method);
    is_text(c->data, "path", operation->path);
    is_text(c->data, "parameters", sb_view(&parameters));
    is_text(c->data, "server", json_string(json_get(json_at(operation->servers, 0), SV("url"))));
    is_text(c->data, "signing", operation->signing == SIGNING_AWS_SIGV4 ? SV("sigv4") : SV("none"));
    is_text(c->data, "content",
            json_count(operation->request_content) ? json_name(json_first(operation->request_content)) : SV(""));
  }
  arena_drop(arena);
}

static void responds(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  const struct operation *operation = find(arena, "answers");
  const json *content =
      operation_response_content(operation, (int)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "status")));
  is_text(c->data, "content", json_count(content) ? json_name(json_first(content)) : SV(""));
  arena_drop(arena);
}

static void media_types(void **state) {
  (void)state;
  static const char *const good[] = {"application/json",           "application/json; charset=utf-8",
                                     " APPLICATION/JSON ",         "application/problem+json",
                                     "application/x-amz-json-1.1", "text/json",
                                     "image/svg+JSON;a=b"};
  static const char *const bad[] = {"",     "application/jsonp",    "text/html",         "+json", "application/xml",
                                    "json", "application/json-seq", "text/html; a=+json"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(media_type_is_json(sv_from(good[i])));
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(media_type_is_json(sv_from(bad[i])));
  }
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    return 1;
  }
  description = cJSON_GetObjectItem(root, "description");
  const struct CMUnitTest tests[] = {cmocka_unit_test(media_types)};
  int failed = cases_run_array("openapi: operation", cJSON_GetObjectItem(root, "operation"), finds) +
               cases_run_array("openapi: response", cJSON_GetObjectItem(root, "response"), responds) +
               cmocka_run_group_tests_name("openapi", tests, NULL, NULL);
  cJSON_Delete(root);
  return failed;
}
