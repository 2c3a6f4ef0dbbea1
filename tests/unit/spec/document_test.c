/* Loading documents. The case file has one good document and one description; each must-fail case replaces a part of either,
 * and names the place where the error must be told: the line and column of the first occurrence of a text. */
#include "document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "gathering.h"
#include "limits.h"
#include "location.h"
#include "memory_files.h"
#include "sb.h"

#define CASES "tests/unit/spec/document.json"

static const cJSON *base;

/* The lines of a file of the base, joined. */
static char *base_text(const char *file) {
  char *text = calloc(1, 65536);
  assert_non_null(text);
  const cJSON *line = NULL;
  size_t at = 0;
  cJSON_ArrayForEach(line, cJSON_GetObjectItem(base, file)) {
    at += (size_t)snprintf(text + at, 65536 - at, "%s\n", line->valuestring);
  }
  return text;
}

/* `text` with its only occurrence of `find` replaced. */
static char *replaced(char *text, const char *find, const char *with) {
  char *at = strstr(text, find);
  assert_non_null(at);
  assert_null(strstr(at + 1, find));
  size_t size = strlen(text) + strlen(with) + 1;
  char *out = malloc(size);
  assert_non_null(out);
  snprintf(out, size, "%.*s%s%s", (int)(at - text), text, with, at + strlen(find));
  free(text);
  return out;
}

/* The files of a case: its own "files", or the base with the case's changes. */
static cJSON *files_of(const cJSON *data) {
  const char *const names[] = {"w.yml", "api.yml"};
  cJSON *files = cJSON_CreateObject();
  for (size_t i = 0; i < 2; i++) {
    const char *own = case_text(cJSON_GetObjectItem(data, "files"), names[i]);
    char *text = own ? strdup(own) : base_text(names[i]);
    const cJSON *change = NULL;
    cJSON_ArrayForEach(change, cJSON_GetObjectItem(data, "change")) {
      const char *file = case_text(change, "file");
      if (strcmp(file ? file : "w.yml", names[i]) == 0) {
        text = replaced(text, case_text(change, "find"), case_text(change, "with"));
      }
    }
    cJSON_AddStringToObject(files, names[i], text);
    free(text);
  }
  return files;
}

/* Line and column (in code points) of the first occurrence of `wanted`. */
static void place_of(const char *text, const char *wanted, unsigned *line, unsigned *column) {
  const char *at = strstr(text, wanted);
  assert_non_null(at);
  *line = *column = 1;
  for (const char *c = text; c < at; c++) {
    *line += *c == '\n';
    *column = *c == '\n' ? 1 : *column + (((unsigned char)*c & 0xC0) != 0x80);
  }
}

/* Loads "w.yml" of the files, with all errors. */
static bool load_gathering(struct arena *arena, const cJSON *files, const struct document **out, struct err *e) {
  struct gathering gathering;
  struct document_options options = {.reader = memory_files(files), .gathering = &gathering};
  return gathering_open(&gathering, arena, e) && document_load_with(arena, SV("w.yml"), &options, out, e);
}

static const char *code_name(enum err_code code) {
  static const char *const names[] = {"NONE",        "MEMORY",  "LIMIT", "SYNTAX",  "INVALID", "UNRESOLVED",
                                      "UNSUPPORTED", "NETWORK", "TLS",   "TIMEOUT", "INTERNAL"};
  return names[code];
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct document *document = NULL;
  struct err e = {0};
  unsigned line = 0;
  unsigned column = 0;
  cJSON *files = files_of(c->data);
  const char *file = case_text(c->data, "file") ? case_text(c->data, "file") : "w.yml";
  if (case_text(c->data, "place")) {
    place_of(case_text(files, file), case_text(c->data, "place"), &line, &column);
  }
  assert_false(document_load(arena, SV("w.yml"), memory_files(files), &document, &e));
  if (strcmp(code_name(e.code), case_text(c->data, "code")) != 0 || !strstr(e.text, case_text(c->data, "message")) ||
      strcmp(e.file, file) != 0 || e.line != line || e.column != column ||
      (case_text(c->data, "where") && strcmp(e.where, case_text(c->data, "where")) != 0)) {
    fail_msg("want %s at %s:%u:%u in '%s': %s\n  got %s at %s:%u:%u in '%s': %s", case_text(c->data, "code"), file,
             line, column, case_text(c->data, "where"), case_text(c->data, "message"), code_name(e.code), e.file,
             e.line, e.column, e.where, e.text);
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

/* Where errors are gathered, the one that otherwise ends the load is the only one, unless the case says how many there are. */
static void gathers(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct document *document = NULL;
  struct err alone = {0};
  struct err all = {0};
  cJSON *files = files_of(c->data);
  const cJSON *wanted = cJSON_GetObjectItem(c->data, "errors");
  int count = 0;
  assert_false(document_load(arena, SV("w.yml"), memory_files(files), &document, &alone));
  assert_false(load_gathering(arena, files, &document, &all));
  for (const struct err *e = gathered_from(&all); e; e = gathered_from(e->more)) {
    count++;
    if (!wanted && (strcmp(e->text, alone.text) != 0 || strcmp(e->where, alone.where) != 0 || e->line != alone.line)) {
      fail_msg("another error: %s:%u:%u: %s: %s", e->file, e->line, e->column, e->where, e->text);
    }
    assert_true(e->unit || e->code == ERR_LIMIT || e->code == ERR_UNSUPPORTED);
  }
  assert_int_equal(count, wanted ? wanted->valueint : 1);
  cJSON_Delete(files);
  arena_drop(arena);
}

static void accepts(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = files_of(c->data);
  const struct document *document = memory_document(arena, files, "w.yml");
  assert_true(document->workflow_count >= 1);
  cJSON_Delete(files);
  arena_drop(arena);
}

/* What runs, but was hardly meant, is told with its place, and nothing else is. */
static void warns(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = files_of(c->data);
  const struct document_set *set = memory_document(arena, files, "w.yml")->set;
  const cJSON *wanted = cJSON_GetObjectItem(c->data, "warnings");
  assert_int_equal(set->warning_count, cJSON_GetArraySize(wanted));
  for (int i = 0; i < cJSON_GetArraySize(wanted); i++) {
    sv part = sv_from(cJSON_GetArrayItem(wanted, i)->valuestring);
    if (!sv_contains(set->warnings[i].line_of_log, part)) {
      fail_msg("%.*s", SV_ARG(set->warnings[i].line_of_log));
    }
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

static void there_is_a_limit_to_warnings(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = files_of(NULL);
  struct sb text = sb_new(arena, MIB(1));
  sb_put(&text, sv_from(case_text(files, "w.yml")));
  for (int i = 0; i < LIMIT_WARNINGS + 10; i++) {
    sb_format(&text, "    constant%d: text\n", i);
  }
  sb_char(&text, '\0');
  cJSON_ReplaceItemInObject(files, "w.yml", cJSON_CreateString(sb_view(&text).ptr));
  assert_int_equal(memory_document(arena, files, "w.yml")->set->warning_count, LIMIT_WARNINGS);
  cJSON_Delete(files);
  arena_drop(arena);
}

/* ---- what the good document compiles to ---- */

static void the_good_document_is_compiled_as_written(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = files_of(NULL);
  const struct document *document = memory_document(arena, files, "w.yml");
  const struct workflow *workflow = document_workflow(document, SV("w"));
  assert_non_null(workflow);
  assert_null(document_workflow(document, SV("nowhere")));
  assert_int_equal(workflow->step_count, 3);
  const struct step *get = workflow_step(workflow, SV("get"));
  const struct step *drop = workflow_step(workflow, SV("drop"));
  assert_ptr_not_equal(get->operation, workflow->steps[0].operation);
  assert_true(sv_eq(get->operation->method, SV("GET")));
  assert_int_equal(get->on_success.count, 3); /* its own two, and the workflow's whose name it does not have */
  assert_ptr_equal(get->on_success.items[1].target, drop);
  assert_true(sv_eq(get->on_success.items[2].name, SV("everywhere")));
  assert_int_equal(get->on_failure.count, 1);
  assert_int_equal(get->on_failure.items[0].retry_limit, 4);
  assert_true(get->on_failure.items[0].retry_after_seconds > 1.4 && get->on_failure.items[0].retry_after_seconds < 1.6);
  assert_int_equal(drop->on_failure.items[0].retry_limit, 1);
  assert_true(drop->on_failure.items[0].retry_after_seconds < 0);
  assert_int_equal(get->parameter_count, 2); /* its own id, and the workflow's X-Trace */
  assert_int_equal(drop->index, 2);
  assert_null(document->descriptions[0].openapi); /* dropped, with its tree */
  assert_ptr_equal(drop->workflow, workflow);
  cJSON_Delete(files);
  arena_drop(arena);
}

static void the_digest_follows_every_file(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = files_of(NULL);
  const struct document *first = memory_document(arena, files, "w.yml");
  const struct document *same = memory_document(arena, files, "w.yml");
  assert_string_equal(first->set->digest.text, same->set->digest.text);
  for (size_t i = 0; i < 2; i++) {
    static const char *const names[] = {"w.yml", "api.yml"};
    cJSON *changed = files_of(NULL);
    char *text = replaced(strdup(case_text(changed, names[i])), i ? "  title: api" : "  title: t", "  title: other");
    cJSON_ReplaceItemInObject(changed, names[i], cJSON_CreateString(text));
    assert_string_not_equal(memory_document(arena, changed, "w.yml")->set->digest.text, first->set->digest.text);
    free(text);
    cJSON_Delete(changed);
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

/* A file that only a description refers to counts, too. */
static void the_digest_follows_referred_files(void **state) {
  (void)state;
  struct sha256_hex digests[2];
  for (size_t i = 0; i < 2; i++) {
    struct arena *arena = arena_new(MIB(64));
    cJSON *files = files_of(NULL);
    char *text = replaced(strdup(case_text(files, "api.yml")), "- $ref: '#/components/parameters/id'",
                          "- $ref: 'parts.yml#/id'");
    cJSON_ReplaceItemInObject(files, "api.yml", cJSON_CreateString(text));
    cJSON_AddStringToObject(files, "parts.yml", i ? "id: {name: id, in: path} # new" : "id: {name: id, in: path}");
    digests[i] = memory_document(arena, files, "w.yml")->set->digest;
    free(text);
    cJSON_Delete(files);
    arena_drop(arena);
  }
  assert_string_not_equal(digests[0].text, digests[1].text);
}

static void descriptions_lie_beside_the_document(void **state) {
  (void)state;
  static const struct {
    const char *document;
    const char *url;
    const char *path;
  } rows[] = {{"w.yml", "api.yml", "api.yml"},
              {"a/b/w.yml", "api.yml", "a/b/api.yml"},
              {"a/b/w.yml", "../api.yml", "a/api.yml"},
              {"a/w.yml", "/etc/api.yml", "/etc/api.yml"},
              {"/w.yml", "./api.yml", "/api.yml"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(64));
    cJSON *good = files_of(NULL);
    cJSON *files = cJSON_CreateObject();
    char url[64];
    snprintf(url, sizeof url, "url: %s", rows[i].url);
    char *text = replaced(strdup(case_text(good, "w.yml")), "url: api.yml", url);
    cJSON_AddStringToObject(files, rows[i].document, text);
    cJSON_AddStringToObject(files, rows[i].path, case_text(good, "api.yml"));
    memory_document(arena, files, rows[i].document);
    free(text);
    cJSON_Delete(files);
    cJSON_Delete(good);
    arena_drop(arena);
  }
}

static void references_lead_where_the_document_is(void **state) {
  (void)state;
  static const struct {
    const char *path;
    const char *self;
    const char *reference;
    const char *file;
    const char *uri;
  } rows[] = {
      /* Files, and files that are published somewhere: Arazzo 1.1.0, Appendix B. */
      {"w/p.yaml", "", "../s/pet.yaml", "s/pet.yaml", ""},
      {"w/p.yaml", "https://a.example/w/p.yaml", "../s/pet.yaml", "s/pet.yaml", "https://a.example/s/pet.yaml"},
      {"w/p.yaml", "https://A.example/w/p.yaml", "https://a.example/s/pet.yaml", "s/pet.yaml",
       "https://a.example/s/pet.yaml"},
      {"w/p.yaml", "https://a.example/w/p.yaml?v=a/b", "../s/pet.yaml", "s/pet.yaml", "https://a.example/s/pet.yaml"},
      {"w/p.yaml", "sub/p.yaml", "../s/pet.yaml", "w/s/pet.yaml", ""},
      {"w/p.yaml", "", "pet.yaml?raw=1#/x", "w/pet.yaml", ""},
      {"w/p.yaml", "", "https://b.example/pet?format=yaml#/x", "", "https://b.example/pet?format=yaml"},
      /* What can't be a base. */
      {"w/p.yaml", "urn:uuid:1", "pet.yaml", "w/pet.yaml", ""},
      {"w/p.yaml", "tag:a.example,2025:x/y/z", "pet.yaml", "w/pet.yaml", ""},
      /* RFC 3986 4.2: a network-path reference has an authority of its own. */
      {"w/p.yaml", "https://a.example/w/p.yaml", "//b.example/pet.yaml", "", "https://b.example/pet.yaml"},
      {"w/p.yaml", "https://a.example/w/p.yaml", "//a.example/s/pet.yaml", "s/pet.yaml",
       "https://a.example/s/pet.yaml"},
      /* Documents that were fetched. */
      {"https://a.example/v2/w/p.yaml", "", "../s/pet.yaml", "", "https://a.example/v2/s/pet.yaml"},
      {"https://a.example/v2/w/p.yaml", "", "/etc/pet.yaml", "", "https://a.example/etc/pet.yaml"},
      {"https://a.example/v2/p.yaml", "w/p.yaml", "../s/pet.yaml", "", "https://a.example/v2/s/pet.yaml"},
      {"https://a.example/p.yaml", "https://b.example/w/p.yaml", "pet.yaml?x", "", "https://b.example/w/pet.yaml?x"},
      {"https://a.example/w/p.yaml", "urn:uuid:1", "pet.yaml", "", "https://a.example/w/pet.yaml"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(1));
    struct location found;
    struct err e = {0};
    assert_true(
        location_resolve(arena, sv_from(rows[i].path), sv_from(rows[i].self), sv_from(rows[i].reference), &found, &e));
    if (!sv_eq(found.path, sv_from(rows[i].file)) || !sv_eq(found.uri, sv_from(rows[i].uri))) {
      fail_msg("'%s' in %s ('%s'): want '%s', '%s', got '%.*s', '%.*s'", rows[i].reference, rows[i].path, rows[i].self,
               rows[i].file, rows[i].uri, SV_ARG(found.path), SV_ARG(found.uri));
    }
    arena_drop(arena);
  }
}

static void a_fetched_document_names_no_files(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct location found;
  struct err e = {0};
  assert_false(location_resolve(arena, SV("https://a.example/p.yaml"), SV(""), SV("file:///etc/pet.yaml"), &found, &e));
  assert_int_equal(e.code, ERR_INVALID);
  assert_non_null(strstr(e.text, "'file:///etc/pet.yaml' is a file, which a document that was fetched can't name"));
  arena_drop(arena);
}

/* ---- sizes ---- */

#define HEAD                                                                                                           \
  "arazzo: 1.0.1\ninfo: {title: t, version: '1'}\nsourceDescriptions: [{name: api, url: api.yml}]\nworkflows:\n"
#define STEP "- {workflowId: w, steps: [{stepId: s, operationId: makeThing, "

/* HEAD, `before`, then `count` entries made of `entry` with their number, then `after`. */
static char *many(const char *before, const char *entry, int count, const char *after) {
  size_t room = strlen(HEAD) + strlen(before) + strlen(after) + (size_t)count * (strlen(entry) + 12) + 1;
  char *text = malloc(room);
  size_t at = (size_t)snprintf(text, room, "%s%s", HEAD, before);
  for (int i = 0; i < count; i++) {
    const char *number = strchr(entry, '#');
    at += (size_t)snprintf(text + at, room - at, "%.*s%d%s", (int)(number - entry), entry, i, number + 1);
  }
  snprintf(text + at, room - at, "%s", after);
  return text;
}

static bool loads(char *text, struct err *e) {
  struct arena *arena = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  const struct document *document = NULL;
  cJSON *files = files_of(NULL);
  cJSON_ReplaceItemInObject(files, "w.yml", cJSON_CreateString(text));
  bool good = document_load(arena, SV("w.yml"), memory_files(files), &document, e);
  cJSON_Delete(files);
  arena_drop(arena);
  free(text);
  return good;
}

static void lists_have_limits(void **state) {
  (void)state;
  static const struct {
    const char *before;
    const char *entry;
    int most;
    const char *after;
    const char *message;
  } rows[] = {
      {"", "- {workflowId: w#, steps: [{stepId: s, workflowId: x}]}\n", LIMIT_WORKFLOWS, "",
       "'workflows' of an Arazzo Specification Object has 1001 entries; at most 1000 are allowed"},
      {STEP "parameters: [", "{name: p#, in: query, value: 1},", LIMIT_PARAMETERS, "]}]}\n",
       "'parameters' of a Step Object has 201 entries; at most 200 are allowed"},
      {STEP "onFailure: [", "{name: p#, type: end},", LIMIT_ACTIONS, "]}]}\n",
       "'onFailure' of a Step Object has 51 entries; at most 50 are allowed"},
      {STEP "outputs: {", "o#: $statusCode,", LIMIT_OUTPUTS, "}}]}\n",
       "'outputs' of a Step Object has 1001 entries; at most 1000 are allowed"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err e = {0};
    loads(many(rows[i].before, rows[i].entry, rows[i].most, rows[i].after), &e);
    assert_int_not_equal(e.code, ERR_LIMIT);
    err_clear(&e);
    assert_false(loads(many(rows[i].before, rows[i].entry, rows[i].most + 1, rows[i].after), &e));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_string_equal(e.text, rows[i].message);
    assert_int_equal(e.line, 5);
  }
}

/* The place of each expression is searched only for an error: 40,000 in one text take no time. */
static void a_text_full_of_expressions_loads(void **state) {
  (void)state;
  struct err e = {0};
  clock_t before = clock();
  if (!loads(many(STEP
                  "parameters: [{name: id, in: path, value: 1}], requestBody: {contentType: text/plain, payload: \"",
                  "{$inputs.o#} ", 40000, "\"}}]}\n"),
             &e)) {
    fail_msg("%s: %s", e.where, e.text);
  }
  assert_true(clock() - before < 10 * CLOCKS_PER_SEC);
}

/* ---- files ---- */

/* A file that never ends is given up at the limit. */
static void a_file_without_end_is_refused(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  const struct document *document = NULL;
  struct err e = {0};
  assert_false(document_load(arena, SV("/dev/zero"), document_file_reader(), &document, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_non_null(strstr(e.text, "/dev/zero"));
  arena_drop(arena);
}

static void files_that_are_not_there_are_named(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  const struct document *document = NULL;
  struct err e = {0};
  assert_false(document_load(arena, SV("tests/no/such/file.yml"), document_file_reader(), &document, &e));
  assert_int_equal(e.code, ERR_INVALID);
  assert_non_null(strstr(e.text, "'tests/no/such/file.yml' can't be opened"));
  err_clear(&e);
  assert_false(document_load(arena, SV("tests/unit"), document_file_reader(), &document, &e));
  assert_non_null(strstr(e.text, "'tests/unit' can't be read"));
  err_clear(&e);
  assert_false(document_load(arena, SV("a\0b"), document_file_reader(), &document, &e));
  assert_non_null(strstr(e.text, "NUL"));
  arena_drop(arena);
}

#define SHIPPED "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"

static void the_shipped_document_loads(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(256));
  const struct document *document = NULL;
  struct err e = {0};
  assert_true(document_load(arena, SV(SHIPPED), document_file_reader(), &document, &e));
  assert_int_equal(document->workflows[0].step_count, 3);
  arena_drop(arena);
}

/* Every allocation fails once, in steps of a prime: an error each time, and no other one than memory. */
static void every_allocation_of_the_shipped_document_fails(void **state) {
  (void)state;
  long n = 0;
  unsigned long rounds = 0;
  for (bool passed = false; !passed; n += n < 64 ? 1 : 1531, rounds++) {
    struct arena *arena = arena_new(MIB(256));
    const struct document *document = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = document_load(arena, SV(SHIPPED), document_file_reader(), &document, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(rounds > 64);
}

static void every_allocation_of_a_small_document_fails(void **state) {
  (void)state;
  cJSON *files = files_of(NULL);
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(64));
    const struct document *document = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = document_load(arena, SV("w.yml"), memory_files(files), &document, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 100);
  cJSON_Delete(files);
}

/* A document with errors of many kinds, all of them gathered. */
static void every_allocation_fails_while_errors_are_gathered(void **state) {
  (void)state;
  cJSON *files = files_of(NULL);
  char *text = replaced(replaced(strdup(case_text(files, "w.yml")), "operationId: getThing", "operationId: getNothing"),
                        "title: t", "titel: t");
  cJSON_ReplaceItemInObject(files, "w.yml", cJSON_CreateString(text));
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(64));
    const struct document *document = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    assert_false(load_gathering(arena, files, &document, &e));
    passed = e.code != ERR_MEMORY;
    arena_drop(arena);
  }
  assert_true(n > 100);
  free(text);
  cJSON_Delete(files);
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    return 1;
  }
  base = cJSON_GetObjectItem(root, "base");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(there_is_a_limit_to_warnings),
      cmocka_unit_test(the_good_document_is_compiled_as_written),
      cmocka_unit_test(the_digest_follows_every_file),
      cmocka_unit_test(the_digest_follows_referred_files),
      cmocka_unit_test(descriptions_lie_beside_the_document),
      cmocka_unit_test(references_lead_where_the_document_is),
      cmocka_unit_test(a_fetched_document_names_no_files),
      cmocka_unit_test(lists_have_limits),
      cmocka_unit_test(a_text_full_of_expressions_loads),
      cmocka_unit_test(a_file_without_end_is_refused),
      cmocka_unit_test(files_that_are_not_there_are_named),
      cmocka_unit_test(the_shipped_document_loads),
      cmocka_unit_test(every_allocation_of_the_shipped_document_fails),
      cmocka_unit_test(every_allocation_of_a_small_document_fails),
      cmocka_unit_test(every_allocation_fails_while_errors_are_gathered),
  };
  int failed = cases_run_array("document: accept", cJSON_GetObjectItem(root, "accept"), accepts) +
               cases_run_array("document: warns", cJSON_GetObjectItem(root, "warns"), warns) +
               cases_run_array("document: refuse", cJSON_GetObjectItem(root, "refuse"), refuses) +
               cases_run_array("document: gather", cJSON_GetObjectItem(root, "refuse"), gathers) +
               cmocka_run_group_tests_name("document", tests, NULL, NULL);
  cJSON_Delete(root);
  return failed;
}
