/* Loading an Arazzo description: the entry document, the descriptions that it names, the Arazzo documents among these with theirs;
 * then all workflows and steps are named, then compiled, then what they refer to is checked. This file lists the steps: structure.c
 * checks the form of a document before anything is read from it; source_description.c loads sources; workflow.c,
 * step_compile.c, parameter_compile.c and action_compile.c compile the objects; references.c and flow.c check them.
 *
 * Arazzo 1.0.x and 1.1.x, "Arazzo Specification Object". Arazzo 1.1.0, Parsing Documents: a reference MUST NOT be treated as
 * unresolvable before all documents were parsed; hence the phases. What is legal but not supported is refused at its place,
 * before any request, and after everything else of the documents was checked.
 *
 * The first error ends the load, unless errors are gathered. Then each phase goes on with the parts that the phases before it
 * found good; the order of steps is checked only in workflows without errors, and calls only when there are none at all. */
#include "document.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "findings.h"
#include "gathering.h"
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

/* The next one of the document. */
static bool load_description(struct loading *loading, struct document *document, struct description *out,
                             struct err *e) {
  if (!description_load(loading, document, out->node, out, e)) {
    err_unit(e, "source");
    return err_in(e, "sourceDescriptions[%zu]", document->description_count);
  }
  /* Arazzo 1.1.0, Source Description Object: the name MUST be unique. */
  if (document_description(document, out->name)) {
    source_report(document->source, json_get(out->node, SV("name")), e, ERR_INVALID,
                  "two source descriptions have the name '%.*s'", SV_ARG(out->name));
    return err_unit(e, "name");
  }
  return true;
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
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    struct description *made = &document->descriptions[document->description_count];
    made->node = node;
    made->is_broken = !load_description(loading, document, made, &one);
    if (made->is_broken && !findings_gather(&loading->findings, NULL, &one, e)) {
      return false;
    }
    document->description_count++;
  }
  return e->code == ERR_NONE;
}

struct document *document_loaded(const struct loading *loading, sv path) {
  for (size_t i = 0; i < loading->set->count; i++) {
    if (sv_eq(loading->set->items[i]->path, path)) {
      return loading->set->items[i];
    }
  }
  return NULL;
}

/* Whether there is nothing wrong in what all workflows of a document need. */
static bool is_frame_whole(const struct findings *findings, const json *root) {
  bool is_whole = json_type(root) == JSON_OBJECT;
  for (const struct broken *each = findings->broken; each && is_whole; each = each->next) {
    is_whole = each->node != root;
  }
  return is_whole && findings_is_whole(findings, json_get(root, SV("sourceDescriptions"))) &&
         findings_is_whole(findings, json_get(root, SV("components")));
}

static bool load_parts(struct loading *loading, struct document *document, struct err *e) {
  struct findings *findings = &loading->findings;
  const struct source *source = document->source;
  struct err one;
  err_clear(&one);
  if (!read_version(source, &document->version, e)) {
    document->is_broken = true;
    return err_unit(e, "structure");
  }
  if (!structure_check(source, document->version, findings, &one)) {
    document->is_broken = !is_frame_whole(findings, source->root);
    if (!findings_gather(findings, NULL, &one, e)) {
      return false;
    }
  }
  if (!document->is_broken && !load_descriptions(loading, document, &one)) {
    return findings_gather(findings, NULL, &one, e) && e->code == ERR_NONE;
  }
  return e->code == ERR_NONE;
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
  return load_parts(loading, document, e);
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

static bool name_workflow(struct document_set *set, struct compiler *compiler, const json *node, struct err *e) {
  struct document *document = compiler->document;
  const json *id = json_get(node, SV("workflowId"));
  bool is_whole = workflow_is_whole(compiler->findings, node);
  if (!is_whole && (json_string(id).len == 0 || document_workflow(document, json_string(id)))) {
    document->is_partial = true;
    return true;
  }
  /* Arazzo 1.1.0, Workflow Object: the workflowId MUST be unique amongst all workflows of the document. */
  if (document_workflow(document, json_string(id))) {
    source_report(compiler->source, id, e, ERR_INVALID, "two workflows have the workflowId '%.*s'",
                  SV_ARG(json_string(id)));
    return err_unit(e, "name");
  }
  struct workflow *place = &document->workflows[document->workflow_count++];
  *place = (struct workflow){.id = json_string(id),
                             .document = document,
                             .number = set->workflow_count++,
                             .is_broken = !is_whole,
                             .node = node};
  if (is_whole && !workflow_name(compiler, node, place, e)) {
    place->is_broken = place->id.len == 0;
    place->is_partial = true;
    return err_unit(e, "name");
  }
  return true;
}

static bool name_workflows(struct document_set *set, struct compiler *compiler, struct err *e) {
  struct document *document = compiler->document;
  const json *list = json_get(document->source->root, SV("workflows"));
  document->workflows = arena_array(compiler->arena, json_count(list), sizeof *document->workflows);
  if (!document->workflows) {
    return err_memory(e);
  }
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    if (!name_workflow(set, compiler, node, &one) && !findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
    document->is_partial = document->is_partial || e->code != ERR_NONE;
  }
  return e->code == ERR_NONE;
}

/* One phase of one workflow. */
typedef bool phase(struct compiler *compiler, struct workflow *workflow, struct err *e);

static bool each_workflow(struct loading *loading, phase *run, struct err *e) {
  struct err one;
  err_clear(&one);
  for (size_t i = 0; i < loading->set->count; i++) {
    struct document *document = loading->set->items[i];
    struct compiler compiler = compiler_of(loading, document);
    for (size_t j = 0; j < document->workflow_count; j++) {
      if (document->workflows[j].is_broken || run(&compiler, &document->workflows[j], &one)) {
        continue;
      }
      err_in(&one, "workflow %.*s", SV_ARG(document->workflows[j].id));
      err_place(&one, document->path, 0, 0);
      if (!findings_gather(&loading->findings, NULL, &one, e)) {
        return false;
      }
    }
  }
  return e->code == ERR_NONE;
}

static bool name_all(struct loading *loading, struct err *e) {
  struct err one;
  err_clear(&one);
  for (size_t i = 0; i < loading->set->count; i++) {
    struct compiler compiler = compiler_of(loading, loading->set->items[i]);
    if (!compiler.document->is_broken && !name_workflows(loading->set, &compiler, &one)) {
      err_place(&one, compiler.document->path, 0, 0);
      if (!findings_gather(&loading->findings, NULL, &one, e)) {
        return false;
      }
    }
  }
  return e->code == ERR_NONE;
}

static bool compile_inputs(struct loading *loading, struct err *e) {
  return each_workflow(loading, workflow_compile_inputs, e);
}

static bool compile_workflows(struct loading *loading, struct err *e) {
  return each_workflow(loading, workflow_compile, e);
}

static bool check_references(struct loading *loading, struct err *e) {
  return each_workflow(loading, references_check, e);
}

static bool check_flow(struct loading *loading, struct err *e) {
  return each_workflow(loading, flow_check, e);
}

/* What is not supported comes last: a document that also has a mistake is told about the mistake. */
static bool refuse_unsupported(const struct loading *loading, struct err *e) {
  if (loading->findings.refusal.code == ERR_NONE) {
    return true;
  }
  *e = loading->findings.refusal;
  return false;
}

/* `e` may hold errors of structure already, which were gathered. */
static bool compile_all(struct loading *loading, struct err *e) {
  static bool (*const phases[])(struct loading * loading, struct err * e) = {
      name_all, compile_inputs, compile_workflows, check_references, check_flow};
  struct err one;
  err_clear(&one);
  for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
    if (!phases[i](loading, &one) && !findings_gather(&loading->findings, NULL, &one, e)) {
      return false;
    }
  }
  if (e->code == ERR_NONE && !flow_check_calls(loading->arena, loading->set, e)) {
    return err_unit(e, "flow");
  }
  return (refuse_unsupported(loading, &one) || findings_gather(&loading->findings, NULL, &one, e)) &&
         e->code == ERR_NONE;
}

void compiler_warn(const struct compiler *compiler, const json *node, const char *rule, const char *format, ...) {
  struct findings *findings = compiler->findings;
  struct source_place place = source_place(compiler->source, node);
  struct sb text = sb_new(findings->arena, KIB(4));
  va_list args;
  if (findings->warning_count >= LIMIT_WARNINGS) {
    return;
  }
  sb_format(&text, "%.*s:%u:%u: ", SV_ARG(compiler->source->name), place.line, place.column);
  size_t start = text.len;
  va_start(args, format);
  sb_formatv(&text, format, args);
  va_end(args);
  sv line = sb_view(&text);
  findings->warnings[findings->warning_count++] = (struct warning){.rule = rule,
                                                                   .file = compiler->source->name,
                                                                   .line = place.line,
                                                                   .column = place.column,
                                                                   .text = sv_slice(line, start, line.len),
                                                                   .line_of_log = line};
}

/* ---- the whole ---- */

static bool finish(struct loading *loading, struct err *e) {
  sv digests;
  struct sha256 digest;
  if (!sb_finish(&loading->digests, "the list of digests", &digests, e) || !sha256(digests, &digest, e)) {
    return false;
  }
  loading->set->digest = sha256_to_hex(&digest);
  if (loading->bundle.name.len) {
    memcpy(loading->set->digest.text, loading->bundle.digest.ptr, SHA256_HEX_BYTES); /* bundle_open checked it */
  }
  loading->set->warnings = loading->findings.warnings;
  loading->set->warning_count = loading->findings.warning_count;
  return true;
}

/* A bundle is read from in place of the file system. Its digest is that of the files that it was made of. */
static bool open_bundle(struct loading *loading, sv *path, sv *text, struct err *e) {
  if (!bundle_open(loading->files.arena, *path, *text, &loading->bundle, e)) {
    return err_at(e, *path, 0, 0);
  }
  loading->files.reader = bundle_reader(&loading->bundle);
  /* Texts of the bundle are gone when loading has ended; the document keeps its path. */
  *path = sv_copy(loading->arena, bundle_entry(&loading->bundle));
  return (path->len || err_memory(e)) && source_set_read(&loading->files, *path, text, e);
}

/* The entry document is an Arazzo document, whose tree stays. */
static bool open_entry(struct loading *loading, sv path, struct document **out, struct err *e) {
  sv text;
  struct source *source = NULL;
  if (!source_set_read(&loading->files, path, &text, e)) {
    return err_unit(e, "source");
  }
  if ((bundle_is(text) && !open_bundle(loading, &path, &text, e)) ||
      !yaml_parse(loading->arena, path, text, &source, e)) {
    return err_unit(e, "syntax");
  }
  return document_open(loading, path, source, out, e);
}

/* An error in a file of a bundle: in which bundle. The one line of a file that was pruned is no place to look at. */
static void place_in_bundle(const struct bundle *bundle, struct err *e) {
  if (sv_eq(sv_from(e->file), bundle->name)) {
    return;
  }
  if (bundle_is_pruned(bundle, sv_from(e->file))) {
    e->line = 0;
    e->column = 0;
  }
  err_in(e, "in the bundle %.*s", SV_ARG(bundle->name));
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
  struct err one;
  sv normal;
  err_clear(&one);
  if (!location_normalize(loading->arena, path, &normal, &one) || !open_entry(loading, normal, &document, &one)) {
    err_place(&one, path, 0, 0);
    if (!findings_gather(&loading->findings, NULL, &one, e) || !document) {
      return false;
    }
  }
  resolve_identities(loading->set);
  if (!compile_all(loading, e)) {
    return false;
  }
  flow_note_deletions(loading->set);
  *out = document;
  return finish(loading, e);
}

/* `descriptions` holds the texts and trees of descriptions. */
static bool load_into(struct arena *arena, struct arena *descriptions, sv path, const struct document_options *options,
                      const struct document **out, struct err *e) {
  struct loading *loading = arena_alloc(arena, sizeof *loading);
  if (!loading || !descriptions) {
    return err_memory(e);
  }
  loading->arena = arena;
  loading->digests = sb_new(arena, KIB(64));
  loading->set = arena_alloc(arena, sizeof *loading->set);
  loading->files = (struct source_set){.arena = descriptions, .reader = options->reader, .digests = &loading->digests};
  loading->findings.arena = arena;
  loading->findings.gathering = options->gathering;
  loading->findings.warnings = arena_array(arena, LIMIT_WARNINGS, sizeof *loading->findings.warnings);
  if (!loading->set || !loading->findings.warnings) {
    return err_memory(e);
  }
  bool good = load(loading, path, out, e);
  if (!good && loading->bundle.name.len) {
    place_in_bundle(&loading->bundle, e);
  }
  if (good && !options->keeps_descriptions) {
    forget_descriptions(loading->set);
  }
  return good;
}

bool document_load_with(struct arena *arena, sv path, const struct document_options *options,
                        const struct document **out, struct err *e) {
  struct arena *descriptions = options->keeps_descriptions ? arena : arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  bool good = load_into(arena, descriptions, path, options, out, e);
  if (descriptions != arena) {
    arena_drop(descriptions);
  }
  return good;
}

bool document_load(struct arena *arena, sv path, struct document_reader reader, const struct document **out,
                   struct err *e) {
  struct document_options options = {.reader = reader};
  return document_load_with(arena, path, &options, out, e);
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
