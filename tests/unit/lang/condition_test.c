/* Simple conditions: cases of condition_cases.json, then memory, limits, depth and time. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "condition.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/lang/condition_cases.json"
#define CPU_SECONDS_MAX 20 /* generous: also under valgrind */

static const char *scope_text;

static json *scope_root(struct arena *arena) {
  json *root = NULL;
  struct err e = {0};
  if (!json_parse(arena, sv_from(scope_text), &root, &e)) {
    fail_msg("%s", e.text);
  }
  return root;
}

static const char *verdict_word(enum verdict verdict) {
  switch (verdict) {
  case VERDICT_FAILS:
    return "fails";
  case VERDICT_HOLDS:
    return "holds";
  case VERDICT_UNKNOWN:
    break;
  }
  return "unknown";
}

static void evaluate(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct condition *condition = NULL;
  struct err e = {0};
  if (!condition_compile(arena, sv_from(case_text(c->data, "condition")), &condition, &e)) {
    fail_msg("column %u: %s", e.column, e.text);
  }
  struct scope scope = {.root = scope_root(arena),
                        .response_malformed = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "malformed_response")),
                        .absent_is_unknown = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "absent_is_unknown"))};
  assert_string_equal(verdict_word(condition_eval(condition, &scope)), case_text(c->data, "verdict"));
  arena_drop(arena);
}

static void refuse(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct condition *condition = NULL;
  struct err e = {0};
  assert_false(condition_compile(arena, sv_from(case_text(c->data, "condition")), &condition, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("wanted '%s' in: %s", case_text(c->data, "message"), e.text);
  }
  assert_int_equal(e.column, cJSON_GetObjectItem(c->data, "column")->valueint);
  arena_drop(arena);
}

struct visits {
  size_t count;
  size_t stop_at;
  sv texts[8];
};

static bool visit(void *context, const struct expression *expression) {
  struct visits *visits = context;
  visits->texts[visits->count++] = expression->text;
  return visits->count != visits->stop_at;
}

static void each_visits_in_order(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  const struct condition *condition = NULL;
  struct err e = {0};
  struct visits all = {0};
  struct visits one = {.stop_at = 1};
  assert_true(
      condition_compile(arena, SV("!($url == 'x') && ($inputs.a.length > 1 || '{$method}' == 'GET')"), &condition, &e));
  assert_true(condition_each(condition, visit, &all));
  assert_int_equal(all.count, 3);
  assert_true(sv_eq(all.texts[0], SV("$url")));
  assert_true(sv_eq(all.texts[1], SV("$inputs.a.length")));
  assert_true(sv_eq(all.texts[2], SV("$method")));
  assert_false(condition_each(condition, visit, &one));
  assert_int_equal(one.count, 1);
  arena_drop(arena);
}

static void text_with_nul_is_refused(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  const struct condition *condition = NULL;
  struct err e = {0};
  assert_false(condition_compile(arena, (sv){"$url == 'a\0b'", 13}, &condition, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  assert_int_equal(e.column, 10);
  arena_drop(arena);
}

/* `head`, `part` as often as it fits into `size` bytes, `tail`. */
static sv repeated(struct arena *arena, const char *head, const char *part, const char *tail, size_t size) {
  struct sb b = sb_new(arena, size + 1);
  sb_put(&b, sv_from(head));
  while (b.len + strlen(part) + strlen(tail) <= size) {
    sb_put(&b, sv_from(part));
  }
  sb_put(&b, sv_from(tail));
  return sb_view(&b);
}

/* Deep nesting is a limit, long chains are not; neither crashes or takes long. */
static void limits(void **state) {
  (void)state;
  static const struct {
    const char *head;
    const char *part;
    const char *tail;
    size_t size;
    enum err_code code;
  } rows[] = {
      {"", "(", "", LIMIT_EXPRESSION_BYTES, ERR_LIMIT},
      {"", "!", "true", LIMIT_EXPRESSION_BYTES, ERR_LIMIT},
      {"", "!(", "", LIMIT_EXPRESSION_BYTES, ERR_LIMIT},
      {"", " ", "true", LIMIT_EXPRESSION_BYTES + 1, ERR_LIMIT},
      {"", "(", "true", LIMIT_EXPRESSION_DEPTH + 4, ERR_LIMIT},
      {"", "!", "true", LIMIT_EXPRESSION_DEPTH + 3, ERR_NONE},
      {"true", "||true", "", LIMIT_EXPRESSION_BYTES, ERR_NONE},
      {"true", "&&true", "", LIMIT_EXPRESSION_BYTES, ERR_NONE},
      {"$url", "==1||$url", "", LIMIT_EXPRESSION_BYTES, ERR_NONE},
      {"'", "''", "'", LIMIT_EXPRESSION_BYTES - 1, ERR_NONE},
      {"'", "{$", "'", LIMIT_EXPRESSION_BYTES, ERR_NONE},
      {"", "'", "", LIMIT_EXPRESSION_BYTES - 1, ERR_SYNTAX},
      {"", "$", "", LIMIT_EXPRESSION_BYTES, ERR_SYNTAX},
      {"$inputs", "[0]", "==1", LIMIT_EXPRESSION_BYTES, ERR_LIMIT},
      {"", "9", "", LIMIT_EXPRESSION_BYTES, ERR_SYNTAX},
  };
  clock_t start = clock();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(64));
    const struct condition *condition = NULL;
    struct err e = {0};
    struct scope scope = {.root = scope_root(arena)};
    sv text = repeated(arena, rows[i].head, rows[i].part, rows[i].tail, rows[i].size);
    bool compiled = condition_compile(arena, text, &condition, &e);
    if (e.code != rows[i].code || compiled != (e.code == ERR_NONE)) {
      fail_msg("row %zu: code %d: %s", i, (int)e.code, e.text);
    }
    assert_true(!compiled || condition_eval(condition, &scope) != VERDICT_UNKNOWN);
    arena_drop(arena);
  }
  assert_true(clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
}

static void every_allocation_fails(void **state) {
  (void)state;
  static const char text[] = "!($statusCode == 200.5) && ('it''s' != $inputs.a.length || true) && {$url} < null";
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(1));
    const struct condition *condition = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = condition_compile(arena, sv_from(text), &condition, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 15);
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = cJSON_Parse(text);
  if (!root) {
    return 1;
  }
  /* The scope's own text, from its brace on: printed by cJSON its large integers would be rounded. */
  scope_text = strchr(strstr(text, "\"scope\""), '{');
  *strstr(text, "\"evaluate\"") = '\0';
  *strrchr(text, ',') = '\0';
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_visits_in_order),
      cmocka_unit_test(text_with_nul_is_refused),
      cmocka_unit_test(limits),
      cmocka_unit_test(every_allocation_fails),
  };
  int failed = cases_run_array("condition: evaluate", cJSON_GetObjectItem(root, "evaluate"), evaluate) +
               cases_run_array("condition: refuse", cJSON_GetObjectItem(root, "refuse"), refuse) +
               cmocka_run_group_tests_name("condition", tests, NULL, NULL);
  cJSON_Delete(root);
  free(text);
  return failed;
}
