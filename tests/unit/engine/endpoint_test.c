/* Endpoints: which server is chosen for an operation, what it is signed as, and what is refused. */
#include "endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "world.h"

#define CASES "tests/unit/engine/endpoint.json"

/* A description with one operation and the case's servers, signed as the case says. */
static const struct operation *operation_of(struct arena *arena, const cJSON *data) {
  cJSON *root =
      cJSON_Parse("{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": {\"get\": {\"operationId\": \"op\"}}}, \"components\": "
                  "{\"securitySchemes\": {\"hmac\": {\"x-amazon-apigateway-authtype\": \"awsSigv4\"}}}}");
  cJSON *info = cJSON_AddObjectToObject(root, "info");
  const char *signing_name = case_text(data, "signingName");
  if (signing_name) {
    cJSON_AddStringToObject(info, "x-aws-signingName", signing_name);
  }
  if (!cJSON_IsFalse(cJSON_GetObjectItem(data, "signed"))) {
    cJSON_AddItemToObject(root, "security", cJSON_Parse("[{\"hmac\": []}]"));
  }
  cJSON_AddItemToObject(root, "servers", cJSON_Duplicate(cJSON_GetObjectItem(data, "servers"), true));
  char *text = cJSON_PrintUnformatted(root);
  struct source *source = memory_source(arena, "api.json", text);
  const struct openapi *openapi = NULL;
  const struct operation *operation = NULL;
  struct err e = {0};
  assert_true(openapi_open(arena, source, &openapi, &e));
  assert_true(openapi_operation(arena, openapi, SV("op"), &operation, &e));
  assert_non_null(operation);
  free(text);
  cJSON_Delete(root);
  return operation;
}

static void chooses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct world world;
  struct endpoint endpoint = {.service = SV("")};
  struct err e = {0};
  const char *message = case_text(c->data, "message");
  world_open(&world);
  world.environment = cJSON_GetObjectItem(c->data, "environment");
  const char *region = case_text(c->data, "region");
  struct endpoint_settings settings = {.region = sv_from(region ? region : "eu-central-1"),
                                       .override_url = sv_from(case_text(c->data, "override")),
                                       .environment = &world.variables};
  bool good = endpoint_choose(arena, operation_of(arena, c->data), &settings, &endpoint, &e);
  if (message) {
    assert_false(good);
    assert_int_equal(e.code, ERR_INVALID);
    if (!strstr(e.text, message)) {
      fail_msg("%s", e.text);
    }
  } else if (!good || !sv_eq(endpoint.base_url, sv_from(case_text(c->data, "url"))) ||
             !sv_eq(endpoint.service, sv_from(case_text(c->data, "service")))) {
    fail_msg("%s %.*s %.*s", e.text, good ? (int)endpoint.base_url.len : 0, endpoint.base_url.ptr,
             good ? (int)endpoint.service.len : 0, endpoint.service.ptr);
  }
  world_close(&world);
  arena_drop(arena);
}

static void regions(void **state) {
  (void)state;
  static const char *const good[] = {"eu-central-1", "us-gov-west-1", "us-isob-east-1", "mx-central-1",
                                     "ap-southeast-12"};
  static const char *const bad[] = {"",
                                    "eu",
                                    "eu-1",
                                    "eu-central-",
                                    "EU-central-1",
                                    "eu_central_1",
                                    "eu-central-1.",
                                    "eu.central-1-1",
                                    "eu-central-1@x"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(region_is_valid(sv_from(good[i])));
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(region_is_valid(sv_from(bad[i])));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(regions)};
  return cases_run("endpoint", CASES, NULL, chooses) + cmocka_run_group_tests_name("regions", tests, NULL, NULL);
}
