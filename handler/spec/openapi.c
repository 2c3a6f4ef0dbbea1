/* Opening descriptions and looking into them. What an operation holds is compiled by operation_compile.c when a step refers to it:
 * the size of a description does not matter. The shapes that published descriptions of AWS's services have are taken as they are:
 * path keys with a #fragment or a query, X-Amz-* parameters on every path item, statuses that no server sends.
 *
 * Swagger 2.0 becomes the same data (swagger.c). Choosing a server and filling in its variables is engine/endpoint.c's. */
#include "openapi.h"

#include "arena.h"
#include "errinfo.h"
#include "openapi_compile.h"
#include "source_set.h"

static bool read_version(const struct source *source, enum openapi_version *out, struct err *e) {
  const json *swagger = json_get(source->root, SV("swagger"));
  const json *version = swagger ? swagger : json_get(source->root, SV("openapi"));
  sv text = json_string(version);
  if (!json_is_string(version)) {
    return source_error(
        source, version ? version : source->root, e, ERR_INVALID,
        "this is not an OpenAPI description: it has no 'openapi: 3.x.y' (a text) and no 'swagger: \"2.0\"'");
  }
  if (swagger ? !sv_eq(text, SV("2.0")) : !sv_starts(text, SV("3."))) {
    return source_error(source, version, e, ERR_UNSUPPORTED,
                        "OpenAPI version '%.*s' is not supported; Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are",
                        SV_ARG(sv_slice(text, 0, 80)));
  }
  *out = swagger ? SWAGGER_2_0 : sv_starts(text, SV("3.0")) ? OPENAPI_3_0 : OPENAPI_3_1;
  return true;
}

bool openapi_open(struct arena *arena, struct source_set *files, const struct source *source, struct openapi **out,
                  struct err *e) {
  enum openapi_version version = OPENAPI_3_0;
  if (!read_version(source, &version, e)) {
    return false;
  }
  if (json_type(json_get(source->root, SV("paths"))) != JSON_OBJECT) {
    return source_error(source, source->root, e, ERR_INVALID, "the description has no 'paths' object");
  }
  struct openapi *openapi = arena_alloc(files->arena, sizeof *openapi);
  if (!openapi) {
    return err_memory(e);
  }
  *openapi = (struct openapi){.arena = arena, .files = files, .source = source, .version = version};
  openapi->schemas = (struct wire_compiler){.arena = arena, .files = files, .ignores_siblings = version < OPENAPI_3_1};
  *out = openapi;
  return true;
}

const struct err *openapi_unread(const struct openapi *openapi) {
  return openapi->index.unread.code == ERR_NONE ? NULL : &openapi->index.unread;
}

static bool compile_once(struct openapi *openapi, struct operation_entry *entry, const struct operation **out,
                         struct err *e) {
  *out = NULL;
  if (entry && !entry->compiled && !operation_compile(openapi, entry, &entry->compiled, e)) {
    return false;
  }
  *out = entry ? entry->compiled : NULL;
  return true;
}

bool openapi_operation(struct openapi *openapi, sv operation_id, const struct operation **out, struct err *e) {
  struct operation_entry *entry = NULL;
  *out = NULL;
  return operation_index_find(&openapi->index, openapi->files, openapi->source, operation_id, &entry, e) &&
         compile_once(openapi, entry, out, e);
}

bool openapi_operation_at(struct openapi *openapi, sv path, sv method, bool is_additional, const struct operation **out,
                          struct err *e) {
  struct operation_entry *entry = NULL;
  *out = NULL;
  return operation_index_find_at(&openapi->index, openapi->files, openapi->source, path, method, is_additional, &entry,
                                 e) &&
         compile_once(openapi, entry, out, e);
}

sv parameter_plain_name(sv name, enum parameter_in in) {
  return in == IN_PATH && name.len > 1 && sv_ends(name, SV("+")) ? sv_slice(name, 0, name.len - 1) : name;
}

const struct operation_parameter *operation_parameter(const struct operation *operation, sv name,
                                                      enum parameter_in in) {
  sv plain = parameter_plain_name(name, in);
  for (size_t i = 0; i < operation->parameter_count; i++) {
    const struct operation_parameter *parameter = &operation->parameters[i];
    if (parameter->in == in &&
        (in == IN_HEADER ? sv_eq_nocase(parameter->name, plain) : sv_eq(parameter->name, plain))) {
      return parameter;
    }
  }
  return NULL;
}

static bool describes(const struct operation_response *response, enum status_pattern pattern, int status) {
  return response->pattern == pattern &&
         (pattern == STATUS_DEFAULT || response->status == (pattern == STATUS_RANGE ? status / 100 * 100 : status));
}

const struct operation_response *operation_response(const struct operation *operation, int status) {
  static const enum status_pattern patterns[] = {STATUS_EXACT, STATUS_RANGE, STATUS_DEFAULT};
  for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
    for (size_t j = 0; j < operation->response_count; j++) {
      if (describes(&operation->responses[j], patterns[i], status)) {
        return &operation->responses[j];
      }
    }
  }
  return NULL;
}
