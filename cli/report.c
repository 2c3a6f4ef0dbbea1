/* Writing findings. SARIF's section numbers are those of the OASIS Standard 2.1.0. Columns count code points, which SARIF is told (3.14.17).
 * Rules link to docs/rules.md in their help text: `helpUri` must be absolute (3.49.12), and this program does not know where its
 * documentation is published. */
#include "report.h"

#include <stdio.h>

#include "arena.h"
#include "json.h"
#include "limits.h"
#include "percent.h"
#include "rule.h"
#include "sb.h"
#include "screen.h"

#define REPORT_BYTES MIB(16)
#define SARIF_SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static const char *severity(const struct rule *rule) {
  return rule->is_error ? "error" : "warning";
}

void report_print_text(const struct finding_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    const struct finding *finding = &list->items[i];
    screen_print(stdout, finding->file);
    printf(":%u:%u: %s: ", finding->line, finding->column, severity(finding->rule));
    screen_print(stdout, finding->text);
    printf(" [%s]\n", finding->rule->id);
  }
}

/* Building JSON: NULL members are memory that ran out, which json_set tells. */

static bool set_text(struct arena *arena, json *object, const char *name, sv text) {
  return json_set(arena, object, sv_from(name), json_new_string(arena, text));
}

static bool set_literal(struct arena *arena, json *object, const char *name, const char *text) {
  return set_text(arena, object, name, sv_from(text));
}

static bool set_number(struct arena *arena, json *object, const char *name, int64_t number) {
  return json_set(arena, object, sv_from(name), json_new_integer(arena, number));
}

/* A new object in a member of another one, or at the end of an array; NULL without memory. */
static json *add_object(struct arena *arena, json *parent, const char *name) {
  json *made = json_new_object(arena);
  bool good = name ? json_set(arena, parent, sv_from(name), made) : json_append(parent, made);
  return good ? made : NULL;
}

static json *add_array(struct arena *arena, json *parent, const char *name) {
  json *made = json_new_array(arena);
  return json_set(arena, parent, sv_from(name), made) ? made : NULL;
}

static bool print(struct arena *arena, const json *value) {
  struct sb text = sb_new(arena, REPORT_BYTES);
  json_write_pretty(&text, value);
  return text.state == SB_OK && printf("%.*s\n", SV_ARG(sb_view(&text))) > 0;
}

/* ---- JSON ---- */

static bool add_finding(struct arena *arena, json *array, const struct finding *finding) {
  json *object = add_object(arena, array, NULL);
  return object && set_text(arena, object, "file", finding->file) && set_number(arena, object, "line", finding->line) &&
         set_number(arena, object, "column", finding->column) &&
         set_literal(arena, object, "severity", severity(finding->rule)) &&
         set_literal(arena, object, "rule", finding->rule->id) && set_text(arena, object, "text", finding->text) &&
         set_literal(arena, object, "help", finding->rule->mend) &&
         (finding->where.len == 0 || set_text(arena, object, "where", finding->where));
}

bool report_print_json(struct arena *arena, const struct finding_list *list) {
  json *array = json_new_array(arena);
  for (size_t i = 0; i < list->count; i++) {
    if (!add_finding(arena, array, &list->items[i])) {
      return false;
    }
  }
  return array && print(arena, array);
}

/* ---- SARIF ---- */

static bool add_message(struct arena *arena, json *parent, const char *name, sv text) {
  json *message = add_object(arena, parent, name);
  return message && set_text(arena, message, "text", text);
}

/* 3.49: what a rule says of itself. */
static bool add_rule(struct arena *arena, json *array, const struct rule *rule) {
  struct sb markdown = sb_new(arena, KIB(4));
  sb_format(&markdown, "%s See [%s](docs/rules.md#%s).", rule->mend, rule->id, rule->id);
  json *object = add_object(arena, array, NULL);
  json *configuration = object ? add_object(arena, object, "defaultConfiguration") : NULL;
  return configuration && set_literal(arena, object, "id", rule->id) &&
         add_message(arena, object, "shortDescription", sv_from(rule->summary)) &&
         add_message(arena, object, "help", sv_from(rule->mend)) &&
         set_text(arena, json_get(object, SV("help")), "markdown", sb_view(&markdown)) &&
         set_literal(arena, configuration, "level", severity(rule));
}

/* 3.4: a URI reference; an absolute path needs its scheme. */
static sv uri_of(struct arena *arena, sv file) {
  struct sb text = sb_new(arena, KIB(16));
  bool is_url = sv_contains(file, SV("://"));
  sb_put(&text, sv_starts(file, SV("/")) ? SV("file://") : SV(""));
  if (is_url) {
    sb_put(&text, file);
  } else {
    percent_put(&text, file, "/");
  }
  return sb_view(&text);
}

static bool add_place(struct arena *arena, json *result, const struct finding *finding) {
  json *locations = add_array(arena, result, "locations");
  json *location = locations ? add_object(arena, locations, NULL) : NULL;
  json *physical = location ? add_object(arena, location, "physicalLocation") : NULL;
  json *artifact = physical ? add_object(arena, physical, "artifactLocation") : NULL;
  json *region = artifact ? add_object(arena, physical, "region") : NULL;
  return region && set_text(arena, artifact, "uri", uri_of(arena, finding->file)) &&
         set_number(arena, region, "startLine", finding->line) &&
         set_number(arena, region, "startColumn", finding->column);
}

static bool add_result(struct arena *arena, json *array, const struct finding *finding) {
  json *result = add_object(arena, array, NULL);
  return result && set_literal(arena, result, "ruleId", finding->rule->id) &&
         set_number(arena, result, "ruleIndex", finding->rule - rules) &&
         set_literal(arena, result, "level", severity(finding->rule)) &&
         add_message(arena, result, "message", finding->text) && add_place(arena, result, finding);
}

static json *add_driver(struct arena *arena, json *run) {
  json *tool = add_object(arena, run, "tool");
  json *driver = tool ? add_object(arena, tool, "driver") : NULL;
  bool good = driver && set_literal(arena, driver, "name", "arazzo validate") &&
              set_literal(arena, driver, "version", ARAZZO_VERSION);
  json *array = good ? add_array(arena, driver, "rules") : NULL;
  for (const struct rule *rule = rules; array && rule->id; rule++) {
    array = add_rule(arena, array, rule) ? array : NULL;
  }
  return array ? driver : NULL;
}

bool report_print_sarif(struct arena *arena, const struct finding_list *list) {
  json *root = json_new_object(arena);
  bool good = set_literal(arena, root, "$schema", SARIF_SCHEMA) && set_literal(arena, root, "version", "2.1.0");
  json *runs = good ? add_array(arena, root, "runs") : NULL;
  json *run = runs ? add_object(arena, runs, NULL) : NULL;
  json *results = run && add_driver(arena, run) && set_literal(arena, run, "columnKind", "unicodeCodePoints")
                      ? add_array(arena, run, "results")
                      : NULL;
  for (size_t i = 0; results && i < list->count; i++) {
    results = add_result(arena, results, &list->items[i]) ? results : NULL;
  }
  return results && print(arena, root);
}
