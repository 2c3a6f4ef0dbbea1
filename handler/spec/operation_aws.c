/* What only AWS's services have: the protocol, the names by which they are signed and found, and what their names mean.
 *
 * Generated descriptions say it in `info` (x-aws-protocol). In converted and hand-written ones it shows: an Action in the path key
 * or among the query parameters is the query protocol (EC2 has its own); X-Amz-Target is JSON-RPC; XML answers are rest-xml. */
#include "openapi_compile.h"

/* ---- names ---- */

/* The first of the members that is there. */
static bool keep_first(const struct operation_source *o, const json *object, const char *one, const char *other,
                       sv *out) {
  bool has_one = json_string(json_get(object, sv_from(one))).len != 0;
  return operation_keep_member(o, object, has_one ? one : other, out);
}

/* The value of "name=value" in the path key's fragment or query; empty when it has none. */
static sv key_value(sv key, sv name) {
  for (size_t i = 0; i < key.len; i++) {
    bool starts_pair = key.ptr[i] == '#' || key.ptr[i] == '?' || key.ptr[i] == '&';
    sv rest = sv_slice(key, i + 1, key.len);
    if (starts_pair && sv_starts(rest, name) && rest.len > name.len && rest.ptr[name.len] == '=') {
      sv value = sv_slice(rest, name.len + 1, rest.len);
      return sv_slice(value, 0, sv_find(sv_slice(value, 0, sv_find(value, '#')), '&'));
    }
  }
  return SV("");
}

/* The value of a parameter that may have one only. */
static sv only_value(const struct operation *operation, sv name, enum parameter_in in) {
  const struct operation_parameter *parameter = operation_parameter(operation, name, in);
  return parameter ? json_string(parameter->only) : SV("");
}

/* "DynamoDB_20120810.PutItem" names PutItem. */
static sv target_operation(sv target) {
  sv service;
  sv operation;
  return sv_split(target, '.', &service, &operation) ? operation : target;
}

static sv first_filled(const sv *texts, size_t count) {
  size_t i = 0;
  while (i + 1 < count && texts[i].len == 0) {
    i++;
  }
  return texts[i];
}

static bool read_operation_name(const struct operation_source *o) {
  const sv names[] = {json_string(json_get(o->entry->node.node, SV("x-aws-operation-name"))),
                      key_value(o->entry->key, SV("Action")),
                      only_value(o->out, SV("Action"), IN_QUERY),
                      target_operation(key_value(o->entry->key, SV("X-Amz-Target"))),
                      target_operation(only_value(o->out, SV("X-Amz-Target"), IN_HEADER)),
                      o->entry->id};
  return operation_keep(o, first_filled(names, sizeof names / sizeof names[0]), &o->out->aws_operation);
}

/* "2010-03-31", as AWS numbers its APIs. */
static bool is_date(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    bool is_dash = i == 4 || i == 7;
    if (is_dash ? text.ptr[i] != '-' : text.ptr[i] < '0' || text.ptr[i] > '9') {
      return false;
    }
  }
  return text.len == 10;
}

static bool read_version(const struct operation_source *o, const json *info) {
  sv version = json_string(json_get(info, SV("version")));
  const sv versions[] = {only_value(o->out, SV("Version"), IN_QUERY), key_value(o->entry->key, SV("Version")),
                         json_string(json_get(info, SV("x-aws-apiVersion"))),
                         json_string(json_get(info, SV("x-aws-api-version"))), is_date(version) ? version : SV("")};
  return operation_keep(o, first_filled(versions, sizeof versions / sizeof versions[0]), &o->out->aws_version);
}

/* ---- the protocol ---- */

static bool protocol_by_name(sv text, enum aws_protocol *out) {
  static const struct {
    const char *name;
    enum aws_protocol protocol;
  } names[] = {{"rest-json", AWS_REST_JSON},
               {"json", AWS_JSON_RPC},
               {"query", AWS_QUERY},
               {"ec2", AWS_EC2},
               {"rest-xml", AWS_REST_XML}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (sv_eq(text, sv_from(names[i].name))) {
      *out = names[i].protocol;
      return true;
    }
  }
  return false;
}

static bool is_ec2(const struct operation *operation) {
  sv url = operation->servers.count ? operation->servers.items[0].url : SV("");
  bool has_ec2_host = sv_contains(url, SV("://ec2.")) || sv_starts(url, SV("ec2."));
  return operation->signing_name.len ? sv_eq(operation->signing_name, SV("ec2")) : has_ec2_host;
}

static enum aws_protocol guess_protocol(const struct operation_source *o) {
  const struct operation *operation = o->out;
  sv key = o->entry->key;
  if (key_value(key, SV("Action")).len || operation_parameter(operation, SV("Action"), IN_QUERY)) {
    return is_ec2(operation) ? AWS_EC2 : AWS_QUERY;
  }
  bool has_target =
      key_value(key, SV("X-Amz-Target")).len || operation_parameter(operation, SV("X-Amz-Target"), IN_HEADER);
  return has_target ? AWS_JSON_RPC : AWS_REST_JSON;
}

static bool read_protocol(const struct operation_source *o, struct place info) {
  struct place name = place_get(info, SV("x-aws-protocol"));
  if (!name.node) {
    o->out->protocol = guess_protocol(o);
    o->out->is_modelled = operation_is_converted(o);
    return true;
  }
  o->out->is_modelled = true;
  return protocol_by_name(json_string(name.node), &o->out->protocol) ||
         place_error(name, o->e, ERR_UNSUPPORTED,
                     "the protocol '%.*s' is not supported; rest-json, json, query, ec2 and rest-xml are",
                     SV_ARG(sv_slice(json_string(name.node), 0, 80)));
}

bool operation_read_aws(const struct operation_source *o) {
  struct place info = place_get((struct place){o->openapi->source, o->openapi->source->root}, SV("info"));
  struct operation *out = o->out;
  bool is_aws = out->signing == SIGNING_AWS_SIGV4 || json_get(info.node, SV("x-aws-protocol"));
  return keep_first(o, info.node, "x-aws-signingName", "x-aws-signing-name", &out->signing_name) &&
         keep_first(o, info.node, "x-aws-serviceId", "x-aws-service-id", &out->service_id) &&
         (!is_aws || (read_protocol(o, info) && read_operation_name(o) && read_version(o, info.node)));
}

/* ---- after bodies are read ---- */

static bool has_xml(const struct media_list *content) {
  for (size_t i = 0; i < content->count; i++) {
    if (content->items[i].kind == MEDIA_XML) {
      return true;
    }
  }
  return false;
}

/* A service that takes XML may answer without a body. */
static bool speaks_xml(const struct operation *operation) {
  for (size_t i = 0; i < operation->response_count; i++) {
    if (has_xml(&operation->responses[i].content)) {
      return true;
    }
  }
  return has_xml(&operation->request);
}

/* In AWS's protocols with one path for all operations everything is a POST, or a GET; so are some deletions of the others. */
bool operation_name_deletes(sv name) {
  static const char *const words[] = {"Delete", "BatchDelete", "Deregister", "Destroy",
                                      "Purge",  "Release",     "Terminate"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    sv word = sv_from(words[i]);
    sv rest = sv_slice(name, word.len, name.len);
    if (sv_eq_nocase(sv_slice(name, 0, word.len), word) && rest.len && rest.ptr[0] >= 'A' && rest.ptr[0] <= 'Z') {
      return true;
    }
  }
  return false;
}

void operation_settle(const struct operation_source *o) {
  const json *info = json_get(o->openapi->source->root, SV("info"));
  if (o->out->protocol == AWS_REST_JSON && !json_get(info, SV("x-aws-protocol")) && speaks_xml(o->out)) {
    o->out->protocol = AWS_REST_XML;
  }
  o->out->deletes = sv_eq(o->out->method, SV("DELETE")) ||
                    (o->out->protocol != AWS_NONE && operation_name_deletes(o->out->aws_operation));
  o->out->wants_checksum = json_is_true(json_get(o->entry->node.node, SV("x-aws-checksumRequired")));
}
