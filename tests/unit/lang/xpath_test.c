/* XPath: what expressions select and say, what is replaced, what is refused where and how. The cases are in xpath_cases.json. */
#include "cases.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "xpath.h"

#define FILE_NAME "tests/unit/lang/xpath_cases.json"

static const char *const verdict_names[] = {
    [VERDICT_FAILS] = "fails", [VERDICT_HOLDS] = "holds", [VERDICT_UNKNOWN] = "unknown"};

static const cJSON *member(const cJSON *data, const char *name) {
  return cJSON_GetObjectItemCaseSensitive(data, name);
}

static json *to_json(struct arena *arena, const cJSON *value) {
  struct err e = {0};
  json *copy = NULL;
  char *text = cJSON_PrintUnformatted(value);
  if (value && !json_parse(arena, sv_copy(arena, sv_from(text)), &copy, &e)) {
    fail_msg("%s: %s", text, e.text);
  }
  cJSON_free(text);
  return copy;
}

/* "version": 10, 20, 30 or 31, which is the default. */
static enum xpath_version version_of(const cJSON *data) {
  const cJSON *version = member(data, "version");
  switch (version ? version->valueint : 31) {
  case 10:
    return XPATH_10;
  case 20:
    return XPATH_20;
  case 30:
    return XPATH_30;
  default:
    return XPATH_31;
  }
}

static const struct xpath *compile(struct arena *arena, const cJSON *data) {
  const struct xpath *path = NULL;
  struct err e = {0};
  if (!xpath_compile(arena, sv_from(case_text(data, "path")), version_of(data), &path, &e)) {
    fail_msg("refused at %u: %s", e.column, e.text);
  }
  return path;
}

static void expect_select(const struct xpath *path, const cJSON *data, const json *subject, const struct scope *scope,
                          struct arena *arena) {
  json *value = NULL;
  struct err e = {0};
  struct sb out = sb_new(arena, KIB(64));
  if (!xpath_select(path, subject, scope, arena, &value, &e)) {
    fail_msg("%s", e.text);
  }
  if (value) {
    json_write(&out, value);
  } else {
    sb_put(&out, SV("nothing"));
  }
  sb_char(&out, '\0');
  assert_string_equal(sb_view(&out).ptr, case_text(data, "selects"));
}

static void path_selects(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(16));
  const struct xpath *path = compile(arena, data);
  const json *subject = to_json(arena, member(data, "xml"));
  struct scope scope = {.root = to_json(arena, member(data, "scope"))};
  enum verdict verdict = VERDICT_UNKNOWN;
  struct err e = {0};
  expect_select(path, data, subject, &scope, arena);
  assert_true(xpath_eval(path, subject, &scope, arena, &verdict, &e));
  assert_string_equal(verdict_names[verdict], case_text(data, "says"));
  arena_drop(arena);
}

/* "rows": one document, and for each path what it selects, as JSON text. */
static void rows_select(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  for (const cJSON *row = member(data, "rows")->child; row; row = row->next) {
    struct arena *arena = arena_new(MIB(16));
    const struct xpath *path = NULL;
    json *value = NULL;
    struct err e = {0};
    struct sb out = sb_new(arena, KIB(64));
    const char *text = row->child->valuestring;
    if (!xpath_compile(arena, sv_from(text), version_of(data), &path, &e) ||
        !xpath_select(path, to_json(arena, member(data, "xml")), NULL, arena, &value, &e)) {
      fail_msg("%s: at %u: %s", text, e.column, e.text);
    }
    if (value) {
      json_write(&out, value);
    }
    if (!sv_eq(sb_view(&out), sv_from(row->child->next->valuestring))) {
      fail_msg("%s: %.*s, not %s", text, SV_ARG(sb_view(&out)), row->child->next->valuestring);
    }
    arena_drop(arena);
  }
}

static void value_is_replaced(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(16));
  const struct xpath *path = compile(arena, data);
  struct scope scope = {.root = to_json(arena, member(data, "scope"))};
  sv out = {0};
  struct err e = {0};
  bool ok =
      xpath_replace(path, sv_from(case_text(data, "xml")), &scope, sv_from(case_text(data, "value")), arena, &out, &e);
  const char *message = case_text(data, "message");
  assert_int_equal(ok, message == NULL);
  if (message) {
    const char *code = case_text(data, "code");
    assert_int_equal(e.code, strcmp(code, "invalid") == 0 ? ERR_INVALID
                             : strcmp(code, "limit") == 0 ? ERR_LIMIT
                                                          : ERR_UNRESOLVED);
    assert_non_null(strstr(e.text, message));
  } else if (!sv_eq(out, sv_from(case_text(data, "result")))) {
    fail_msg("%.*s", SV_ARG(out));
  }
  arena_drop(arena);
}

static void path_is_refused(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(1));
  const struct xpath *path = NULL;
  struct err e = {0};
  const char *code = case_text(data, "code");
  assert_false(xpath_compile(arena, sv_from(case_text(data, "path")), version_of(data), &path, &e));
  enum err_code expected = code && strcmp(code, "syntax") == 0 ? ERR_SYNTAX : ERR_UNSUPPORTED;
  if (e.code != expected || (int)e.column != member(data, "column")->valueint ||
      !strstr(e.text, case_text(data, "message"))) {
    fail_msg("code %d at %u: %s", (int)e.code, e.column, e.text);
  }
  arena_drop(arena);
}

static bool collect(void *context, const struct expression *expression) {
  sb_put(context, expression->text);
  sb_char(context, ' ');
  return !sv_eq(expression->text, SV("$inputs.stop"));
}

static void each_visits_expressions_in_order(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  const struct xpath *path = NULL;
  struct err e = {0};
  struct sb out = sb_new(arena, KIB(1));
  assert_true(xpath_compile(arena, SV("/a[b = {$inputs.x} and c = 'x{$inputs.y}-{$inputs.stop}'] = {$inputs.z}"),
                            XPATH_31, &path, &e));
  assert_false(xpath_each(path, collect, &out));
  assert_true(sv_eq(sb_view(&out), SV("$inputs.x $inputs.y $inputs.stop ")));
  arena_drop(arena);
}

static void nodes_are_known_at_load(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool selects_nodes;
  } rows[] = {{"/a", true},         {"(//a)[1]", true}, {"/a | //b", true},
              {"count(/a)", false}, {"'a'", false},     {"/a = 1", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(1));
    const struct xpath *path = NULL;
    struct err e = {0};
    assert_true(xpath_compile(arena, sv_from(rows[i].text), XPATH_10, &path, &e));
    assert_int_equal(xpath_selects_nodes(path), rows[i].selects_nodes);
    arena_drop(arena);
  }
}

static void bytes_that_are_no_text_are_refused(void **state) {
  (void)state;
  static const struct {
    sv text;
    unsigned column;
  } rows[] = {{{"/a\0", 3}, 3}, {{"\xff", 1}, 1}, {{"/a = '\xc3'", 8}, 7}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(1));
    const struct xpath *path = NULL;
    struct err e = {0};
    assert_false(xpath_compile(arena, rows[i].text, XPATH_10, &path, &e));
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_int_equal(e.column, rows[i].column);
    arena_drop(arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_visits_expressions_in_order),
      cmocka_unit_test(nodes_are_known_at_load),
      cmocka_unit_test(bytes_that_are_no_text_are_refused),
  };
  int failed = cases_run("xpath tables", FILE_NAME, "tables", rows_select);
  failed += cases_run("xpath selections", FILE_NAME, "selections", path_selects);
  failed += cases_run("xpath replacements", FILE_NAME, "replacements", value_is_replaced);
  failed += cases_run("xpath refusals", FILE_NAME, "refusals", path_is_refused);
  return failed + cmocka_run_group_tests_name("xpath", tests, NULL, NULL);
}
