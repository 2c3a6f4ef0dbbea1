/* References to secrets, the forms of secrets, what is kept of them; and a request that needs everything, while each allocation
 * fails. No error holds "s3cret". */
#include "api_secret.h"

#include <stdlib.h>
#include <string.h>

#include "api_security.h"
#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "sb.h"
#include "world.h"

#define CASES "tests/unit/engine/api_secret.json"

static void is_text(const cJSON *data, const char *name, sv got) {
  const char *want = case_text(data, name);
  if (!sv_eq(got, sv_from(want ? want : ""))) {
    fail_msg("%s is '%.*s'", name, SV_ARG(got));
  }
}

static void is_error(const cJSON *data, struct arena *arena, const struct err *e) {
  const char *want = case_text(data, "error");
  struct sb text = sb_new(arena, KIB(8));
  err_write(e, &text);
  if (!want || !sv_contains(sb_view(&text), sv_from(want))) {
    fail_msg("the error is: %.*s", SV_ARG(sb_view(&text)));
  }
  assert_int_not_equal(e->code, ERR_NONE);
  assert_false(sv_contains(sb_view(&text), SV("s3cret")));
}

/* Somebody may have written the secret itself. */
static void is_not_repeated(const cJSON *data, const struct err *e) {
  const char *text = case_text(data, "text");
  assert_true(*text == '\0' || (!strstr(e->text, text) && !strstr(e->where, text)));
}

static void test_reference(void **state) {
  static const char *const origins[] = {"secretsmanager", "parameter-store", "environment"};
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct secret_reference got;
  struct err e = {0};
  if (!secret_reference_read(arena, sv_from(case_text(c->data, "text")), &got, &e)) {
    is_error(c->data, arena, &e);
    assert_int_equal(e.code, ERR_SYNTAX);
    is_not_repeated(c->data, &e);
  } else {
    is_text(c->data, "origin", sv_from(origins[got.origin]));
    is_text(c->data, "id", got.id);
    is_text(c->data, "region", got.region);
    is_text(c->data, "member", got.member);
    is_text(c->data, "pointer", got.pointer);
  }
  arena_drop(arena);
}

static void test_configuration(void **state) {
  const struct case_state *c = *state;
  const char *code = case_text(c->data, "code");
  struct arena *arena = arena_new(MIB(1));
  struct api_secrets got;
  struct err e = {0};
  if (api_secrets_read(arena, sv_from(case_text(c->data, "text")), &got, &e)) {
    assert_int_equal(got.count, (size_t)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "count")));
  } else {
    is_error(c->data, arena, &e);
    assert_non_null(code);
    assert_int_equal(e.code, strcmp(code, "syntax") == 0    ? ERR_SYNTAX
                             : strcmp(code, "invalid") == 0 ? ERR_INVALID
                                                            : ERR_LIMIT);
  }
  arena_drop(arena);
}

/* The parts of a secret in the order of the case's "values". */
static bool read_form(struct arena *arena, const char *form, sv text, sv *values, struct err *e) {
  struct oauth_client client;
  if (strcmp(form, "token") == 0) {
    return api_secret_token(arena, text, &values[0], e);
  }
  if (strcmp(form, "login") == 0) {
    return api_secret_login(arena, text, &values[0], &values[1], e);
  }
  bool good = api_secret_client(arena, text, &client, e);
  values[0] = client.id;
  values[1] = client.secret;
  values[2] = client.scope;
  values[3] = client.token_url;
  return good;
}

static void test_form(void **state) {
  const struct case_state *c = *state;
  const cJSON *want = cJSON_GetObjectItem(c->data, "values");
  struct arena *arena = arena_new(MIB(1));
  struct secret_reference reference;
  struct err e = {0};
  sv text;
  sv values[4] = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
  assert_true(secret_reference_read(arena, sv_from(case_text(c->data, "reference")), &reference, &e));
  if (!api_secret_part(arena, sv_from(case_text(c->data, "text")), &reference, &text, &e) ||
      !read_form(arena, case_text(c->data, "form"), text, values, &e)) {
    is_error(c->data, arena, &e);
    assert_int_equal(e.code, ERR_INVALID);
  } else {
    assert_non_null(want);
    for (int i = 0; i < cJSON_GetArraySize(want); i++) {
      assert_true(sv_eq(values[i], sv_from(cJSON_GetArrayItem(want, i)->valuestring)));
    }
  }
  arena_drop(arena);
}

/* ---- what is kept ---- */

static void keeps_and_forgets(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct secret_cache *cache = secret_cache_open(arena);
  struct err e = {0};
  sv value;
  assert_false(secret_cache_get(cache, SV("a"), 0, &value));
  assert_true(secret_cache_put(cache, SV("a"), SV("one"), 100, &e));
  assert_true(secret_cache_get(cache, SV("a"), 99, &value) && sv_eq(value, SV("one")));
  assert_false(secret_cache_get(cache, SV("a"), 100, &value));
  assert_true(secret_cache_put(cache, SV("a"), SV("two"), 200, &e));
  assert_true(secret_cache_get(cache, SV("a"), 100, &value) && sv_eq(value, SV("two")));
  secret_cache_drop(cache, SV("b"));
  secret_cache_drop(cache, SV("a"));
  assert_false(secret_cache_get(cache, SV("a"), 0, &value));
  secret_cache_close(cache);
  secret_cache_close(cache);
  secret_cache_close(NULL);
  arena_drop(arena);
}

static void full_cache_forgets_what_ends_first(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct secret_cache *cache = secret_cache_open(arena);
  struct err e = {0};
  sv value;
  for (int i = 0; i <= LIMIT_SECRETS; i++) {
    struct sb key = sb_new(arena, 16);
    sb_format(&key, "k%d", i);
    assert_true(secret_cache_put(cache, sb_view(&key), SV("v"), i == 7 ? 1 : 1000 + i, &e));
  }
  assert_false(secret_cache_get(cache, SV("k7"), 0, &value));
  assert_true(secret_cache_get(cache, SV("k0"), 0, &value));
  assert_true(secret_cache_get(cache, SV("k64"), 0, &value));
  secret_cache_close(cache);
  arena_drop(arena);
}

static void secret_that_is_too_long_is_not_kept(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(2));
  struct secret_cache *cache = secret_cache_open(arena);
  struct err e = {0};
  sv value = {arena_alloc(arena, LIMIT_SECRET_ENTRY_BYTES), LIMIT_SECRET_ENTRY_BYTES};
  assert_false(secret_cache_put(cache, SV("a"), value, 1, &e));
  assert_int_equal(e.code, ERR_MEMORY);
  assert_false(secret_cache_get(cache, SV("a"), 0, &value));
  secret_cache_close(cache);
  arena_drop(arena);
}

/* ---- a request that needs everything ---- */

static const char *const WORLD =
    "{\"replies\": [{\"status\": 200, \"body\": {\"SecretString\": \"{\\\"client_id\\\": \\\"i\\\", "
    "\\\"client_secret\\\": \\\"c\\\"}\"}}, {\"status\": 200, \"body\": {\"access_token\": \"t0ken\", \"expires_in\": "
    "60}},"
    " {\"status\": 200, \"body\": {\"Parameter\": {\"Value\": \"k\"}}}]}";

static const struct security_scheme schemes[] = {
    {.name = {"oauth", 5}, .type = SECURITY_OAUTH2_CLIENT_CREDENTIALS, .token_url = {"/token", 6}},
    {.name = {"key", 3}, .type = SECURITY_API_KEY, .in = IN_QUERY, .parameter = {"k", 1}},
    {.name = {"cookie", 6}, .type = SECURITY_API_KEY, .in = IN_COOKIE, .parameter = {"c", 1}}};
static const sv scopes[] = {{"a", 1}, {"b", 1}};
static const struct security_requirement requirements[] = {
    {&schemes[0], scopes, 2}, {&schemes[1], NULL, 0}, {&schemes[2], NULL, 0}};
static const struct security_alternative alternative = {requirements, 3};
static const struct operation operation = {.security = {&alternative, 1}};
static const struct description source = {.name = {"api", 3}};
static const struct step step = {.operation = &operation, .source = &source};
static const struct api_secret secrets[] = {{{"oauth", 5}, {.origin = SECRET_OF_SECRETS_MANAGER, .id = {"client", 6}}},
                                            {{"api.key", 7}, {.origin = SECRET_OF_PARAMETER_STORE, .id = {"/key", 4}}},
                                            {{"cookie", 6}, {.origin = SECRET_OF_PARAMETER_STORE, .id = {"/key", 4}}}};

static bool apply(struct world *world, struct arena *arena, struct secret_cache *cache, struct http_request *request,
                  struct err *e) {
  struct clock_skew skew = {0};
  struct api_authentication added;
  struct api_security security = {.secrets = {secrets, 3},
                                  .store = {.client = {.inquiry = {.transport = world_transport(world),
                                                                   .clock = world_clock(world),
                                                                   .entropy = world_entropy(),
                                                                   .max_attempts = 1,
                                                                   .skew = &skew},
                                                       .credentials = world_credentials(world),
                                                       .environment = &world->variables},
                                            .region = SV("eu-central-1"),
                                            .cache = cache}};
  struct masking *masking = masking_new(arena);
  *request = (struct http_request){.method = SV("GET"), .url = SV("https://api.test/x")};
  struct endpoint endpoint = {.is_configured = false};
  struct api_call call = {&step, &endpoint, world->now_ms + 60000, masking};
  return masking ? api_security_apply(&security, arena, &call, request, &added, e) : err_memory(e);
}

static void every_allocation_fails(void **state) {
  (void)state;
  cJSON *data = cJSON_Parse(WORLD);
  long n = 0;
  for (bool good = false; !good; n++) {
    struct arena *arena = arena_new(MIB(4));
    struct arena *kept = arena_new(MIB(1));
    struct secret_cache *cache = secret_cache_open(kept);
    struct world world;
    struct http_request request;
    struct err e = {0};
    sv value;
    world_open(&world);
    world.replies = cJSON_GetObjectItem(data, "replies");
    arena_fail_after(arena, n);
    good = apply(&world, arena, cache, &request, &e);
    assert_int_equal(e.code, good ? ERR_NONE : ERR_MEMORY);
    if (good) {
      assert_true(sv_eq(request.url, SV("https://api.test/x?k=k")));
      assert_true(http_header_get(&request.headers, SV("Authorization"), &value) && sv_eq(value, SV("Bearer t0ken")));
      assert_true(http_header_get(&request.headers, SV("Cookie"), &value) && sv_eq(value, SV("c=k")));
      assert_string_equal(world.sent[1].url, "https://api.test/token");
      assert_string_equal(world.sent[1].body, "grant_type=client_credentials&scope=a+b");
    }
    world_close(&world);
    secret_cache_close(cache);
    arena_drop(kept);
    arena_drop(arena);
  }
  assert_true(n > 50);
  cJSON_Delete(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keeps_and_forgets), cmocka_unit_test(full_cache_forgets_what_ends_first),
      cmocka_unit_test(secret_that_is_too_long_is_not_kept), cmocka_unit_test(every_allocation_fails)};
  return cases_run("references", CASES, "references", test_reference) +
         cases_run("ARAZZO_SECRETS", CASES, "configurations", test_configuration) +
         cases_run("forms", CASES, "forms", test_form) + cmocka_run_group_tests_name("security", tests, NULL, NULL);
}
