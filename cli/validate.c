/* arazzo validate: everything that is wrong in documents, and what is legal but dangerous. Nothing is sent, and neither credentials
 * nor a region are needed; with --fetch, source descriptions that are URLs are read.
 *
 * Errors come from the loader, which gathers them; the rules of lint/ look at documents that load. */
#include "commands.h"

#include "arena.h"
#include "document.h"
#include "environment.h"
#include "errinfo.h"
#include "fetcher.h"
#include "finding.h"
#include "gathering.h"
#include "limits.h"
#include "lint.h"
#include "report.h"
#include "rule.h"
#include "session.h"
#include "transport_curl.h"

struct validation {
  struct arena *arena; /* of the findings */
  struct finding_list findings;
  struct transport_curl *curl; /* NULL: nothing is fetched */
  struct fetcher fetcher;
};

static void add_error(struct validation *validation, const struct err *e) {
  struct finding finding = {.rule = rule_of_error(e),
                            .file = sv_from(e->file),
                            .line = e->line ? e->line : 1,
                            .column = e->column ? e->column : 1,
                            .where = sv_from(e->where),
                            .text = sv_from(e->text)};
  finding_list_add(&validation->findings, &finding);
}

static void add_errors(struct validation *validation, const struct err *e, size_t left_out) {
  for (e = gathered_from(e); e; e = gathered_from(e->more)) {
    add_error(validation, e);
  }
  validation->findings.left_out += left_out;
}

/* False when the work itself failed, not the document. */
static bool check_in(struct validation *validation, struct arena *arena, sv path, struct err *e) {
  struct gathering gathering;
  struct err wrong;
  const struct document *document = NULL;
  err_clear(&wrong);
  if (!gathering_open(&gathering, arena, e)) {
    return false;
  }
  struct document_options options = {.reader = validation->curl ? fetcher_reader(&validation->fetcher)
                                                                : document_file_reader(),
                                     .gathering = &gathering,
                                     .keeps_descriptions = true};
  if (!document_load_with(arena, path, &options, &document, &wrong)) {
    bool is_ours = wrong.code == ERR_MEMORY || wrong.code == ERR_INTERNAL;
    add_errors(validation, &wrong, gathering.left_out);
    return !is_ours || err_set(e, wrong.code, "%.*s: %s", SV_ARG(path), wrong.text);
  }
  struct lint lint = {arena, document->set, &validation->findings};
  lint_run(&lint);
  return true;
}

/* Each document has memory of its own, which is given back. */
static bool check_document(struct validation *validation, sv path, struct err *e) {
  struct arena *arena = arena_new(2 * LIMIT_DOCUMENT_ARENA_BYTES); /* documents, and their descriptions */
  bool good = arena ? check_in(validation, arena, path, e) : err_memory(e);
  arena_drop(arena);
  return good && (!validation->findings.has_failed || err_memory(e));
}

static bool open_fetcher(struct validation *validation, struct err *e) {
  struct environment environment = environment_of_process();
  struct clock clock = clock_system();
  validation->curl = transport_curl_open(&environment, &clock, e);
  if (validation->curl) {
    validation->fetcher.transport = transport_curl_transport(validation->curl);
  }
  return validation->curl != NULL;
}

static bool check_all(struct validation *validation, const struct arguments *arguments, struct err *e) {
  if (!finding_list_open(&validation->findings, validation->arena, e) ||
      (arguments_has(arguments, "--fetch") && !open_fetcher(validation, e))) {
    return false;
  }
  for (size_t i = 0; i < arguments->operand_count; i++) {
    if (!check_document(validation, arguments->operands[i], e)) {
      return false;
    }
  }
  finding_list_sort(&validation->findings);
  return true;
}

static bool print_findings(struct validation *validation, sv format) {
  bool good = true;
  if (sv_eq(format, SV("json"))) {
    good = report_print_json(validation->arena, &validation->findings);
  } else if (sv_eq(format, SV("sarif"))) {
    good = report_print_sarif(validation->arena, &validation->findings);
  } else {
    report_print_text(&validation->findings);
  }
  return good && fflush(stdout) == 0 && ferror(stdout) == 0;
}

static void print_summary(const struct finding_list *list, size_t documents) {
  size_t errors = finding_list_count(list, true);
  size_t warnings = finding_list_count(list, false);
  if (list->left_out) {
    fprintf(stderr, "arazzo: and %zu more\n", list->left_out);
  }
  fprintf(stderr, "arazzo: %zu document%s, %zu error%s, %zu warning%s\n", documents, documents == 1 ? "" : "s", errors,
          errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

static enum exit_status report(struct validation *validation, const struct arguments *arguments) {
  const struct finding_list *list = &validation->findings;
  if (!print_findings(validation, arguments_text(arguments, "--format", SV("text")))) {
    fprintf(stderr, "arazzo: the findings could not be written to standard output\n");
    return EXIT_FAILED;
  }
  print_summary(list, arguments->operand_count);
  bool is_bad = finding_list_count(list, true) > 0 || list->left_out > 0 ||
                (arguments_has(arguments, "--strict") && list->count > 0);
  return is_bad ? EXIT_FAILED : EXIT_DONE;
}

static enum exit_status run(const struct arguments *arguments) {
  struct validation validation = {.arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES)};
  struct err e;
  enum exit_status status = EXIT_FAILED;
  err_clear(&e);
  bool good = validation.arena ? check_all(&validation, arguments, &e) : err_memory(&e);
  if (good) {
    status = report(&validation, arguments);
  } else {
    session_complain(&e);
  }
  if (validation.curl) {
    transport_curl_close(validation.curl);
  }
  arena_drop(validation.arena);
  return status;
}

static const struct option options[] = {
    {"--format", OPTION_CHOICE, "text|json|sarif", "how findings are written", 0, 0},
    {"--strict", OPTION_FLAG, NULL, "warnings fail, too", 0, 0},
    {"--fetch", OPTION_FLAG, NULL, "fetch source descriptions that are https URLs", 0, 0},
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

const struct command command_validate = {
    .name = "validate",
    .operands = "DOC...",
    .least = 1,
    .most = ARGUMENTS_OPERANDS,
    .options = options,
    .summary = "all errors of documents, and what is legal but dangerous",
    .details = "Nothing is sent, and no credentials are needed. Each finding is a line:\n"
               "  file:line:column: error|warning: text [rule]\n"
               "Exit status 1 when there is an error. docs/rules.md explains the rules.\n",
    .examples = "  arazzo validate workflow.yml\n"
                "  arazzo validate --format sarif workflows/*.yml > arazzo.sarif\n",
    .run = run,
};
