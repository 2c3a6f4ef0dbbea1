/* From an Operation Object to what a request needs of it (OpenAPI 3.2, Operation Object). This file lists the parts; the path and
 * the servers are read here, parameters, bodies, security and AWS's traits in files of their own. Swagger 2.0 differs in servers,
 * bodies and the styles of parameters (swagger.c). */
#include "openapi_compile.h"

#include "arena.h"

bool operation_keep(const struct operation_source *o, sv text, sv *out) {
  *out = sv_copy(o->openapi->arena, text);
  return out->len == text.len || err_memory(o->e);
}

bool operation_keep_member(const struct operation_source *o, const json *object, const char *name, sv *out) {
  return operation_keep(o, json_string(json_get(object, sv_from(name))), out);
}

/* ---- servers ---- */

static bool read_values(const struct operation_source *o, const json *list, struct server_variable *out) {
  sv *values = arena_array(o->openapi->arena, json_count(list) + 1, sizeof *values);
  if (!values) {
    return err_memory(o->e);
  }
  out->values = values;
  for (const json *each = json_first(list); each; each = each->next) {
    sv text = SV("");
    json_scalar_text(each, &text);
    if (!operation_keep(o, text, &values[out->value_count++])) {
      return false;
    }
  }
  return true;
}

static bool read_variable(const struct operation_source *o, const json *node, struct server_variable *out) {
  sv value = SV("");
  json_scalar_text(json_get(node, SV("default")), &value);
  return operation_keep(o, json_name(node), &out->name) && operation_keep(o, value, &out->value) &&
         read_values(o, json_get(node, SV("enum")), out);
}

static bool read_server(const struct operation_source *o, const json *node, struct server *out) {
  const json *list = json_get(node, SV("variables"));
  struct server_variable *variables = arena_array(o->openapi->arena, json_count(list) + 1, sizeof *variables);
  if (!variables) {
    return err_memory(o->e);
  }
  out->variables = variables;
  for (const json *each = json_first(list); each; each = each->next) {
    if (!read_variable(o, each, &variables[out->variable_count++])) {
      return false;
    }
  }
  return operation_keep_member(o, node, "url", &out->url) && operation_keep_member(o, node, "name", &out->name);
}

/* The operation's own list, else the path item's, else the document's. A path item of another file has that file's place, but the
 * servers of the description that refers to it. */
static const json *nearest_servers(const struct operation_source *o) {
  const json *levels[] = {o->entry->node.node, o->entry->item.node, o->openapi->source->root};
  for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
    const json *servers = json_get(levels[i], SV("servers"));
    if (json_count(servers) > 0) {
      return servers;
    }
  }
  return NULL;
}

static bool read_servers(const struct operation_source *o) {
  const json *list = nearest_servers(o);
  struct server *items = arena_array(o->openapi->arena, json_count(list) + 1, sizeof *items);
  struct server_list *out = &o->out->servers;
  if (!items) {
    return err_memory(o->e);
  }
  out->items = items;
  for (const json *each = json_first(list); each; each = each->next) {
    if (!read_server(o, each, &items[out->count++])) {
      return false;
    }
  }
  return true;
}

/* ---- the path ---- */

/* OpenAPI 3.2, Path Templating: braces come in pairs. */
static bool check_path(const struct operation_source *o) {
  sv before;
  sv after;
  sv rest = o->out->path;
  while (sv_split(rest, '{', &before, &after)) {
    sv name;
    if (!sv_split(after, '}', &name, &rest) || name.len == 0) {
      const struct operation_entry *entry = o->entry;
      struct source_place place = source_name_place(o->openapi->source, entry->path);
      err_set(o->e, ERR_INVALID, "the path '%.*s' of the operation has '{' without a name and '}'",
              SV_ARG(sv_slice(entry->key, 0, 200)));
      return err_at(o->e, o->openapi->source->name, place.line, place.column);
    }
  }
  return true;
}

/* Path keys carry a fragment to keep them unique. */
static bool read_path(const struct operation_source *o) {
  sv key = o->entry->key;
  if (!operation_keep(o, key, &o->out->key)) {
    return false;
  }
  o->out->path = sv_slice(o->out->key, 0, sv_find(o->out->key, '#'));
  return check_path(o);
}

/* Methods of the path item are sent in upper case; additionalOperations as they are written (OpenAPI 3.2, Path Item Object). */
static bool read_method(const struct operation_source *o) {
  sv text = o->entry->method;
  char *method = arena_alloc(o->openapi->arena, text.len + 1);
  if (!method) {
    return err_memory(o->e);
  }
  for (size_t i = 0; i < text.len; i++) {
    bool is_lower = !o->entry->is_additional && text.ptr[i] >= 'a' && text.ptr[i] <= 'z';
    method[i] = (char)(is_lower ? text.ptr[i] - ('a' - 'A') : text.ptr[i]);
  }
  o->out->method = (sv){method, text.len};
  return true;
}

/* ---- the whole ---- */

static bool read_openapi(const struct operation_source *o) {
  return read_servers(o) && operation_read_security(o) && operation_read_parameters(o) && operation_read_aws(o) &&
         operation_read_request(o) && operation_read_responses(o);
}

static bool read_swagger(const struct operation_source *o) {
  return swagger_read_servers(o) && operation_read_security(o) && operation_read_parameters(o) &&
         operation_read_aws(o) && swagger_read_request(o) && swagger_read_responses(o);
}

bool operation_compile(struct openapi *openapi, const struct operation_entry *entry, const struct operation **out,
                       struct err *e) {
  struct operation *operation = arena_alloc(openapi->arena, sizeof *operation);
  struct operation_source o = {openapi, entry, operation, e};
  if (!operation) {
    return err_memory(e);
  }
  if (!operation_keep(&o, entry->id.len ? entry->id : entry->key, &operation->id) || !read_method(&o) ||
      !read_path(&o) || !(openapi->version == SWAGGER_2_0 ? read_swagger(&o) : read_openapi(&o))) {
    return false;
  }
  operation_settle(&o);
  if (!operation_settle_bodies(&o)) {
    return false;
  }
  *out = operation;
  return true;
}
