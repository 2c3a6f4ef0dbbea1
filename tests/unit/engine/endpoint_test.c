/* Endpoints: which server is chosen for an operation, what it is signed as, and what is refused. */
#include "endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "aws_endpoint.h"
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
  const char *service_id = case_text(data, "serviceId");
  if (service_id) {
    cJSON_AddStringToObject(info, "x-aws-serviceId", service_id);
  }
  if (!cJSON_IsFalse(cJSON_GetObjectItem(data, "signed"))) {
    cJSON_AddItemToObject(root, "security", cJSON_Parse("[{\"hmac\": []}]"));
  }
  cJSON_AddItemToObject(root, "servers", cJSON_Duplicate(cJSON_GetObjectItem(data, "servers"), true));
  cJSON *files = cJSON_CreateObject();
  cJSON_AddItemToObject(files, "api.json", root);
  struct err e = {0};
  const struct operation *operation = memory_operation(arena, files, "api.json", "op", &e);
  assert_non_null(operation);
  cJSON_Delete(files);
  return operation;
}

static unsigned variant_of(const cJSON *data) {
  return (cJSON_IsTrue(cJSON_GetObjectItem(data, "fips")) ? AWS_VARIANT_FIPS : 0U) |
         (cJSON_IsTrue(cJSON_GetObjectItem(data, "dualStack")) ? AWS_VARIANT_DUAL_STACK : 0U);
}

static bool choose(struct arena *arena, const cJSON *data, const struct environment *environment,
                   struct endpoint *endpoint, struct err *e) {
  const char *region = case_text(data, "region");
  struct endpoint_settings settings = {.region = sv_from(region ? region : "eu-central-1"),
                                       .override_url = sv_from(case_text(data, "override")),
                                       .environment = environment,
                                       .ignores_environment = cJSON_IsTrue(cJSON_GetObjectItem(data, "ignore")),
                                       .variant = variant_of(data)};
  return endpoint_choose(arena, operation_of(arena, data), &settings, endpoint, e);
}

static void is_text(const cJSON *data, const char *member, sv got) {
  const char *text = case_text(data, member);
  if (text && !sv_eq(got, sv_from(text))) {
    fail_msg("%s is %.*s", member, SV_ARG(got));
  }
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
  bool good = choose(arena, c->data, &world.variables, &endpoint, &e);
  if (message) {
    assert_false(good);
    assert_int_equal(e.code, ERR_INVALID);
    if (!strstr(e.text, message)) {
      fail_msg("%s", e.text);
    }
    is_text(c->data, "where", sv_from(e.where));
  } else {
    if (!good) {
      fail_msg("%s", e.text);
    }
    is_text(c->data, "url", endpoint.base_url);
    is_text(c->data, "service", endpoint.service);
    is_text(c->data, "signedFor", endpoint.region);
  }
  world_close(&world);
  arena_drop(arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  cJSON *data = cJSON_Parse("{\"servers\": [{\"url\": \"https://{a}.{region}.amazonaws.com\", \"variables\": {\"a\": "
                            "{\"default\": \"ec2\"}}}], \"region\": \"cn-north-1\", \"fips\": true}");
  struct world world;
  long n = 0;
  world_open(&world);
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(16));
    const struct operation *operation = operation_of(arena, data);
    struct endpoint_settings settings = {
        .region = SV("cn-north-1"), .environment = &world.variables, .variant = AWS_VARIANT_FIPS};
    struct endpoint endpoint;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = endpoint_choose(arena, operation, &settings, &endpoint, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_true(!passed || sv_eq(endpoint.base_url, SV("https://ec2-fips.cn-north-1.amazonaws.com.cn")));
    arena_drop(arena);
  }
  assert_true(n > 3);
  world_close(&world);
  cJSON_Delete(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails)};
  return cases_run("endpoint", CASES, NULL, chooses) + cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
