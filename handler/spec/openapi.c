/* Reading OpenAPI 3.x: only the operations that steps refer to are looked at, so that the size of a description does not
 * matter. The shapes that published descriptions of AWS services have are taken as they are: path keys with a #fragment or
 * a query, X-Amz-* parameters on every path item, statuses that no server sends.
 *
 * Not done here: choosing a server and filling in its variables (engine/endpoint.c), and `$ref` to other files, which is
 * refused where an operation needs it. */
#include "openapi.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "pointer.h"

#define REFERENCE_DEPTH 16

static const char *const method_names[] = {"get", "put", "post", "delete", "options", "head", "patch", "trace"};
#define METHOD_COUNT (sizeof method_names / sizeof method_names[0])

bool openapi_open(struct arena *arena, const struct source *source, const struct openapi **out, struct err *e) {
  const json *version = json_get(source->root, SV("openapi"));
  if (!json_is_string(version)) {
    return source_error(source, source->root, e, ERR_INVALID,
                        "this is not an OpenAPI 3 description: it has no 'openapi: 3.x.y'");
  }
  if (!sv_starts(json_string(version), SV("3."))) {
    return source_error(source, version, e, ERR_UNSUPPORTED, "OpenAPI version '%.*s' is not supported; use 3.0 or 3.1",
                        SV_ARG(json_string(version)));
  }
  if (json_type(json_get(source->root, SV("paths"))) != JSON_OBJECT) {
    return source_error(source, source->root, e, ERR_INVALID, "the description has no 'paths' object");
  }
  struct openapi *openapi = arena_alloc(arena, sizeof *openapi);
  if (!openapi) {
    return err_memory(e);
  }
  openapi->source = source;
  *out = openapi;
  return true;
}

/* Follows "$ref" within the file. */
static bool resolve(const struct openapi *openapi, const json **node, struct err *e) {
  for (int depth = 0; depth < REFERENCE_DEPTH; depth++) {
    const json *reference = json_get(*node, SV("$ref"));
    if (!json_is_string(reference)) {
      return true;
    }
    sv text = json_string(reference);
    const json *target =
        sv_starts(text, SV("#/")) ? pointer_get(openapi->source->root, sv_slice(text, 1, text.len)) : NULL;
    if (!target) {
      return source_error(
          openapi->source, reference, e, ERR_INVALID,
          "'$ref: %.*s' leads nowhere in this file; only references of the form '#/…' to existing parts "
          "are followed",
          SV_ARG(text));
    }
    *node = target;
  }
  return source_error(openapi->source, *node, e, ERR_INVALID, "'$ref' refers to itself, or through more than %d others",
                      REFERENCE_DEPTH);
}

/* What signing adds to a request; no step is ever asked for these. */
static bool is_signing_parameter(sv name) {
  static const char *const names[] = {"Algorithm", "Content-Sha256", "Credential", "Date",
                                      "Expires",   "Security-Token", "Signature",  "SignedHeaders"};
  sv prefix = SV("X-Amz-");
  if (!sv_eq_nocase(sv_slice(name, 0, prefix.len), prefix)) {
    return false;
  }
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (sv_eq_nocase(sv_slice(name, prefix.len, name.len), sv_from(names[i]))) {
      return true;
    }
  }
  return false;
}

/* OpenAPI 3.1, Parameter Object: header parameters of these names SHALL be ignored; other parts of the description say what they
 * are. */
static bool is_described_elsewhere(const struct operation_parameter *parameter) {
  static const char *const names[] = {"Accept", "Content-Type", "Authorization"};
  for (size_t i = 0; parameter->in == IN_HEADER && i < sizeof names / sizeof names[0]; i++) {
    if (sv_eq_nocase(parameter->name, sv_from(names[i]))) {
      return true;
    }
  }
  return false;
}

static bool read_in(const struct openapi *openapi, const json *node, enum parameter_in *in, struct err *e) {
  sv text = json_string(json_get(node, SV("in")));
  return parameter_in_read(text, in) ||
         source_error(openapi->source, node, e, ERR_INVALID,
                      "a parameter's 'in' must be path, query, querystring, header or cookie, but is '%.*s'",
                      SV_ARG(text));
}

/* OpenAPI 3.1, Parameter Object: `content` has one entry, the media type that the value is written in. */
static bool is_json_content(const json *node) {
  const json *content = json_get(node, SV("content"));
  return json_count(content) == 1 && media_type_is_json(json_name(json_first(content)));
}

/* Why values of the parameter can't be sent; NULL: they can. Only the default styles are written: form for queries and cookies,
 * simple elsewhere. A querystring is sent as the text that it is, whatever its 'content' says of it. */
static const char *why_unsupported(const json *node, enum parameter_in in) {
  const json *style = json_get(node, SV("style"));
  bool is_form = in == IN_QUERY || in == IN_COOKIE;
  if (in == IN_QUERYSTRING) {
    return NULL;
  }
  if (json_get(node, SV("content"))) {
    return is_json_content(node) ? NULL : "a 'content' that is not JSON";
  }
  if (json_is_true(json_get(node, SV("allowReserved")))) {
    return "'allowReserved'";
  }
  return style && !sv_eq(json_string(style), is_form ? SV("form") : SV("simple")) ? "this 'style'" : NULL;
}

/* `*keep` tells whether the parameter is one that a step may give. */
static bool read_parameter(const struct openapi *openapi, const json *node, struct operation_parameter *out, bool *keep,
                           struct err *e) {
  if (!resolve(openapi, &node, e)) {
    return false;
  }
  const json *name = json_get(node, SV("name"));
  if (!json_is_string(name)) {
    return source_error(openapi->source, node, e, ERR_INVALID, "a parameter has no 'name'");
  }
  out->name = json_string(name);
  if (!read_in(openapi, node, &out->in, e)) {
    return false;
  }
  *keep = !is_signing_parameter(out->name) && !is_described_elsewhere(out);
  if (!*keep) {
    return true;
  }
  const json *explode = json_get(node, SV("explode"));
  out->required = out->in == IN_PATH || json_is_true(json_get(node, SV("required")));
  out->explode = explode ? json_is_true(explode) : out->in == IN_QUERY || out->in == IN_COOKIE;
  out->unsupported = why_unsupported(node, out->in);
  out->is_json = out->in != IN_QUERYSTRING && is_json_content(node);
  return true;
}

const struct operation_parameter *operation_parameter(const struct operation *operation, sv name,
                                                      enum parameter_in in) {
  for (size_t i = 0; i < operation->parameter_count; i++) {
    const struct operation_parameter *parameter = &operation->parameters[i];
    if (parameter->in == in && (in == IN_HEADER ? sv_eq_nocase(parameter->name, name) : sv_eq(parameter->name, name))) {
      return parameter;
    }
  }
  return NULL;
}

/* The operation's parameters come first, so that they override the path item's of the same name and place. */
static bool read_parameters(struct arena *arena, const json *item, const json *node, struct operation *operation,
                            struct err *e) {
  const json *lists[] = {json_get(node, SV("parameters")), json_get(item, SV("parameters"))};
  size_t most = json_count(lists[0]) + json_count(lists[1]);
  struct operation_parameter *parameters = arena_array(arena, most + 1, sizeof *parameters);
  if (!parameters) {
    return err_memory(e);
  }
  operation->parameters = parameters;
  for (size_t list = 0; list < 2; list++) {
    for (const json *each = json_first(lists[list]); each; each = each->next) {
      struct operation_parameter parameter = {.in = IN_PATH};
      bool keep = false;
      if (!read_parameter(operation->description, each, &parameter, &keep, e)) {
        return false;
      }
      if (keep && !operation_parameter(operation, parameter.name, parameter.in)) {
        parameters[operation->parameter_count++] = parameter;
      }
    }
  }
  return true;
}

static bool read_request(const json *node, struct operation *operation, struct err *e) {
  const json *body = json_get(node, SV("requestBody"));
  if (!body) {
    return true;
  }
  if (!resolve(operation->description, &body, e)) {
    return false;
  }
  operation->request_content = json_get(body, SV("content"));
  operation->request_required = json_is_true(json_get(body, SV("required")));
  return true;
}

static bool scheme_is_sigv4(const json *scheme) {
  return sv_eq_nocase(json_string(json_get(scheme, SV("x-amazon-apigateway-authtype"))), SV("awsSigv4"));
}

/* The first security requirement that names an AWS scheme makes the operation a signed one. */
static void read_security(const json *root, const json *node, struct operation *operation) {
  const json *own = json_get(node, SV("security"));
  const json *schemes = pointer_get(root, SV("/components/securitySchemes"));
  const json *requirements = own ? own : json_get(root, SV("security"));
  for (const json *requirement = json_first(requirements); requirement; requirement = requirement->next) {
    for (const json *each = json_first(requirement); each; each = each->next) {
      if (scheme_is_sigv4(json_get(schemes, json_name(each)))) {
        operation->signing = SIGNING_AWS_SIGV4;
      }
    }
  }
  const json *info = json_get(root, SV("info"));
  sv name = json_string(json_get(info, SV("x-aws-signingName")));
  operation->signing_name = name.len ? name : json_string(json_get(info, SV("x-aws-signing-name")));
}

static const json *nearest_servers(const json *root, const json *item, const json *node) {
  const json *levels[] = {node, item, root};
  for (size_t i = 0; i < 3; i++) {
    const json *servers = json_get(levels[i], SV("servers"));
    if (json_count(servers) > 0) {
      return servers;
    }
  }
  return NULL;
}

static sv upper_method(size_t index) {
  static const char *const names[] = {"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"};
  return sv_from(names[index]);
}

static bool read_operation(struct arena *arena, const struct openapi *openapi, const json *item, const json *node,
                           struct operation *operation, struct err *e) {
  const json *root = openapi->source->root;
  operation->description = openapi;
  operation->servers = nearest_servers(root, item, node);
  operation->responses = json_get(node, SV("responses"));
  read_security(root, node, operation);
  return read_parameters(arena, item, node, operation, e) && read_request(node, operation, e);
}

/* A place where an operation was found. */
struct found {
  sv path;          /* the path key */
  const json *item; /* the Path Item Object, behind its $ref */
  const json *node;
  size_t method;
};

/* Looks at the methods of one path item. */
static bool search_item(const struct openapi *openapi, sv path, const json *item, sv operation_id, struct found *found,
                        struct err *e) {
  for (size_t method = 0; method < METHOD_COUNT; method++) {
    const json *node = json_get(item, sv_from(method_names[method]));
    const json *id = json_get(node, SV("operationId"));
    if (!id || !sv_eq(json_string(id), operation_id)) {
      continue;
    }
    if (found->node) {
      return source_error(openapi->source, id, e, ERR_INVALID, "two operations have the operationId '%.*s'",
                          SV_ARG(operation_id));
    }
    *found = (struct found){path, item, node, method};
  }
  return true;
}

/* What a path item refers to; NULL when it refers to nothing, or to nothing in this file. */
static const json *referred_item(const struct openapi *openapi, const json *entry) {
  const json *item = entry;
  struct err ignored;
  err_clear(&ignored);
  return resolve(openapi, &item, &ignored) && item != entry ? item : NULL;
}

/* Path items themselves come first, those that they refer to by $ref only when none of them has the operation. */
static bool search(const struct openapi *openapi, sv operation_id, struct found *found, struct err *e) {
  const json *paths = json_get(openapi->source->root, SV("paths"));
  for (const json *entry = json_first(paths); entry; entry = entry->next) {
    if (!search_item(openapi, json_name(entry), entry, operation_id, found, e)) {
      return false;
    }
  }
  for (const json *entry = found->node ? NULL : json_first(paths); entry; entry = entry->next) {
    if (!search_item(openapi, json_name(entry), referred_item(openapi, entry), operation_id, found, e)) {
      return false;
    }
  }
  return true;
}

static bool make_operation(struct arena *arena, const struct openapi *openapi, const struct found *found,
                           const struct operation **out, struct err *e) {
  struct operation *operation = arena_alloc(arena, sizeof *operation);
  if (!operation) {
    return err_memory(e);
  }
  const json *id = json_get(found->node, SV("operationId"));
  operation->id = id ? json_string(id) : found->path;
  operation->method = upper_method(found->method);
  operation->path = sv_slice(found->path, 0, sv_find(found->path, '#'));
  *out = operation;
  return read_operation(arena, openapi, found->item, found->node, operation, e);
}

bool openapi_operation(struct arena *arena, const struct openapi *openapi, sv operation_id,
                       const struct operation **out, struct err *e) {
  struct found found = {.node = NULL};
  *out = NULL;
  if (!search(openapi, operation_id, &found, e)) {
    return false;
  }
  return !found.node || make_operation(arena, openapi, &found, out, e);
}

bool openapi_operation_at(struct arena *arena, const struct openapi *openapi, sv path, sv method,
                          const struct operation **out, struct err *e) {
  struct found found = {.path = path};
  const json *item = json_get(json_get(openapi->source->root, SV("paths")), path);
  *out = NULL;
  if (!item) {
    return true;
  }
  for (size_t i = 0; i < METHOD_COUNT; i++) {
    if (sv_eq(method, sv_from(method_names[i]))) {
      found.item = json_get(item, method) ? item : referred_item(openapi, item);
      found.node = json_get(found.item, method);
      found.method = i;
    }
  }
  return !found.node || make_operation(arena, openapi, &found, out, e);
}

const json *operation_response_content(const struct operation *operation, int status) {
  char exact[] = "000";
  char range[] = "0XX";
  exact[0] = range[0] = (char)('0' + status / 100 % 10);
  exact[1] = (char)('0' + status / 10 % 10);
  exact[2] = (char)('0' + status % 10);
  const char *const names[] = {exact, range, "default"};
  for (size_t i = 0; i < 3; i++) {
    const json *response = json_get(operation->responses, sv_from(names[i]));
    struct err ignored = {ERR_NONE, 0, 0, "", "", ""};
    if (response && resolve(operation->description, &response, &ignored)) {
      return json_get(response, SV("content"));
    }
  }
  return NULL;
}

bool media_type_is_json(sv media_type) {
  sv type = sv_trim(sv_slice(media_type, 0, sv_find(media_type, ';')));
  return sv_eq_nocase(type, SV("application/json")) || sv_eq_nocase(type, SV("text/json")) ||
         (type.len > 5 && sv_eq_nocase(sv_slice(type, type.len - 5, type.len), SV("+json"))) ||
         sv_eq_nocase(sv_slice(type, 0, 22), SV("application/x-amz-json"));
}
