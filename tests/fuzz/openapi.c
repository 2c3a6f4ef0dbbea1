/* Any bytes as an OpenAPI description: it opens, and each of its operations is compiled, or is refused with a text, a file and,
 * unless memory or a file is the cause, a place. What is compiled is of one piece: each name and list can be read. */
#include "openapi.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "source_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char other[] = "S: {type: object, properties: {s: {$ref: '#/S'}}}\np: {name: p, in: query}\n";

static bool read_file(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const sv *description = context;
  (void)arena;
  if (!sv_eq(path, SV("api.yml")) && !sv_eq(path, SV("other.yml"))) {
    return err_set(e, ERR_INVALID, "there is no such file");
  }
  *text = sv_eq(path, SV("api.yml")) ? *description : sv_from(other);
  return true;
}

static void check_error(const struct err *e) {
  if (e->code == ERR_NONE || !e->text[0] || (e->code != ERR_MEMORY && (!e->file[0] || e->line == 0))) {
    abort();
  }
}

/* Reads every byte of the text, so that a sanitizer sees it. */
static size_t weigh(sv text) {
  size_t sum = 0;
  for (size_t i = 0; i < text.len; i++) {
    sum += (unsigned char)text.ptr[i];
  }
  return sum;
}

static size_t weigh_schema(const struct wire_schema *schema, int depth) {
  size_t sum = 0;
  if (!schema || depth == 4) {
    return 0;
  }
  for (size_t i = 0; i < schema->property_count; i++) {
    sum += weigh(schema->properties[i].name) + weigh_schema(schema->properties[i].schema, depth + 1);
  }
  return sum + weigh(schema->xml_name) + weigh(schema->component) + weigh_schema(schema->items, depth + 1) +
         weigh_schema(schema->values, depth + 1);
}

static size_t weigh_media(const struct media_list *list) {
  size_t sum = 0;
  for (size_t i = 0; i < list->count; i++) {
    sum += weigh(list->items[i].type) + weigh_schema(list->items[i].schema, 0);
    for (size_t j = 0; j < list->items[i].encoding_count; j++) {
      sum += weigh(list->items[i].encodings[j].property);
    }
  }
  return sum;
}

static size_t weigh_security(const struct security *security) {
  size_t sum = 0;
  for (size_t i = 0; i < security->count; i++) {
    for (size_t j = 0; j < security->items[i].count; j++) {
      const struct security_requirement *item = &security->items[i].items[j];
      sum += weigh(item->scheme->name) + (item->scope_count ? weigh(item->scopes[0]) : 0);
    }
  }
  return sum;
}

static void check_operation(const struct operation *operation) {
  size_t sum = weigh(operation->id) + weigh(operation->path) + weigh(operation->aws_operation);
  for (size_t i = 0; i < operation->parameter_count; i++) {
    const struct operation_parameter *parameter = &operation->parameters[i];
    sum += weigh(parameter->name) + weigh_schema(parameter->schema, 0);
    if (operation_parameter(operation, parameter->name, parameter->in) == NULL) {
      abort();
    }
  }
  for (size_t i = 0; i < operation->servers.count; i++) {
    sum += weigh(operation->servers.items[i].url);
  }
  for (size_t i = 0; i < operation->response_count; i++) {
    sum += weigh_media(&operation->responses[i].content);
  }
  sum += weigh_media(&operation->request) + weigh_security(&operation->security);
  if (operation->method.len == 0 || (operation->signing == SIGNING_AWS_SIGV4 && operation->protocol == AWS_NONE) ||
      sum == SIZE_MAX) {
    abort();
  }
}

/* By path and method, and by operationId. */
static void compile(struct openapi *openapi, sv path, const json *node, bool is_additional) {
  struct err e = {0};
  const struct operation *operation = NULL;
  if (!openapi_operation_at(openapi, path, json_name(node), is_additional, &operation, &e)) {
    check_error(&e);
  } else if (operation) {
    check_operation(operation);
  }
  err_clear(&e);
  if (!openapi_operation(openapi, json_string(json_get(node, SV("operationId"))), &operation, &e)) {
    check_error(&e);
  }
}

static void compile_all(struct openapi *openapi, const json *paths) {
  for (const json *path = json_first(paths); path; path = path->next) {
    for (const json *node = json_first(path); node; node = node->next) {
      compile(openapi, json_name(path), node, false);
    }
    for (const json *node = json_first(json_get(path, SV("additionalOperations"))); node; node = node->next) {
      if (node->string) {
        compile(openapi, json_name(path), node, true);
      }
    }
    struct err e = {0};
    const struct operation *operation = NULL;
    if (!openapi_operation_at(openapi, json_name(path), SV("get"), false, &operation, &e)) {
      check_error(&e);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  struct arena *arena = arena_new(MIB(256));
  struct arena *trees = arena_new(MIB(256));
  struct source_set set = {.arena = trees, .reader = {.read = read_file, .context = &text}};
  const struct source_file *file = NULL;
  struct openapi *openapi = NULL;
  struct err e = {0};
  if (source_set_load(&set, SV("api.yml"), &file, &e)) {
    if (openapi_open(arena, &set, file->source, &openapi, &e)) {
      compile_all(openapi, json_get(file->source->root, SV("paths")));
    } else {
      check_error(&e);
    }
  }
  arena_drop(trees);
  arena_drop(arena);
  return 0;
}
