/* Source Description Objects (Arazzo 1.1.0): what they name is loaded once. `type` is optional; the content decides, and must be
 * what the type says.
 *
 * URLs are fetched only by a reader that does (the command line's, when it is asked to): a function must not depend on a server
 * that may be gone, or changed, when it starts. A document that is published with a copy of its sources beside it says so by
 * `$self` (location.c). AsyncAPI descriptions are not
 * looked at. */
#include "arena.h"
#include "errinfo.h"
#include "loading.h"
#include "location.h"

/* What the content is, told by its first field. */
static enum description_type type_of(const struct source *source) {
  if (json_get(source->root, SV("arazzo"))) {
    return DESCRIPTION_ARAZZO;
  }
  return json_get(source->root, SV("asyncapi")) ? DESCRIPTION_ASYNCAPI : DESCRIPTION_OPENAPI;
}

static const char *type_name(enum description_type type) {
  switch (type) {
  case DESCRIPTION_ARAZZO:
    return "arazzo";
  case DESCRIPTION_ASYNCAPI:
    return "asyncapi";
  case DESCRIPTION_OPENAPI:
  case DESCRIPTION_REMOTE:
    break;
  }
  return "openapi";
}

/* A description that some document of the set has loaded already. */
static const struct description *loaded_description(const struct loading *loading, sv path) {
  for (size_t i = 0; i < loading->set->count; i++) {
    const struct document *document = loading->set->items[i];
    for (size_t j = 0; j < document->description_count; j++) {
      if (document->descriptions[j].openapi && sv_eq(document->descriptions[j].path, path)) {
        return &document->descriptions[j];
      }
    }
  }
  return NULL;
}

static bool check_type(const struct document *document, const json *type, enum description_type found, sv path,
                       struct err *e) {
  return !type || sv_eq(json_string(type), sv_from(type_name(found))) ||
         source_error(document->source, type, e, ERR_INVALID, "'%.*s' is no '%.*s' description; it looks like '%s'",
                      SV_ARG(path), SV_ARG(json_string(type)), type_name(found));
}

/* The tree of an Arazzo document stays, so that it is made anew where it can. */
static bool load_document(struct loading *loading, const struct source_file *file, struct description *out,
                          struct err *e) {
  struct source *source = NULL;
  return yaml_parse(loading->arena, file->path, file->text, &source, e) &&
         document_open(loading, out->path, source, &out->document, e);
}

static bool load_content(struct loading *loading, const struct source_file *file, struct description *out,
                         struct err *e) {
  switch (out->type) {
  case DESCRIPTION_OPENAPI:
    return openapi_open(loading->arena, &loading->files, file->source, &out->openapi, e);
  case DESCRIPTION_ARAZZO:
    return load_document(loading, file, out, e);
  case DESCRIPTION_ASYNCAPI:
  case DESCRIPTION_REMOTE:
    break;
  }
  return true;
}

static bool load_new(struct loading *loading, const struct document *document, const json *node,
                     struct description *out, struct err *e) {
  const struct source_file *file = NULL;
  if (!source_set_load(&loading->files, out->path, &file, e)) {
    struct source_place place = source_place(document->source, json_get(node, SV("url")));
    return err_at(e, document->source->name, place.line, place.column);
  }
  out->type = type_of(file->source);
  return check_type(document, json_get(node, SV("type")), out->type, out->path, e) &&
         load_content(loading, file, out, e);
}

/* A file that was loaded before is not loaded again. */
static bool load_file(struct loading *loading, const struct document *document, const json *node,
                      struct description *out, struct err *e) {
  const struct description *known = loaded_description(loading, out->path);
  out->document = document_loaded(loading, out->path);
  out->openapi = known ? known->openapi : NULL;
  if (!out->document && !out->openapi) {
    return load_new(loading, document, node, out, e);
  }
  out->type = out->document ? DESCRIPTION_ARAZZO : DESCRIPTION_OPENAPI;
  return check_type(document, json_get(node, SV("type")), out->type, out->path, e);
}

bool description_load(struct loading *loading, struct document *document, const json *node, struct description *out,
                      struct err *e) {
  struct location location;
  const json *type = json_get(node, SV("type"));
  const json *url = json_get(node, SV("url"));
  out->name = json_string(json_get(node, SV("name")));
  if (sv_eq(json_string(type), SV("asyncapi"))) {
    out->type = DESCRIPTION_ASYNCAPI;
    return true;
  }
  if (!location_resolve(loading->arena, document->path, document->self, json_string(url), &location, e)) {
    struct source_place place = source_place(document->source, url);
    return err_at(e, document->source->name, place.line, place.column);
  }
  out->uri = location.uri;
  out->path = location.path.len || !loading->files.reader.fetches ? location.path : location.uri;
  out->type = DESCRIPTION_REMOTE;
  return out->path.len == 0 || load_file(loading, document, node, out, e);
}

bool description_refuse(const struct compiler *compiler, const struct description *description, const json *node,
                        struct err *e) {
  const json *url = json_get(description->node, SV("url"));
  switch (description->type) {
  case DESCRIPTION_REMOTE:
    return source_error(compiler->source, url, e, ERR_UNSUPPORTED,
                        "the description at '%.*s' is not fetched; keep a copy beside the document and give its "
                        "relative path (arazzo run, step and validate fetch it with --fetch)",
                        SV_ARG(json_string(url)));
  case DESCRIPTION_ARAZZO:
    return source_error(compiler->source, node, e, ERR_INVALID,
                        "the source description '%.*s' is an Arazzo document; run its workflows by 'workflowId'",
                        SV_ARG(description->name));
  case DESCRIPTION_OPENAPI:
    return source_error(compiler->source, node, e, ERR_INVALID,
                        "the source description '%.*s' is an OpenAPI description; it has operations, not workflows",
                        SV_ARG(description->name));
  case DESCRIPTION_ASYNCAPI:
    break;
  }
  return source_error(compiler->source, node, e, ERR_UNSUPPORTED,
                      "the source description '%.*s' is an AsyncAPI description; sending and receiving messages is not "
                      "supported",
                      SV_ARG(description->name));
}
