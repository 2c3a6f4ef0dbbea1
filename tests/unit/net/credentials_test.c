/* Sources of credentials against an environment, files in a folder of their own ("$dir" in texts), programs (/bin/sh), and an
 * endpoint that plays replies. No error, whatever its cause, holds "s3cr", which is in every secret of the cases. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "cases.h"
#include "credentials_chain.h"
#include "credentials_container.h"
#include "credentials_json.h"
#include "credentials_process.h"
#include "credentials_profile.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "profile_file.h"
#include "sb.h"
#include "shell_words.h"

#define CASES "tests/unit/net/credentials.json"
#define NOW_MS INT64_C(1768291509000) /* 2026-01-13T08:05:09Z */

struct scene {
  const cJSON *data;
  const cJSON *replies;
  int sent_count;
  char sent[1024]; /* the last request: "GET http://…\nAuthorization: …\n" */
  char folder[64];
  struct arena *arena;
  int64_t now_ms;
};

/* ---- the world ---- */

static sv with_folder(const struct scene *scene, const char *text) {
  struct sb out = sb_new(scene->arena, KIB(64));
  const char *at = NULL;
  while ((at = strstr(text, "$dir")) != NULL) {
    sb_put(&out, (sv){text, (size_t)(at - text)});
    sb_put(&out, sv_from(scene->folder));
    text = at + 4;
  }
  sb_put(&out, sv_from(text));
  sb_char(&out, '\0');
  return sb_view(&out);
}

static const char *variable(void *context, const char *name) {
  const struct scene *scene = context;
  const char *value = case_text(cJSON_GetObjectItem(scene->data, "environment"), name);
  return value ? with_folder(scene, value).ptr : NULL;
}

static int64_t wall(void *context) {
  return ((const struct scene *)context)->now_ms;
}

static int64_t monotonic(void *context) {
  return ((const struct scene *)context)->now_ms * 1000;
}

/* What a program does takes real time; a try's backoff does not. */
static void sleep_for(void *context, int64_t duration_ms) {
  ((struct scene *)context)->now_ms += duration_ms;
  usleep(duration_ms < 100 ? (useconds_t)duration_ms * 1000 : 0);
}

static uint64_t zero(void *context) {
  (void)context;
  return 0;
}

static bool play(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                 struct http_response *response, enum http_progress *progress, struct err *e) {
  struct scene *scene = context;
  const cJSON *reply = cJSON_GetArrayItem(scene->replies, scene->sent_count++);
  const char *body = case_text(reply, "body");
  sv authorization = SV("none");
  http_header_get(&request->headers, SV("Authorization"), &authorization);
  snprintf(scene->sent, sizeof scene->sent, "%.*s %.*s %.*s", SV_ARG(request->method), SV_ARG(request->url),
           SV_ARG(authorization));
  assert_non_null(reply);
  assert_true(timeout_ms > 0 && timeout_ms <= LIMIT_INQUIRY_MS);
  *progress = HTTP_NOT_SENT;
  if (case_text(reply, "failure")) {
    return err_set(e, ERR_NETWORK, "the test's connection failure");
  }
  response->status = (int)cJSON_GetNumberValue(cJSON_GetObjectItem(reply, "status"));
  response->body = sv_copy(arena, sv_from(body));
  return !body || response->body.len || !*body || err_memory(e);
}

static struct credentials_world world_of(struct scene *scene, const struct environment *environment) {
  return (struct credentials_world){
      .environment = environment,
      .inquiry = {.transport = {.send = play, .context = scene},
                  .clock = {.wall_ms = wall, .monotonic_us = monotonic, .sleep_ms = sleep_for, .context = scene},
                  .entropy = {.next = zero},
                  .max_attempts = 2}};
}

static void write_files(const struct scene *scene) {
  const cJSON *file = NULL;
  cJSON_ArrayForEach(file, cJSON_GetObjectItem(scene->data, "files")) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", scene->folder, file->string);
    sv content = with_folder(scene, file->valuestring);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fwrite(content.ptr, 1, content.len - 1, out);
    fclose(out);
  }
}

static void open_scene(struct scene *scene, const cJSON *data) {
  *scene = (struct scene){
      .data = data, .replies = cJSON_GetObjectItem(data, "replies"), .arena = arena_new(MIB(64)), .now_ms = NOW_MS};
  snprintf(scene->folder, sizeof scene->folder, "/tmp/credentials-XXXXXX");
  assert_non_null(mkdtemp(scene->folder));
  char below[128];
  snprintf(below, sizeof below, "%s/.aws", scene->folder);
  assert_int_equal(mkdir(below, 0700), 0);
  write_files(scene);
}

static void close_scene(struct scene *scene) {
  char command[128];
  snprintf(command, sizeof command, "rm -r %s", scene->folder);
  assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a folder that this test made */
  arena_drop(scene->arena);
}

/* ---- expectations ---- */

static enum err_code code_of(const char *name) {
  static const struct {
    const char *name;
    enum err_code code;
  } codes[] = {{"unresolved", ERR_UNRESOLVED}, {"invalid", ERR_INVALID},         {"syntax", ERR_SYNTAX},
               {"limit", ERR_LIMIT},           {"unsupported", ERR_UNSUPPORTED}, {"network", ERR_NETWORK},
               {"timeout", ERR_TIMEOUT}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    if (name && strcmp(codes[i].name, name) == 0) {
      return codes[i].code;
    }
  }
  fail_msg("no error code '%s'", name ? name : "");
  return ERR_NONE;
}

static void is_error(struct scene *scene, const struct err *e) {
  const char *expected = case_text(scene->data, "error");
  struct sb text = sb_new(scene->arena, KIB(8));
  err_write(e, &text);
  if (!expected ||
      !sv_contains(sb_view(&text), (sv){with_folder(scene, expected).ptr, with_folder(scene, expected).len - 1})) {
    fail_msg("the error is: %.*s", SV_ARG(sb_view(&text)));
  }
  assert_int_equal(e->code, code_of(case_text(scene->data, "code")));
  assert_false(sv_contains(sb_view(&text), SV("s3cr")));
}

static void is_text(const cJSON *data, const char *name, sv got) {
  const char *expected = case_text(data, name);
  if (!sv_eq(got, sv_from(expected ? expected : ""))) {
    fail_msg("%s is '%.*s'", name, SV_ARG(got));
  }
}

static void is_found(const struct scene *scene, const struct credentials_found *found) {
  const cJSON *expires = cJSON_GetObjectItem(scene->data, "expiresMs");
  assert_null(case_text(scene->data, "error"));
  assert_int_equal(found->is_found, case_text(scene->data, "accessKeyId") != NULL);
  is_text(scene->data, "accessKeyId", found->credentials.access_key_id);
  is_text(scene->data, "secretAccessKey", found->credentials.secret_access_key);
  is_text(scene->data, "sessionToken", found->credentials.session_token);
  assert_int_equal(found->expires_ms, expires ? (int64_t)cJSON_GetNumberValue(expires) : 0);
}

static void asks(const struct case_state *c, credentials_load *load) {
  struct scene scene;
  struct credentials_found found;
  struct err e = {0};
  open_scene(&scene, c->data);
  struct environment environment = {.get = variable, .context = &scene};
  struct credentials_world world = world_of(&scene, &environment);
  if (load(&world, scene.arena, NOW_MS + 60000, &found, &e)) {
    is_found(&scene, &found);
  } else {
    is_error(&scene, &e);
  }
  if (case_text(c->data, "sent")) {
    assert_string_equal(scene.sent, case_text(c->data, "sent"));
  }
  assert_int_equal(scene.sent_count, cJSON_GetArraySize(scene.replies));
  close_scene(&scene);
}

static void test_environment(void **state) {
  asks(*state, credentials_from_environment);
}

static void test_container(void **state) {
  asks(*state, credentials_from_container);
}

static void test_profile(void **state) {
  asks(*state, credentials_from_profile);
}

static void test_region(void **state) {
  const struct case_state *c = *state;
  struct scene scene;
  struct err e = {0};
  sv region;
  open_scene(&scene, c->data);
  struct environment environment = {.get = variable, .context = &scene};
  if (profile_region(&environment, scene.arena, &region, &e)) {
    is_text(c->data, "region", region);
    assert_null(case_text(c->data, "error"));
  } else {
    is_error(&scene, &e);
  }
  close_scene(&scene);
}

/* ---- texts ---- */

static void test_json(void **state) {
  const struct case_state *c = *state;
  struct scene scene;
  struct credentials_found found;
  struct err e = {0};
  open_scene(&scene, c->data);
  if (credentials_read_json(scene.arena, sv_from(case_text(c->data, "text")), CREDENTIALS_OF_ENDPOINT, &found, &e)) {
    is_found(&scene, &found);
  } else {
    is_error(&scene, &e);
  }
  close_scene(&scene);
}

static void is_value(const struct scene *scene, const struct profile *profile, enum profile_key key) {
  const cJSON *want = cJSON_GetObjectItem(cJSON_GetObjectItem(scene->data, "values"), profile_key_name(key));
  const struct profile_value *got = &profile->values[key];
  assert_int_equal(got->line != 0, want != NULL);
  if (want) {
    is_text(want, "text", got->text);
    assert_int_equal(got->line, (int)cJSON_GetNumberValue(cJSON_GetObjectItem(want, "line")));
    assert_int_equal(got->is_continued, cJSON_IsTrue(cJSON_GetObjectItem(want, "continued")));
  }
}

static void test_file(void **state) {
  const struct case_state *c = *state;
  struct scene scene;
  struct profile profile;
  struct err e = {0};
  const char *name = case_text(c->data, "profile");
  enum profile_file_kind kind = case_text(c->data, "config") ? PROFILE_FILE_CONFIG : PROFILE_FILE_CREDENTIALS;
  const char *text = case_text(c->data, kind == PROFILE_FILE_CONFIG ? "config" : "credentials");
  open_scene(&scene, c->data);
  if (!profile_file_read(SV("f"), sv_from(text), kind, sv_from(name ? name : "default"), &profile, &e)) {
    is_error(&scene, &e);
  } else {
    const cJSON *line = cJSON_GetObjectItem(c->data, "line");
    assert_null(case_text(c->data, "error"));
    assert_int_equal(profile.line, line ? (int)cJSON_GetNumberValue(line) : 0);
    for (size_t i = 0; i < PROFILE_KEYS_COUNT; i++) {
      is_value(&scene, &profile, (enum profile_key)i);
    }
  }
  close_scene(&scene);
}

static void test_words(void **state) {
  const struct case_state *c = *state;
  struct scene scene;
  char **words = NULL;
  struct err e = {0};
  open_scene(&scene, c->data);
  if (!shell_words_split(scene.arena, sv_from(case_text(c->data, "text")), &words, &e)) {
    is_error(&scene, &e);
  } else {
    const cJSON *word = NULL;
    cJSON_ArrayForEach(word, cJSON_GetObjectItem(c->data, "words")) {
      assert_non_null(*words);
      assert_string_equal(*words++, word->valuestring);
    }
    assert_null(*words);
  }
  close_scene(&scene);
}

/* ---- programs ---- */

/* The output's and the time's bounds, with the system's clock. */
static void runs(const char *command, int64_t time_ms, enum err_code code, const char *text) {
  struct arena *arena = arena_new(MIB(4));
  struct credentials_world world = {.inquiry = {.clock = clock_system()}};
  struct credentials_found found;
  struct err e = {0};
  int64_t now_ms = clock_wall_ms(&world.inquiry.clock);
  assert_false(credentials_from_process(&world, arena, sv_from(command), now_ms + time_ms, &found, &e));
  assert_int_equal(e.code, code);
  assert_non_null(strstr(e.text, text));
  assert_true(clock_wall_ms(&world.inquiry.clock) - now_ms < time_ms + 5000);
  arena_drop(arena);
}

static void programs_are_bounded(void **state) {
  (void)state;
  runs("sleep 60", 100, ERR_TIMEOUT, "it did not end in the time");
  runs("/bin/sh -c 'exec >&-; exec sleep 60'", 100, ERR_TIMEOUT, "it did not end in the time");
  runs("/bin/sh -c 'while :; do echo s3cret; done'", 60000, ERR_LIMIT, "its output");
  runs("/bin/sh -c 'kill -TERM $$'", 60000, ERR_INVALID, "ended by the signal 15");
}

/* What a program leaves running, and lets have its output, is not waited for. */
static void programs_may_leave_others_behind(void **state) {
  static const char text[] = "/bin/sh -c 'sleep 20 & echo \"$0\"' "
                             "'{\"Version\":1,\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s3cret\"}'";
  struct arena *arena = arena_new(MIB(4));
  struct credentials_world world = {.inquiry = {.clock = clock_system()}};
  struct credentials_found found = {.is_found = false};
  struct err e = {0};
  int64_t now_ms = clock_wall_ms(&world.inquiry.clock);
  (void)state;
  assert_true(credentials_from_process(&world, arena, sv_from(text), now_ms + 10000, &found, &e));
  assert_true(sv_eq(found.credentials.access_key_id, SV("AKID")));
  assert_true(clock_wall_ms(&world.inquiry.clock) - now_ms < 5000);
  arena_drop(arena);
}

/* ---- the chain ---- */

/* A source that plays the case's "loads". */
static struct scene *played;

static bool load_played(const struct credentials_world *world, struct arena *arena, int64_t deadline_ms,
                        struct credentials_found *out, struct err *e) {
  const cJSON *one = cJSON_GetArrayItem(cJSON_GetObjectItem(played->data, "loads"), played->sent_count++);
  const cJSON *expires = cJSON_GetObjectItem(one, "expiresIn");
  const char *id = case_text(one, "id");
  (void)world;
  assert_int_equal(deadline_ms, 77);
  assert_non_null(one);
  *out = (struct credentials_found){.is_found = id != NULL};
  if (case_text(one, "code")) {
    return err_set(e, code_of(case_text(one, "code")), "the test's failure");
  }
  if (id) {
    out->credentials = (struct credentials){sv_copy(arena, sv_from(id)), SV("s3cret"), SV("")};
    out->expires_ms = expires ? played->now_ms + (int64_t)cJSON_GetNumberValue(expires) * 1000 : 0;
  }
  return true;
}

static bool load_nothing(const struct credentials_world *world, struct arena *arena, int64_t deadline_ms,
                         struct credentials_found *out, struct err *e) {
  (void)world;
  (void)arena;
  (void)deadline_ms;
  (void)e;
  *out = (struct credentials_found){.is_found = false};
  return true;
}

static void play_step(struct scene *scene, const struct credentials_provider *provider, const cJSON *step) {
  const cJSON *later = cJSON_GetObjectItem(step, "later");
  struct credentials got;
  struct err e = {0};
  scene->now_ms += later ? (int64_t)cJSON_GetNumberValue(later) * 1000 : 0;
  if (cJSON_IsTrue(cJSON_GetObjectItem(step, "refuse"))) {
    provider->refuse(provider->context);
  }
  if (provider->get(provider->context, 77, &got, &e)) {
    is_text(step, "id", got.access_key_id);
  } else {
    const cJSON *data = scene->data;
    scene->data = step;
    is_error(scene, &e);
    scene->data = data;
  }
  assert_int_equal(scene->sent_count, (int)cJSON_GetNumberValue(cJSON_GetObjectItem(step, "loads")));
}

static void test_chain(void **state) {
  static credentials_load *const sources[] = {load_nothing, load_played};
  const struct case_state *c = *state;
  struct scene scene;
  struct err e = {0};
  const cJSON *step = NULL;
  open_scene(&scene, c->data);
  played = &scene;
  struct environment environment = {.get = variable, .context = &scene};
  struct credentials_world world = world_of(&scene, &environment);
  struct credentials_chain *chain = credentials_chain_open(scene.arena, &world, sources, 2, &e);
  struct credentials_provider provider = credentials_chain_provider(chain);
  cJSON_ArrayForEach(step, cJSON_GetObjectItem(c->data, "steps")) {
    play_step(&scene, &provider, step);
  }
  credentials_chain_close(chain);
  close_scene(&scene);
}

/* ---- without memory ---- */

static const char *const EVERYTHING =
    "{\"environment\": {\"HOME\": \"$dir\", \"AWS_CONTAINER_CREDENTIALS_FULL_URI\": \"http://localhost/x\","
    " \"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\": \"$dir/token\"},"
    " \"files\": {\"token\": \"t\", \".aws/credentials\": \"[default]\\nregion = x\\n\","
    " \".aws/config\": \"[default]\\ncredential_process = cat $dir/answer\\n\","
    " \"answer\": \"{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"A\\\", \\\"SecretAccessKey\\\": \\\"s\\\"}\"},"
    " \"replies\": [{\"status\": 200, \"body\": \"{\\\"AccessKeyId\\\": \\\"A\\\", \\\"SecretAccessKey\\\": "
    "\\\"s\\\"}\"}]}";

static void fails_every_allocation(credentials_load *load) {
  cJSON *data = cJSON_Parse(EVERYTHING);
  struct scene scene;
  long n = 0;
  open_scene(&scene, data);
  struct environment environment = {.get = variable, .context = &scene};
  struct credentials_world world = world_of(&scene, &environment);
  for (bool good = false; !good; n++) {
    struct arena *arena = arena_new(MIB(4));
    struct credentials_found found;
    struct err e = {0};
    scene.sent_count = 0;
    arena_fail_after(arena, n);
    good = load(&world, arena, NOW_MS + 60000, &found, &e);
    assert_int_equal(e.code, good ? ERR_NONE : ERR_MEMORY);
    assert_true(!good || sv_eq(found.credentials.access_key_id, SV("A")));
    arena_drop(arena);
  }
  assert_true(n > 5);
  close_scene(&scene);
  cJSON_Delete(data);
}

static void sources_without_memory(void **state) {
  (void)state;
  fails_every_allocation(credentials_from_container);
  fails_every_allocation(credentials_from_profile);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(programs_are_bounded),
                                     cmocka_unit_test(programs_may_leave_others_behind),
                                     cmocka_unit_test(sources_without_memory)};
  return cases_run("environment", CASES, "environment", test_environment) +
         cases_run("container", CASES, "container", test_container) + cases_run("json", CASES, "json", test_json) +
         cases_run("profile file", CASES, "files", test_file) + cases_run("words", CASES, "words", test_words) +
         cases_run("profile", CASES, "profile", test_profile) + cases_run("region", CASES, "region", test_region) +
         cases_run("chain", CASES, "chain", test_chain) + cmocka_run_group_tests_name("bounds", tests, NULL, NULL);
}
