/* XPath's and XML's bounds: nesting, length, work and memory. Each input here is made to be slow, deep or large; each must end in
 * bounded time, with an error that names the bound or with the right answer. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/parser.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "xpath.h"

/* Processor time for one text; sanitizers and valgrind take a multiple of what it costs without. */
#define SECONDS_MAX 60

struct bench {
  struct arena *arena;
  struct err e;
  clock_t start;
};

static struct bench begin(void) {
  return (struct bench){.arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES), .start = clock()};
}

static void end(struct bench *b) {
  assert_true((clock() - b->start) / CLOCKS_PER_SEC < SECONDS_MAX);
  arena_drop(b->arena);
}

/* `head`, `count` times `part`, `middle`, `count` times `close`, `tail`. */
static sv nested(struct bench *b, const char *head, const char *part, size_t count, const char *middle,
                 const char *close, const char *tail) {
  struct sb text = sb_new(b->arena, MIB(16));
  sb_put(&text, sv_from(head));
  for (size_t i = 0; i < count; i++) {
    sb_put(&text, sv_from(part));
  }
  sb_put(&text, sv_from(middle));
  for (size_t i = 0; i < count; i++) {
    sb_put(&text, sv_from(close));
  }
  sb_put(&text, sv_from(tail));
  assert_int_equal(text.state, SB_OK);
  return sb_view(&text);
}

static sv repeated(struct bench *b, const char *head, const char *part, size_t count, const char *tail) {
  return nested(b, head, part, count, "", "", tail);
}

static void expect_refused(struct bench *b, sv text, const char *message) {
  const struct xpath *path = NULL;
  assert_false(xpath_compile(b->arena, text, XPATH_10, &path, &b->e));
  assert_int_equal(b->e.code, ERR_LIMIT);
  assert_non_null(strstr(b->e.text, message));
  end(b);
}

static bool eval(struct bench *b, sv text, sv xml, enum verdict *out) {
  const struct xpath *path = NULL;
  if (!xpath_compile(b->arena, text, XPATH_10, &path, &b->e)) {
    fail_msg("%u: %s", b->e.column, b->e.text);
  }
  return xpath_eval(path, json_new_string(b->arena, xml), NULL, b->arena, out, &b->e);
}

static void expect_limit(struct bench *b, sv text, sv xml, const char *message) {
  enum verdict verdict = VERDICT_HOLDS;
  assert_false(eval(b, text, xml, &verdict));
  assert_int_equal(b->e.code, ERR_LIMIT);
  if (!strstr(b->e.text, message)) {
    fail_msg("%s", b->e.text);
  }
  assert_int_equal(verdict, VERDICT_UNKNOWN);
  end(b);
}

static void expect_verdict(struct bench *b, sv text, sv xml, enum verdict expected) {
  enum verdict verdict = VERDICT_UNKNOWN;
  if (!eval(b, text, xml, &verdict)) {
    fail_msg("%s", b->e.text);
  }
  assert_int_equal(verdict, expected);
  end(b);
}

static void nesting_of_expressions_is_bounded(void **state) {
  (void)state;
  static const char *const parts[] = {"(", "a[", "not(", "-(", "(//a/b["};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct bench b = begin();
    expect_refused(&b, repeated(&b, "", parts[i], 9000, "a"), "LIMIT_EXPRESSION_DEPTH");
  }
  struct bench b = begin();
  expect_refused(&b, repeated(&b, "a", "/a", LIMIT_EXPRESSION_BYTES / 2, ""), "LIMIT_EXPRESSION_BYTES");
}

static void long_chains_cost_no_stack(void **state) {
  (void)state;
  static const char *const parts[] = {" or a", " and r", " + 1", "|a", "/.", "/self::r", "[1]", " = 1", " * -1"};
  static const enum verdict verdicts[] = {VERDICT_HOLDS, VERDICT_HOLDS, VERDICT_FAILS, VERDICT_HOLDS, VERDICT_HOLDS,
                                          VERDICT_HOLDS, VERDICT_HOLDS, VERDICT_FAILS, VERDICT_FAILS};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct bench b = begin();
    sv text = repeated(&b, "/r", parts[i], LIMIT_EXPRESSION_BYTES / (strlen(parts[i]) + 1), "");
    enum verdict verdict = VERDICT_UNKNOWN;
    const struct xpath *path = NULL;
    if (!xpath_compile(b.arena, text, XPATH_10, &path, &b.e) ||
        !xpath_eval(path, json_new_string(b.arena, SV("<r><a/></r>")), NULL, b.arena, &verdict, &b.e)) {
      fail_msg("%s: %u: %s", parts[i], b.e.column, b.e.text);
    }
    if (verdict != verdicts[i]) {
      fail_msg("%s: %d", parts[i], (int)verdict);
    }
    end(&b);
  }
}

static void documents_are_bounded(void **state) {
  (void)state;
  struct bench b = begin();
  expect_limit(&b, SV("/a"), nested(&b, "", "<a>", LIMIT_XML_DEPTH + 1, "", "</a>", ""), "LIMIT_XML_DEPTH");
  b = begin();
  expect_limit(&b, SV("/a"), repeated(&b, "", "<a>", 1000000, ""), "LIMIT_XML_DEPTH");
  b = begin();
  expect_verdict(&b, SV("//a[not(*)]"), nested(&b, "", "<a>", LIMIT_XML_DEPTH, "", "</a>", ""), VERDICT_HOLDS);
  b = begin();
  expect_limit(&b, SV("/a"), repeated(&b, "<a>", "<b/>", LIMIT_XML_NODES, "</a>"), "LIMIT_XML_NODES");
  b = begin();
  expect_limit(&b, SV("/a"), repeated(&b, "<a", " b='c'", 1000000, "/>"), "LIMIT_XML_ATTRIBUTES");
  b = begin();
  expect_limit(&b, SV("/a"), repeated(&b, "<a", " xmlns:b='c'", LIMIT_XML_ATTRIBUTES, "><b xmlns:d='e'></b></a>"),
               "LIMIT_XML_NAMESPACES");
  b = begin();
  expect_limit(&b, SV("/a"), repeated(&b, "<a>", " ", LIMIT_XML_BYTES, "</a>"), "LIMIT_XML_BYTES");
}

static void entities_are_refused(void **state) {
  (void)state;
  static const char *const texts[] = {
      "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;'>]><a>&d;</a>",
      "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
      "<!DOCTYPE a [<!ENTITY % b SYSTEM 'http://127.0.0.1/x'> %b;]><a/>",
      "<!DOCTYPE a SYSTEM '>' [<!ATTLIST a b CDATA 'c'>]><a/>"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct bench b = begin();
    expect_limit(&b, SV("/a"), sv_from(texts[i]), "LIMIT_XML_DECLARATIONS");
  }
  struct bench b = begin();
  expect_verdict(&b, SV("/a"), SV("<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x'><a/>"), VERDICT_HOLDS);
}

static void large_documents_are_fine(void **state) {
  (void)state;
  struct bench b = begin();
  sv xml = repeated(&b, "<r>", "<i><n>Bolt</n></i>", 80000, "<i><n>Nut</n></i></r>");
  expect_verdict(&b, SV("count(//i[n = 'Bolt']) = 80000 and /r/i[last()]/n = 'Nut'"), xml, VERDICT_HOLDS);
  b = begin();
  xml = repeated(&b, "<r>", "<i/>", 100000, "</r>");
  expect_verdict(&b, SV("count(//i | //i) = 100000 and //i[. = /]"), xml, VERDICT_HOLDS);
  b = begin();
  xml = nested(&b, "<r>", "<i>", 100, "", "</i>", "</r>");
  expect_verdict(&b, SV("count(//i//i) = 99 and count(//i/ancestor::i/descendant::i) = 99"), xml, VERDICT_HOLDS);
}

/* Each multiplies the size of the document with itself. */
static void quadratic_expressions_end_in_an_error(void **state) {
  (void)state;
  static const char *const texts[] = {"//a[//a = .]/x",
                                      "//a < //a",
                                      "count(//a/following::a) > 0",
                                      "count(//a/preceding::*) > 0",
                                      "//a[count(preceding-sibling::a) = 20]/x",
                                      "//a[string-length(/) = 1]",
                                      "//a[/ > 5]",
                                      "//a[contains(/, 'nowhere')]",
                                      "//a[substring(/, 1, 2) = 'x']",
                                      "//a[substring-after(/, 'zz') = 'x']",
                                      "count(//a//following::a[//a]) > 0",
                                      "//a[sum(//a) = 1]",
                                      "//a[//a[//a[//a[. = 'none']]]]"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct bench b = begin();
    sv xml = repeated(&b, "<r>", "<a>xx xx xx</a>", 40000, "</r>");
    expect_limit(&b, sv_from(texts[i]), xml, "LIMIT_XPATH_STEPS");
  }
}

/* Names and namespaces are as long as the document makes them, and are compared for each node. */
static void long_names_are_counted(void **state) {
  (void)state;
  static const struct {
    const char *path;
    const char *declaration;
    const char *element;
  } rows[] = {{"count(//a[count(//a) = 1])", " xmlns='", "<a/>"},
              {"count(//p:a[count(//p:a) = 1])", " xmlns:p='", "<p:a/>"},
              {"count(//p:*[count(//p:*) = 1])", " xmlns:p='", "<p:b/>"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench b = begin();
    const struct xpath *path = NULL;
    enum verdict verdict = VERDICT_HOLDS;
    struct sb xml = sb_new(b.arena, MIB(8));
    sb_format(&xml, "<r%s", rows[i].declaration);
    sb_put(&xml, repeated(&b, "", "u", KIB(16), "'>"));
    sb_put(&xml, repeated(&b, "", rows[i].element, 2000, "</r>"));
    assert_true(xpath_compile(b.arena, sv_from(rows[i].path), XPATH_31, &path, &b.e));
    assert_false(xpath_eval(path, json_new_string(b.arena, sb_view(&xml)), NULL, b.arena, &verdict, &b.e));
    assert_int_equal(b.e.code, ERR_LIMIT);
    assert_non_null(strstr(b.e.text, "LIMIT_XPATH_STEPS"));
    end(&b);
  }
}

/* The memory of the texts that they make comes first. */
static void texts_that_pile_up_end_in_an_error(void **state) {
  (void)state;
  static const char *const texts[] = {"//a[concat(/, /) = 'x']", "//a[normalize-space(/) = 'x']",
                                      "//a[translate(/, 'xy', 'ab') = 'x']"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct bench b = begin();
    enum verdict verdict = VERDICT_HOLDS;
    assert_false(eval(&b, sv_from(texts[i]), repeated(&b, "<r>", "<a>xx xx xx</a>", 40000, "</r>"), &verdict));
    assert_true(b.e.code == ERR_MEMORY || b.e.code == ERR_LIMIT);
    end(&b);
  }
}

static void texts_that_repeat_end_in_time(void **state) {
  (void)state;
  struct bench b = begin();
  sv half = repeated(&b, "", "a", MIB(2), "b");
  struct sb xml = sb_new(b.arena, MIB(8));
  sb_put(&xml, SV("<r><t>"));
  sb_put(&xml, sv_slice(half, 0, MIB(2)));
  sb_put(&xml, SV("</t><p>"));
  sb_put(&xml, sv_slice(half, MIB(1), MIB(2)));
  sb_put(&xml, SV("b</p></r>"));
  expect_verdict(&b, SV("contains(/r/t, /r/p)"), sb_view(&xml), VERDICT_FAILS);
}

/* The first round must fail, and the last one pass. */
static void fail_each_allocation(const char *text, const char *xml, sv value) {
  bool passed = false;
  for (long n = 0; !passed; n++) {
    struct arena *arena = arena_new(MIB(16));
    struct err e = {0};
    const struct xpath *path = NULL;
    json *root = NULL;
    json *selected = NULL;
    sv out = {0};
    enum verdict verdict = VERDICT_UNKNOWN;
    assert_true(json_parse(arena, SV("{\"inputs\": {\"x\": \"1\", \"n\": 2, \"o\": [1]}}"), &root, &e));
    struct scope scope = {.root = root};
    json *subject = json_new_string(arena, sv_from(xml));
    arena_fail_after(arena, n);
    passed = xpath_compile(arena, sv_from(text), XPATH_20, &path, &e) &&
             xpath_eval(path, subject, &scope, arena, &verdict, &e) &&
             xpath_select(path, subject, &scope, arena, &selected, &e) &&
             (!value.ptr || xpath_replace(path, sv_from(xml), &scope, value, arena, &out, &e));
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_true(n > 0 || !passed);
    arena_drop(arena);
  }
}

static void every_failing_allocation_is_an_error(void **state) {
  (void)state;
  static const char xml[] =
      "<r xmlns='u' xmlns:p='v'><!--c--><?q d?><a i='1' p:j='2'>1</a><p:a>2<b/><![CDATA[x]]></p:a></r>";
  fail_each_allocation("//a[@i = '{$inputs.x}'] | //p:*[. > {$inputs.n}]/@p:j | //b/..//text()", xml, SV("<v>"));
  fail_each_allocation("concat(name(//p:a), string(1 div 3), translate(//a, '1', {$inputs.o}))", xml, (sv){NULL, 0});
  fail_each_allocation("//a[count(namespace::*) = 3]/ancestor::* | //@*", xml, (sv){NULL, 0});
  fail_each_allocation("count(//b) + -1.5", xml, (sv){NULL, 0});
}

/* libxml2's own allocations, which are not the arena's. */
static long allocations_left;

static void *failing_malloc(size_t size) {
  return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void *failing_realloc(void *old, size_t size) {
  return allocations_left-- > 0 ? realloc(old, size) : NULL;
}

static char *failing_strdup(const char *text) {
  return allocations_left-- > 0 ? strdup(text) : NULL;
}

static void every_failing_allocation_of_libxml2_is_an_error(void **state) {
  (void)state;
  bool passed = false;
  xmlInitParser();
  for (long n = 0; !passed; n++) {
    struct bench b = begin();
    sv xml = repeated(&b, "<r xmlns='u' xmlns:p='v'><!--c--><?q d?>",
                      "<a p:a='b&amp;' c='d'>text<![CDATA[x]]>&lt;</a><p:longer-name/>", 30, "</r>");
    enum verdict verdict = VERDICT_UNKNOWN;
    xmlMemSetup(free, failing_malloc, failing_realloc, failing_strdup);
    allocations_left = n;
    bool ok = eval(&b, SV("count(//*) = 61"), xml, &verdict);
    xmlMemSetup(free, malloc, realloc, strdup);
    passed = allocations_left >= 0;
    assert_int_equal(b.e.code, ok ? ERR_NONE : ERR_MEMORY);
    assert_int_equal(verdict, ok ? VERDICT_HOLDS : VERDICT_UNKNOWN);
    assert_true(n > 0 || !ok);
    end(&b);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nesting_of_expressions_is_bounded),
      cmocka_unit_test(long_chains_cost_no_stack),
      cmocka_unit_test(documents_are_bounded),
      cmocka_unit_test(entities_are_refused),
      cmocka_unit_test(large_documents_are_fine),
      cmocka_unit_test(quadratic_expressions_end_in_an_error),
      cmocka_unit_test(long_names_are_counted),
      cmocka_unit_test(texts_that_pile_up_end_in_an_error),
      cmocka_unit_test(texts_that_repeat_end_in_time),
      cmocka_unit_test(every_failing_allocation_is_an_error),
      cmocka_unit_test(every_failing_allocation_of_libxml2_is_an_error),
  };
  return cmocka_run_group_tests_name("xpath bounds", tests, NULL, NULL);
}
