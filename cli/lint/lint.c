/* Runs the table of rules over what was loaded. */
#include "lint.h"

#include "limits.h"
#include "rule.h"
#include "sb.h"

#define TEXT_BYTES KIB(8)

void lint_warn(struct lint *lint, const char *rule, const struct document *document, const json *node,
               const char *format, ...) {
  struct sb text = sb_new(lint->arena, TEXT_BYTES);
  struct source_place place = source_place(document->source, node);
  va_list args;
  va_start(args, format);
  sb_formatv(&text, format, args);
  va_end(args);
  lint->findings->has_failed = lint->findings->has_failed || text.state == SB_NO_MEMORY;
  struct finding finding = {.rule = rule_find(rule),
                            .file = document->source->name,
                            .line = place.line ? place.line : 1,
                            .column = place.column ? place.column : 1,
                            .text = sb_view(&text)};
  finding_list_add(lint->findings, &finding);
}

void lint_each_step(struct lint *lint, void (*visit)(struct lint *lint, const struct step *step)) {
  for (size_t i = 0; i < lint->set->count; i++) {
    const struct document *document = lint->set->items[i];
    for (size_t j = 0; j < document->workflow_count; j++) {
      for (size_t k = 0; k < document->workflows[j].step_count; k++) {
        visit(lint, &document->workflows[j].steps[k]);
      }
    }
  }
}

static void add_loaders_warnings(struct lint *lint) {
  for (size_t i = 0; i < lint->set->warning_count; i++) {
    const struct warning *warning = &lint->set->warnings[i];
    struct finding finding = {.rule = rule_find(warning->rule),
                              .file = warning->file,
                              .line = warning->line,
                              .column = warning->column,
                              .text = warning->text};
    finding_list_add(lint->findings, &finding);
  }
}

void lint_run(struct lint *lint) {
  for (const struct rule *rule = rules; rule->id; rule++) {
    if (rule->check) {
      rule->check(lint);
    }
  }
  add_loaders_warnings(lint);
}
