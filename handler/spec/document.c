/* Loading an Arazzo description: the entry document, the descriptions that it names, the Arazzo documents among these with theirs;
 * then all workflows and steps are named, then compiled, then what they refer to is checked. This file lists the steps: structure.c
 * checks the form of a document before anything is read from it; source_description.c loads sources; workflow.c,
 * step_compile.c, parameter_compile.c and action_compile.c compile the objects; references.c and flow.c check them.
 *
 * Arazzo 1.0.x and 1.1.x, "Arazzo Specification Object". Arazzo 1.1.0, Parsing Documents: a reference MUST NOT be treated as
 * unresolvable before all documents were parsed; hence the phases. What is legal but not supported is refused at its place,
 * before any request, and after everything else of the documents was checked. */
#include "document.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "loading.h"
#include "location.h"
#include "sb.h"
#include "structure.h"

static bool file_read(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  (void)context;
  const char *name = NULL;
  if (!sv_to_text(arena, path, &name, e)) {
    return false;
  }
  FILE *file = fopen(name, "rb");
  if (!file) {
    return err_set(e, ERR_INVALID, "the file '%s' can't be opened", name);
  }
  struct sb content = sb_new(arena, LIMIT_DOCUMENT_BYTES);
  char buffer[16384];
  size_t got = 0;
  /* What is too long may have no end, as /dev/zero has none. */
  while (content.state == SB_OK && (got = fread(buffer, 1, sizeof buffer, file)) > 0) {
    sb_put(&content, (sv){buffer, got});
  }
  bool failed = ferror(file) != 0;
  fclose(file);
  if (failed) {
    return err_set(e, ERR_INVALID, "the file '%s' can't be read", name);
  }
  return sb_finish(&content, name, text, e);
}

struct document_reader document_file_reader(void) {
  return (struct document_reader){.read = file_read};
}

/* A version that is no text is left to the check of the structure. */
static bool read_version(const struct source *source, enum arazzo_version *out, struct err *e) {
  const json *node = json_get(source->root, SV("arazzo"));
  sv text = json_string(node);
  *out = sv_starts(text, SV("1.0.")) ? ARAZZO_1_0 : ARAZZO_1_1;
  return !json_is_string(node) || sv_starts(text, SV("1.0.")) || sv_starts(text, SV("1.1.")) ||
         source_error(source, node, e, ERR_UNSUPPORTED, "Arazzo version '%.*s' is not supported; 1.0.x and 1.1.x are",
                      SV_ARG(sv_slice(text, 0, 80)));
}

static bool load_descriptions(struct loading *loading, struct document *document, struct err *e) {
  const struct source *source = document->source;
  const json *list = json_get(source->root, SV("sourceDescriptions"));
  size_t count = json_count(list);
  if (count > LIMIT_SOURCE_DESCRIPTIONS) {
    return source_error(source, list, e, ERR_INVALID, "'sourceDescriptions' must have at most %d entries, but has %zu",
                        LIMIT_SOURCE_DESCRIPTIONS, count);
  }
  document->descriptions = arena_array(loading->arena, count, sizeof *document->descriptions);
  if (!document->descriptions) {
    return err_memory(e);
  }
  for (const json *node = json_first(list); node; node = node->next) {
    struct description made = {.node = node};
    if (!description_load(loading, document, node, &made, e)) {
      return err_in(e, "sourceDescriptions[%zu]", document->description_count);
    }
    /* Arazzo 1.1.0, Source Description Object: the name MUST be unique. */
    if (document_description(document, made.name)) {
      return source_error(source, json_get(node, SV("name")), e, ERR_INVALID,
                          "two source descriptions have the name '%.*s'", SV_ARG(made.name));
    }
    document->descriptions[document->description_count++] = made;
  }
  return true;
}

struct document *document_loaded(const struct loading *loading, sv path) {
  for (size_t i = 0; i < loading->set->count; i++) {
    if (sv_eq(loading->set->items[i]->path, path)) {
      return loading->set->items[i];
    }
  }
  return NULL;
}

/* The document is in the set before its own sources are loaded: they may refer back to it. */
static bool load_document(struct loading *loading, sv path, struct source *source, struct document **out,
                          struct err *e) {
  struct document_set *set = loading->set;
  struct document *document = arena_alloc(loading->arena, sizeof *document);
  if (!document) {
    return err_memory(e);
  }
  if (set->count >= LIMIT_DOCUMENTS) {
    return err_set(e, ERR_LIMIT, "more than %d Arazzo documents refer to each other", LIMIT_DOCUMENTS);
  }
  *document = (struct document){.source = source, .set = set, .index = set->count, .path = path};
  document->self = json_string(json_get(source->root, SV("$self")));
  set->items[set->count++] = document;
  *out = document;
  return read_version(source, &document->version, e) && structure_check(source, document->version, e) &&
         load_descriptions(loading, document, e);
}

bool document_open(struct loading *loading, sv path, struct source *source, struct document **out, struct err *e) {
  *out = document_loaded(loading, path);
  return *out || load_document(loading, path, source, out, e) || err_at(e, path, 0, 0);
}

/* Arazzo 1.1.0, Identity-Based Referencing: a URL that is some document's $self means that document. */
static void resolve_identity(const struct document_set *set, struct description *description) {
  for (size_t i = 0; i < set->count && description->type == DESCRIPTION_REMOTE; i++) {
    if (set->items[i]->self.len && sv_eq(set->items[i]->self, description->uri)) {
      description->type = DESCRIPTION_ARAZZO;
      description->document = set->items[i];
    }
  }
}

static void resolve_identities(const struct document_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    for (size_t j = 0; j < set->items[i]->description_count; j++) {
      resolve_identity(set, &set->items[i]->descriptions[j]);
    }
  }
}

/* ---- compiling ---- */

static struct compiler compiler_of(struct loading *loading, struct document *document) {
  return (struct compiler){loading->arena, document, document->source, document->version, &loading->findings};
}

static bool name_workflows(struct document_set *set, struct compiler *compiler, struct err *e) {
  struct document *document = compiler->document;
  const json *list = json_get(document->source->root, SV("workflows"));
  document->workflows = arena_array(compiler->arena, json_count(list), sizeof *document->workflows);
  if (!document->workflows) {
    return err_memory(e);
  }
  for (const json *node = json_first(list); node; node = node->next) {
    struct workflow workflow = {.document = document, .number = set->workflow_count++, .node = node};
    const json *id = json_get(node, SV("workflowId"));
    /* Arazzo 1.1.0, Workflow Object: the workflowId MUST be unique amongst all workflows of the document. */
    if (document_workflow(document, json_string(id))) {
      return source_error(compiler->source, id, e, ERR_INVALID, "two workflows have the workflowId '%.*s'",
                          SV_ARG(json_string(id)));
    }
    struct workflow *place = &document->workflows[document->workflow_count++];
    *place = workflow;
    if (!workflow_name(compiler, node, place, e)) {
      return false;
    }
  }
  return true;
}

/* One phase of one workflow. */
typedef bool phase(struct compiler *compiler, struct workflow *workflow, struct err *e);

static bool each_workflow(struct loading *loading, phase *run, struct err *e) {
  for (size_t i = 0; i < loading->set->count; i++) {
    struct document *document = loading->set->items[i];
    struct compiler compiler = compiler_of(loading, document);
    for (size_t j = 0; j < document->workflow_count; j++) {
      if (!run(&compiler, &document->workflows[j], e)) {
        err_in(e, "workflow %.*s", SV_ARG(document->workflows[j].id));
        return err_at(e, document->path, 0, 0);
      }
    }
  }
  return true;
}

static bool name_all(struct loading *loading, struct err *e) {
  for (size_t i = 0; i < loading->set->count; i++) {
    struct compiler compiler = compiler_of(loading, loading->set->items[i]);
    if (!name_workflows(loading->set, &compiler, e)) {
      return err_at(e, compiler.document->path, 0, 0);
    }
  }
  return true;
}

/* What is not supported comes last: a document that also has a mistake is told about the mistake. */
static bool refuse_unsupported(const struct loading *loading, struct err *e) {
  if (loading->findings.refusal.code == ERR_NONE) {
    return true;
  }
  *e = loading->findings.refusal;
  return false;
}

static bool compile_all(struct loading *loading, struct err *e) {
  return name_all(loading, e) && each_workflow(loading, workflow_compile_inputs, e) &&
         each_workflow(loading, workflow_compile, e) && each_workflow(loading, references_check, e) &&
         each_workflow(loading, flow_check, e) && flow_check_calls(loading->arena, loading->set, e) &&
         refuse_unsupported(loading, e);
}

void compiler_warn(const struct compiler *compiler, const json *node, const char *format, ...) {
  struct findings *findings = compiler->findings;
  struct source_place place = source_place(compiler->source, node);
  struct sb text = sb_new(findings->arena, KIB(4));
  va_list args;
  if (findings->warning_count >= LIMIT_WARNINGS) {
    return;
  }
  sb_format(&text, "%.*s:%u:%u: ", SV_ARG(compiler->source->name), place.line, place.column);
  va_start(args, format);
  sb_formatv(&text, format, args);
  va_end(args);
  findings->warnings[findings->warning_count++] = sb_view(&text);
}

/* ---- the whole ---- */

static bool finish(struct loading *loading, struct err *e) {
  sv digests;
  struct sha256 digest;
  if (!sb_finish(&loading->digests, "the list of digests", &digests, e) || !sha256(digests, &digest, e)) {
    return false;
  }
  loading->set->digest = sha256_to_hex(&digest);
  loading->set->warnings = loading->findings.warnings;
  loading->set->warning_count = loading->findings.warning_count;
  return true;
}

/* The entry document is an Arazzo document, whose tree stays. */
static bool open_entry(struct loading *loading, sv path, struct document **out, struct err *e) {
  sv text;
  struct source *source = NULL;
  return source_set_read(&loading->files, path, &text, e) && yaml_parse(loading->arena, path, text, &source, e) &&
         document_open(loading, path, source, out, e);
}

/* Descriptions are gone when loading has ended; what operations need of them was compiled. */
static void forget_descriptions(const struct document_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    for (size_t j = 0; j < set->items[i]->description_count; j++) {
      set->items[i]->descriptions[j].openapi = NULL;
    }
  }
}

static bool load(struct loading *loading, sv path, const struct document **out, struct err *e) {
  struct document *document = NULL;
  sv normal;
  if (!location_normalize(loading->arena, path, &normal, e) || !open_entry(loading, normal, &document, e)) {
    return err_at(e, path, 0, 0);
  }
  resolve_identities(loading->set);
  if (!compile_all(loading, e)) {
    return false;
  }
  flow_note_deletions(loading->set);
  forget_descriptions(loading->set);
  *out = document;
  return finish(loading, e);
}

bool document_load(struct arena *arena, sv path, struct document_reader reader, const struct document **out,
                   struct err *e) {
  struct loading loading = {.arena = arena, .digests = sb_new(arena, KIB(64))};
  struct arena *descriptions = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  loading.set = arena_alloc(arena, sizeof *loading.set);
  loading.files = (struct source_set){.arena = descriptions, .reader = reader, .digests = &loading.digests};
  loading.findings.arena = arena;
  loading.findings.warnings = arena_array(arena, LIMIT_WARNINGS, sizeof *loading.findings.warnings);
  bool has_memory = descriptions && loading.set && loading.findings.warnings;
  bool good = has_memory ? load(&loading, path, out, e) : err_memory(e);
  arena_drop(descriptions);
  return good;
}

struct workflow *document_workflow(const struct document *document, sv id) {
  for (size_t i = 0; i < document->workflow_count; i++) {
    if (sv_eq(document->workflows[i].id, id)) {
      return &document->workflows[i];
    }
  }
  return NULL;
}

struct description *document_description(const struct document *document, sv name) {
  for (size_t i = 0; i < document->description_count; i++) {
    if (sv_eq(document->descriptions[i].name, name)) {
      return &document->descriptions[i];
    }
  }
  return NULL;
}

const struct step *workflow_step(const struct workflow *workflow, sv id) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (sv_eq(workflow->steps[i].id, id)) {
      return &workflow->steps[i];
    }
  }
  return NULL;
}
