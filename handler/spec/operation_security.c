/* Security Requirement and Security Scheme Objects (OpenAPI 3.2; Swagger 2.0's Security Definitions).
 *
 * AWS's signature has no scheme type of its own. Descriptions of AWS's services write an API key in the header Authorization,
 * which only some mark by x-amazon-apigateway-authtype (S3's published description as awsS3). Such a scheme is AWS's signature when the marker says so, when its name or
 * description does, or when the operation's servers are AWS's own: but not those of API Gateway, behind which are other people's
 * APIs, with keys and tokens of any kind in this header. */
#include "openapi_compile.h"

#include "arena.h"
#include "pointer.h"

static bool contains_nocase(sv text, sv part) {
  for (size_t i = 0; i + part.len <= text.len; i++) {
    if (sv_eq_nocase(sv_slice(text, i, i + part.len), part)) {
      return true;
    }
  }
  return false;
}

/* ---- AWS's signature ---- */

static bool tells_of_signature(sv text) {
  static const char *const words[] = {"sigv4", "sig v4", "signature version 4", "signature v4", "aws4-hmac"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (contains_nocase(text, sv_from(words[i]))) {
      return true;
    }
  }
  return false;
}

static sv host_of(sv url) {
  sv scheme;
  sv rest = url;
  sv host = sv_split(url, ':', &scheme, &rest) && sv_starts(rest, SV("//")) ? sv_slice(rest, 2, rest.len) : SV("");
  host = sv_slice(host, 0, sv_find(host, '/'));
  return sv_slice(host, 0, sv_find(host, ':'));
}

static bool is_aws_host(sv host) {
  static const char *const domains[] = {".amazonaws.com", ".amazonaws.com.cn", ".api.aws",
                                        ".api.amazonwebservices.com.cn"};
  for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
    if (sv_ends(host, sv_from(domains[i]))) {
      return !sv_contains(host, SV(".execute-api."));
    }
  }
  return false;
}

static bool has_aws_server(const struct operation *operation) {
  for (size_t i = 0; i < operation->servers.count; i++) {
    if (is_aws_host(host_of(operation->servers.items[i].url))) {
      return true;
    }
  }
  return false;
}

static bool is_signature(const struct operation_source *o, sv name, const json *node) {
  sv marker = json_string(json_get(node, SV("x-amazon-apigateway-authtype")));
  bool is_key = sv_eq(json_string(json_get(node, SV("type"))), SV("apiKey")) &&
                sv_eq(json_string(json_get(node, SV("in"))), SV("header")) &&
                sv_eq_nocase(json_string(json_get(node, SV("name"))), SV("Authorization"));
  if (marker.len) {
    return sv_eq_nocase(marker, SV("awsSigv4")) || sv_eq_nocase(marker, SV("awsS3"));
  }
  if (tells_of_signature(json_string(json_get(node, SV("scheme"))))) {
    return true;
  }
  return is_key && (tells_of_signature(name) || tells_of_signature(json_string(json_get(node, SV("description")))) ||
                    has_aws_server(o->out));
}

/* ---- schemes ---- */

/* OpenAPI 3: in `flows`; Swagger 2.0: in the scheme itself. */
static const json *client_credentials(const struct operation_source *o, const json *node) {
  if (o->openapi->version != SWAGGER_2_0) {
    return json_get(json_get(node, SV("flows")), SV("clientCredentials"));
  }
  return sv_eq(json_string(json_get(node, SV("flow"))), SV("application")) ? node : NULL;
}

static enum security_type http_type(const json *node) {
  sv scheme = json_string(json_get(node, SV("scheme")));
  bool is_basic = sv_eq_nocase(scheme, SV("basic"));
  return is_basic ? SECURITY_HTTP_BASIC : sv_eq_nocase(scheme, SV("bearer")) ? SECURITY_HTTP_BEARER : SECURITY_OTHER;
}

static enum security_type type_of(const struct operation_source *o, sv name, const json *node) {
  sv type = json_string(json_get(node, SV("type")));
  if (is_signature(o, name, node)) {
    return SECURITY_AWS_SIGV4;
  }
  if (sv_eq(type, SV("apiKey"))) {
    return SECURITY_API_KEY;
  }
  if (sv_eq(type, SV("http"))) {
    return http_type(node);
  }
  if (sv_eq(type, SV("basic"))) {
    return SECURITY_HTTP_BASIC;
  }
  bool is_oauth2 = sv_eq(type, SV("oauth2")) && client_credentials(o, node);
  return is_oauth2 ? SECURITY_OAUTH2_CLIENT_CREDENTIALS : SECURITY_OTHER;
}

static bool check_key(const struct operation_source *o, struct place place, struct security_scheme *out) {
  sv in = json_string(json_get(place.node, SV("in")));
  bool is_place = parameter_in_read(in, &out->in) && out->in != IN_PATH && out->in != IN_QUERYSTRING;
  return (is_place && json_string(json_get(place.node, SV("name"))).len) ||
         place_error(place, o->e, ERR_INVALID,
                     "an API key needs 'name' and 'in: header', 'query' or 'cookie', for the place where it is sent");
}

static bool read_what(const struct operation_source *o, const json *node, sv *out) {
  sv scheme = json_string(json_get(node, SV("scheme")));
  return operation_keep(o, scheme.len ? scheme : json_string(json_get(node, SV("type"))), out);
}

static bool fill_scheme(const struct operation_source *o, struct place place, struct security_scheme *out) {
  const json *flow = client_credentials(o, place.node);
  out->type = type_of(o, out->name, place.node);
  return (out->type != SECURITY_API_KEY || check_key(o, place, out)) && read_what(o, place.node, &out->what) &&
         operation_keep_member(o, place.node, "name", &out->parameter) &&
         operation_keep_member(o, flow, "tokenUrl", &out->token_url);
}

/* A scheme that is not declared is one of which nothing is known: a step may send what it wants by a parameter. */
static bool read_scheme(const struct operation_source *o, sv name, const struct security_scheme **out) {
  const struct source *source = o->openapi->source;
  sv pointer = o->openapi->version == SWAGGER_2_0 ? SV("/securityDefinitions") : SV("/components/securitySchemes");
  struct place place = {source, json_get(pointer_get(source->root, pointer), name)};
  struct security_scheme *scheme = arena_alloc(o->openapi->arena, sizeof *scheme);
  if (!scheme) {
    return err_memory(o->e);
  }
  *scheme = (struct security_scheme){.type = SECURITY_OTHER, .in = IN_HEADER};
  *out = scheme;
  if (!operation_keep(o, name, &scheme->name) || !place.node) {
    return scheme->name.len == name.len;
  }
  return reference_follow(o->openapi->files, &place, o->e) && fill_scheme(o, place, scheme);
}

/* ---- requirements ---- */

static bool read_scopes(const struct operation_source *o, const json *list, struct security_requirement *out) {
  sv *scopes = arena_array(o->openapi->arena, json_count(list) + 1, sizeof *scopes);
  if (!scopes) {
    return err_memory(o->e);
  }
  out->scopes = scopes;
  for (const json *each = json_first(list); each; each = each->next) {
    if (!operation_keep(o, json_string(each), &scopes[out->scope_count++])) {
      return false;
    }
  }
  return true;
}

static bool read_alternative(const struct operation_source *o, const json *node, struct security_alternative *out) {
  struct security_requirement *items = arena_array(o->openapi->arena, json_count(node) + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  out->items = items;
  for (const json *each = json_type(node) == JSON_OBJECT ? json_first(node) : NULL; each; each = each->next) {
    struct security_requirement *item = &items[out->count++];
    if (!read_scheme(o, json_name(each), &item->scheme) || !read_scopes(o, each, item)) {
      return false;
    }
    if (item->scheme->type == SECURITY_AWS_SIGV4) {
      o->out->signing = SIGNING_AWS_SIGV4;
    }
  }
  return true;
}

/* OpenAPI 3.2, Operation Object: the operation's own list, even an empty one, overrides the document's. */
bool operation_read_security(const struct operation_source *o) {
  const json *own = json_get(o->entry->node.node, SV("security"));
  const json *list = own ? own : json_get(o->openapi->source->root, SV("security"));
  struct security_alternative *items = arena_array(o->openapi->arena, json_count(list) + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  o->out->security.items = items;
  for (const json *each = json_first(list); each; each = each->next) {
    if (!read_alternative(o, each, &items[o->out->security.count++])) {
      return false;
    }
  }
  return true;
}
