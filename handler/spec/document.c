/* Loading an Arazzo document: the file, the descriptions that it names, the workflows. This file lists the steps; workflow.c,
 * step_compile.c, action_compile.c and reusable.c compile the objects, references.c checks what expressions refer to.
 *
 * Arazzo 1.0.x and 1.1.x, "Arazzo Specification Object". What is legal but not implemented is refused here, at its place,
 * before any request: source descriptions of type arazzo and asyncapi, and URLs instead of files. */
#include "document.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "shape.h"

static const struct shape_field document_fields[] = {
    {"arazzo", SHAPE_STRING, true},
    {"$self", SHAPE_STRING, false},
    {"info", SHAPE_OBJECT, true},
    {"sourceDescriptions", SHAPE_ARRAY, true},
    {"workflows", SHAPE_ARRAY, true},
    {"components", SHAPE_OBJECT, false},
    {NULL, 0, false},
};
static const struct shape document_shape = {"Arazzo Specification Object", document_fields};

static const struct shape_field components_fields[] = {
    {"inputs", SHAPE_OBJECT, false},
    {"parameters", SHAPE_OBJECT, false},
    {"successActions", SHAPE_OBJECT, false},
    {"failureActions", SHAPE_OBJECT, false},
    {NULL, 0, false},
};
static const struct shape components_shape = {"Components Object", components_fields};

static const struct shape_field info_fields[] = {
    {"title", SHAPE_STRING, true},
    {"summary", SHAPE_STRING, false},
    {"description", SHAPE_STRING, false},
    {"version", SHAPE_STRING, true},
    {NULL, 0, false},
};
static const struct shape info_shape = {"Info Object", info_fields};

static const struct shape_field description_fields[] = {
    {"name", SHAPE_STRING, true},
    {"url", SHAPE_STRING, true},
    {"type", SHAPE_STRING, false},
    {NULL, 0, false},
};
static const struct shape description_shape = {"Source Description Object", description_fields};

/* A document on its way in. */
struct loading {
  struct compiler compiler;
  struct document_reader reader;
  sv path;
  struct sb digests; /* of each file, in order of loading */
  struct document *document;
};

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
  while ((got = fread(buffer, 1, sizeof buffer, file)) > 0) {
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

static bool load_source(struct loading *loading, sv path, struct source **out, struct err *e) {
  sv text;
  struct sha256 digest;
  if (!loading->reader.read(loading->reader.context, path, loading->compiler.arena, &text, e) ||
      !sha256(text, &digest, e) || !yaml_parse(loading->compiler.arena, path, text, out, e)) {
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  sb_format(&loading->digests, "%s\n", hex.text);
  return true;
}

/* Arazzo 1.1.0, Source Description Object: a relative `url` is resolved against the document's own place. */
static bool resolve_path(struct loading *loading, const json *url, sv *out, struct err *e) {
  sv text = json_string(url);
  if (sv_contains(text, SV("://"))) {
    return source_error(loading->compiler.source, url, e, ERR_UNSUPPORTED,
                        "the description at '%.*s' is not fetched; keep a copy beside the document and give its "
                        "relative path",
                        SV_ARG(text));
  }
  size_t folder = loading->path.len;
  while (folder > 0 && loading->path.ptr[folder - 1] != '/') {
    folder--;
  }
  struct sb path = sb_new(loading->compiler.arena, LIMIT_URL_BYTES);
  if (!sv_starts(text, SV("/"))) {
    sb_put(&path, sv_slice(loading->path, 0, folder));
  }
  sb_put(&path, text);
  return sb_finish(&path, "the path of a source description", out, e);
}

static bool load_description(struct loading *loading, const json *node, struct description *out, struct err *e) {
  const struct source *source = loading->compiler.source;
  sv path;
  struct source *file = NULL;
  if (!shape_check(source, node, &description_shape, e)) {
    return false;
  }
  const json *type = json_get(node, SV("type"));
  if (type && !sv_eq(json_string(type), SV("openapi"))) {
    return source_error(source, type, e, ERR_UNSUPPORTED,
                        "source descriptions of type '%.*s' are not supported; only 'openapi' is",
                        SV_ARG(json_string(type)));
  }
  out->name = json_string(json_get(node, SV("name")));
  if (!resolve_path(loading, json_get(node, SV("url")), &path, e)) {
    return false;
  }
  if (!load_source(loading, path, &file, e)) {
    struct source_place place = source_place(source, json_get(node, SV("url")));
    return err_at(e, source->name, place.line, place.column);
  }
  return openapi_open(loading->compiler.arena, file, &out->openapi, e);
}

static bool load_descriptions(struct loading *loading, struct err *e) {
  const struct source *source = loading->compiler.source;
  const json *list = json_get(source->root, SV("sourceDescriptions"));
  size_t count = json_count(list);
  if (count == 0 || count > LIMIT_SOURCE_DESCRIPTIONS) {
    return source_error(source, list, e, ERR_INVALID, "'sourceDescriptions' must have 1 to %d entries, but has %zu",
                        LIMIT_SOURCE_DESCRIPTIONS, count);
  }
  struct description *items = arena_array(loading->compiler.arena, count, sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  loading->compiler.descriptions = items;
  for (const json *node = json_first(list); node; node = node->next) {
    struct description *item = &items[loading->compiler.description_count];
    if (!load_description(loading, node, item, e)) {
      return err_in(e, "sourceDescriptions[%zu]", loading->compiler.description_count);
    }
    for (size_t i = 0; i < loading->compiler.description_count; i++) {
      /* Arazzo 1.1.0, Source Description Object: the name MUST be unique. */
      if (sv_eq(items[i].name, item->name)) {
        return source_error(source, json_get(node, SV("name")), e, ERR_INVALID,
                            "two source descriptions have the name '%.*s'", SV_ARG(item->name));
      }
    }
    loading->compiler.description_count++;
  }
  return true;
}

static bool read_version(const struct source *source, enum arazzo_version *out, struct err *e) {
  const json *node = json_get(source->root, SV("arazzo"));
  sv text = json_string(node);
  *out = sv_starts(text, SV("1.1.")) ? ARAZZO_1_1 : ARAZZO_1_0;
  if (*out == ARAZZO_1_0 && !sv_starts(text, SV("1.0."))) {
    return source_error(source, node, e, ERR_UNSUPPORTED, "Arazzo version '%.*s' is not supported; 1.0.x and 1.1.x are",
                        SV_ARG(text));
  }
  return true;
}

static bool check_document(const struct source *source, struct err *e) {
  if (!shape_check(source, source->root, &document_shape, e)) {
    return false;
  }
  if (!shape_check(source, json_get(source->root, SV("info")), &info_shape, e)) {
    return err_in(e, "info");
  }
  const json *components = json_get(source->root, SV("components"));
  return !components || shape_check(source, components, &components_shape, e) || err_in(e, "components");
}

static bool name_workflows(struct loading *loading, const json *list, struct err *e) {
  struct document *document = loading->document;
  const struct source *source = loading->compiler.source;
  for (const json *node = json_first(list); node; node = node->next) {
    const json *id = json_get(node, SV("workflowId"));
    if (json_string(id).len == 0) {
      return source_error(source, id ? id : node, e, ERR_INVALID,
                          "this Workflow Object has no 'workflowId', or an empty one; it is required");
    }
    /* Arazzo 1.1.0, Workflow Object: the workflowId MUST be unique amongst all workflows of the document. */
    if (document_workflow(document, json_string(id))) {
      return source_error(source, id, e, ERR_INVALID, "two workflows have the workflowId '%.*s'",
                          SV_ARG(json_string(id)));
    }
    struct workflow *workflow = &document->workflows[document->workflow_count++];
    workflow->id = json_string(id);
    workflow->node = node;
  }
  return true;
}

static bool compile_workflows(struct loading *loading, struct err *e) {
  const struct source *source = loading->compiler.source;
  const json *list = json_get(source->root, SV("workflows"));
  struct document *document = loading->document;
  if (json_count(list) == 0) {
    return source_error(source, list, e, ERR_INVALID, "'workflows' must have at least one entry");
  }
  document->workflows = arena_array(loading->compiler.arena, json_count(list), sizeof *document->workflows);
  if (!document->workflows) {
    return err_memory(e);
  }
  if (!name_workflows(loading, list, e)) {
    return false;
  }
  struct workflow *workflow = document->workflows;
  for (const json *node = json_first(list); node; node = node->next, workflow++) {
    if (!workflow_compile(&loading->compiler, node, workflow, e) ||
        !references_check(&loading->compiler, workflow, e)) {
      return err_in(e, "workflow %.*s", SV_ARG(workflow->id));
    }
  }
  return true;
}

static bool digest_of_files(struct loading *loading, struct err *e) {
  sv digests;
  struct sha256 digest;
  if (!sb_finish(&loading->digests, "the list of digests", &digests, e) || !sha256(digests, &digest, e)) {
    return false;
  }
  loading->document->digest = sha256_to_hex(&digest);
  return true;
}

static bool load(struct loading *loading, struct err *e) {
  struct source *source = NULL;
  if (!load_source(loading, loading->path, &source, e)) {
    return false;
  }
  loading->document->source = source;
  loading->compiler.source = source;
  return check_document(source, e) && read_version(source, &loading->compiler.version, e) &&
         load_descriptions(loading, e) && compile_workflows(loading, e) && digest_of_files(loading, e);
}

bool document_load(struct arena *arena, sv path, struct document_reader reader, const struct document **out,
                   struct err *e) {
  struct document *document = arena_alloc(arena, sizeof *document);
  if (!document) {
    return err_memory(e);
  }
  struct loading loading = {
      .compiler = {.arena = arena},
      .reader = reader,
      .path = path,
      .digests = sb_new(arena, KIB(64)),
      .document = document,
  };
  if (!load(&loading, e)) {
    return err_at(e, path, 0, 0);
  }
  document->version = loading.compiler.version;
  *out = document;
  return true;
}

const struct workflow *document_workflow(const struct document *document, sv id) {
  for (size_t i = 0; i < document->workflow_count; i++) {
    if (sv_eq(document->workflows[i].id, id)) {
      return &document->workflows[i];
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
