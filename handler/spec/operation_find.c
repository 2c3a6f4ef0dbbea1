/* From a step to its operation: `operationId`, bare or with the name of its source, and `operationPath` in both published
 * spellings (Arazzo 1.1.0, Step Object). */
#include "compiler.h"
#include "errinfo.h"
#include "pointer.h"

/* "$sourceDescriptions.<name>.<operationId>" names the description, a bare id is looked up in all of them. */
static void split_operation(sv text, sv *description, sv *id) {
  sv prefix = SV("$sourceDescriptions.");
  sv rest = sv_slice(text, prefix.len, text.len);
  if (!sv_starts(text, prefix) || !sv_split(rest, '.', description, id)) {
    *description = (sv){"", 0};
    *id = text;
  }
}

/* "{$sourceDescriptions.<name>.url}#<pointer>", or the same without braces or ".url": the source and the pointer. Also
 * "$sourceDescriptions.<name>.<operation>", which is how AsyncAPI operations are written: then there is no pointer. */
static bool split_path(sv text, sv *name, sv *fragment) {
  sv prefix = SV("$sourceDescriptions.");
  size_t hash = sv_find(text, '#');
  sv source = sv_slice(text, 0, hash);
  *fragment = sv_slice(text, hash + 1, text.len);
  if (sv_starts(source, SV("{")) && sv_ends(source, SV("}"))) {
    source = sv_slice(source, 1, source.len - 1);
  }
  if (!sv_starts(source, prefix)) {
    return false;
  }
  source = sv_slice(source, prefix.len, source.len);
  *name = sv_slice(source, 0, sv_find(source, '.'));
  sv field = sv_slice(source, name->len, source.len);
  return hash == text.len || field.len == 0 || sv_eq(field, SV(".url"));
}

/* An operation as an operationPath addresses it. */
struct operation_address {
  sv path;
  sv method;
  bool is_additional;
};

/* "/paths/<path>/<method>" of the fragment, or "/paths/<path>/additionalOperations/<method>". `*found` is false for every other
 * pointer. */
static bool split_pointer(struct arena *arena, sv fragment, struct operation_address *out, bool *found, struct err *e) {
  sv pointer;
  sv tokens[4];
  size_t count = 0;
  bool more = true;
  *found = false;
  if (!pointer_from_fragment(arena, fragment, &pointer, e) || !pointer_check(pointer, e)) {
    return false;
  }
  while (count < 4 && more) {
    if (!pointer_next_token(arena, &pointer, &tokens[count], &more, e)) {
      return false;
    }
    count += more ? 1 : 0;
  }
  if (count < 3 || pointer.len || !sv_eq(tokens[0], SV("paths"))) {
    return true;
  }
  *out = (struct operation_address){tokens[1], tokens[count - 1], count == 4};
  *found = count == 3 || sv_eq(tokens[2], SV("additionalOperations"));
  return true;
}

static const struct description *named_description(const struct compiler *compiler, sv name, const json *node,
                                                   struct err *e) {
  const struct description *description = document_description(compiler->document, name);
  if (!description) {
    source_report(compiler->source, node, e, ERR_INVALID, "there is no source description '%.*s'", SV_ARG(name));
    return NULL;
  }
  if (description->is_broken) {
    err_record(e, ERR_KNOWN, "the description could not be read");
    return NULL;
  }
  if (!description->openapi) {
    description_refuse(compiler, description, node, e);
    return NULL;
  }
  return description;
}

/* The name of the source that the step names; empty when it names none. */
static sv source_named(const json *node) {
  sv name = SV("");
  sv rest;
  sv text = json_string(json_get(node, SV("operationId")));
  if (text.len) {
    split_operation(text, &name, &rest);
    return name;
  }
  return split_path(json_string(json_get(node, SV("operationPath"))), &name, &rest) ? name : SV("");
}

static bool is_asyncapi(const struct description *description) {
  return description && description->type == DESCRIPTION_ASYNCAPI;
}

bool operation_is_async(const struct compiler *compiler, const json *node) {
  static const char *const fields[] = {"channelPath", "action", "correlationId"};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    if (json_get(node, sv_from(fields[i]))) {
      return true;
    }
  }
  return is_asyncapi(document_description(compiler->document, source_named(node)));
}

static bool find_by_path(struct compiler *compiler, const json *reference, struct step *step, struct err *e) {
  struct err why;
  sv name = SV("");
  sv fragment;
  struct operation_address at;
  bool found = false;
  err_clear(&why);
  const struct source *source = compiler->source;
  if (!split_path(json_string(reference), &name, &fragment) ||
      !split_pointer(compiler->arena, fragment, &at, &found, &why) || !found) {
    return source_error(source, reference, e, why.code == ERR_MEMORY ? ERR_MEMORY : ERR_INVALID,
                        "an 'operationPath' has the form {$sourceDescriptions.<name>.url}#/paths/<path>/<method>, with "
                        "each '/' of the path written as ~1%s%s",
                        why.code ? ": " : "", why.text);
  }
  const struct description *description = named_description(compiler, name, reference, e);
  if (!description ||
      !openapi_operation_at(description->openapi, at.path, at.method, at.is_additional, &step->operation, e)) {
    return false;
  }
  step->source = description;
  return step->operation ||
         source_error(source, reference, e, ERR_INVALID, "the source description '%.*s' has no operation '%.*s %.*s'",
                      SV_ARG(name), SV_ARG(at.method), SV_ARG(at.path));
}

/* False with the reason when a part of the description, in which the operation may be, could not be read. */
static bool check_read(const struct description *description, struct err *e) {
  const struct err *why = description->openapi ? openapi_unread(description->openapi) : NULL;
  if (why) {
    *e = *why;
  }
  return !why;
}

static bool check_all_read(const struct document *document, struct err *e) {
  for (size_t i = 0; i < document->description_count; i++) {
    if (document->descriptions[i].is_broken) {
      return err_known(e);
    }
    if (!check_read(&document->descriptions[i], e)) {
      return false;
    }
  }
  return true;
}

static bool find_in(struct compiler *compiler, const json *reference, sv name, sv id, struct step *step,
                    struct err *e) {
  const struct description *description = named_description(compiler, name, reference, e);
  if (!description || !openapi_operation(description->openapi, id, &step->operation, e)) {
    return false;
  }
  step->source = description;
  if (step->operation || !check_read(description, e)) {
    return step->operation != NULL;
  }
  return source_error(compiler->source, reference, e, ERR_INVALID,
                      "the source description '%.*s' has no operation with the operationId '%.*s'", SV_ARG(name),
                      SV_ARG(id));
}

/* A bare operationId is looked up in all descriptions. */
static bool search_operation(struct compiler *compiler, sv id, struct step *step, size_t *count, struct err *e) {
  const struct document *document = compiler->document;
  for (size_t i = 0; i < document->description_count; i++) {
    const struct operation *operation = NULL;
    struct openapi *openapi = document->descriptions[i].is_broken ? NULL : document->descriptions[i].openapi;
    if (openapi && !openapi_operation(openapi, id, &operation, e)) {
      return false;
    }
    if (operation) {
      *count += 1;
      step->operation = operation;
      step->source = &document->descriptions[i];
    }
  }
  return true;
}

/* The description in which an operation may be that was found nowhere else: one that is not at hand, or the only one, of AsyncAPI.
 * (Arazzo 1.1.0, Step Object: with several descriptions the operationId MUST name its source.) */
static const struct description *unloaded_description(const struct document *document) {
  const struct description *only = NULL;
  size_t count = 0;
  for (size_t i = 0; i < document->description_count; i++) {
    const struct description *description = &document->descriptions[i];
    if (description->is_broken) {
      continue;
    }
    if (description->type == DESCRIPTION_REMOTE) {
      return description;
    }
    count += description->type != DESCRIPTION_ARAZZO;
    only = is_asyncapi(description) ? description : only;
  }
  return count == 1 ? only : NULL;
}

/* "api.getThing" is how another program writes it. */
static bool refuse_unknown(const struct compiler *compiler, const json *reference, sv id, struct err *e) {
  sv name = sv_slice(id, 0, sv_find(id, '.'));
  bool names_source = name.len < id.len && document_description(compiler->document, name);
  return names_source ? source_error(compiler->source, reference, e, ERR_INVALID,
                                     "no source description has an operation with the operationId '%.*s'; write "
                                     "$sourceDescriptions.%.*s",
                                     SV_ARG(id), SV_ARG(id))
                      : source_error(compiler->source, reference, e, ERR_INVALID,
                                     "no source description has an operation with the operationId '%.*s'", SV_ARG(id));
}

static bool find_anywhere(struct compiler *compiler, const json *reference, sv id, struct step *step, struct err *e) {
  size_t count = 0;
  if (!search_operation(compiler, id, step, &count, e)) {
    return false;
  }
  if (count > 1) {
    return source_error(compiler->source, reference, e, ERR_INVALID,
                        "several source descriptions have an operation '%.*s'; write $sourceDescriptions.<name>.%.*s",
                        SV_ARG(id), SV_ARG(id));
  }
  const struct description *unloaded = count ? NULL : unloaded_description(compiler->document);
  if (unloaded) {
    return is_asyncapi(unloaded) || description_refuse(compiler, unloaded, reference, e);
  }
  if (count || !check_all_read(compiler->document, e)) {
    return count != 0;
  }
  return refuse_unknown(compiler, reference, id, e);
}

bool operation_find(struct compiler *compiler, const json *node, struct step *step, struct err *e) {
  const json *path = json_get(node, SV("operationPath"));
  const json *reference = json_get(node, SV("operationId"));
  sv name;
  sv id;
  if (path) {
    return find_by_path(compiler, path, step, e);
  }
  split_operation(json_string(reference), &name, &id);
  return name.len ? find_in(compiler, reference, name, id, step, e) : find_anywhere(compiler, reference, id, step, e);
}
