/* Writing compiled operations. The notation is in the header. */
#include "operation_text.h"

/* The schemas around the one that is written. */
struct around {
  const struct wire_schema *schema;
  const struct around *outer;
};

static void put_schema(struct sb *out, const struct wire_schema *schema, const struct around *outer);

static void put_members(struct sb *out, const struct wire_schema *schema, const struct around *around) {
  sb_char(out, '{');
  for (size_t i = 0; i < schema->property_count; i++) {
    const struct wire_property *property = &schema->properties[i];
    sb_format(out, "%s%.*s%s: ", i ? ", " : "", SV_ARG(property->name), property->required ? "!" : "");
    put_schema(out, property->schema, around);
  }
  if (schema->values) {
    sb_format(out, "%s...: ", schema->property_count ? ", " : "");
    put_schema(out, schema->values, around);
  }
  sb_char(out, '}');
}

static void put_type(struct sb *out, const struct wire_schema *schema, const struct around *around) {
  static const char *const names[] = {"*", "", "", "string", "integer", "number", "boolean"};
  sb_put(out, sv_from(names[schema->type]));
  if (schema->type == WIRE_OBJECT) {
    put_members(out, schema, around);
  }
  if (schema->type == WIRE_ARRAY) {
    sb_char(out, '[');
    put_schema(out, schema->items, around);
    sb_char(out, ']');
  }
}

static void put_xml(struct sb *out, const struct wire_schema *schema) {
  if (schema->xml_name.len || schema->xml_prefix.len || schema->xml_namespace.len || schema->xml_attribute ||
      schema->xml_wrapped || schema->xml_flat || schema->xml_text) {
    sb_format(out, "<%.*s%s%.*s%s", SV_ARG(schema->xml_name), schema->xml_prefix.len ? " " : "",
              SV_ARG(schema->xml_prefix), schema->xml_prefix.len ? ":" : "");
    if (schema->xml_namespace.len) {
      sb_format(out, " '%.*s'", SV_ARG(schema->xml_namespace));
    }
    sb_format(out, "%s%s%s%s>", schema->xml_attribute ? " @" : "", schema->xml_wrapped ? " wrapped" : "",
              schema->xml_flat ? " flat" : "", schema->xml_text ? " text" : "");
  }
}

static void put_schema(struct sb *out, const struct wire_schema *schema, const struct around *outer) {
  struct around around = {schema, outer};
  if (!schema) {
    sb_put(out, SV("-"));
    return;
  }
  for (const struct around *each = outer; each; each = each->outer) {
    if (each->schema == schema) {
      sb_format(out, "^%.*s", SV_ARG(schema->component));
      return;
    }
  }
  put_type(out, schema, &around);
  sb_put(out, schema->is_base64 ? SV(" base64") : schema->is_bytes ? SV(" bytes") : SV(""));
  if (schema->only) {
    sb_char(out, '=');
    json_write(out, schema->only);
  }
  if (schema->component.len) {
    sb_format(out, "#%.*s", SV_ARG(schema->component));
  }
  put_xml(out, schema);
  if (schema->query_name.len) {
    sb_format(out, " q:%.*s", SV_ARG(schema->query_name));
  }
  if (schema->map_entry.len || schema->map_key.len || schema->map_value.len) {
    sb_format(out, " map(%.*s,%.*s,%.*s)", SV_ARG(schema->map_entry), SV_ARG(schema->map_key),
              SV_ARG(schema->map_value));
  }
}

void schema_put(struct sb *out, const struct wire_schema *schema) {
  put_schema(out, schema, NULL);
}

static const char *kind_name(enum media_kind kind) {
  static const char *const names[] = {"json", "form", "xml", "text", "binary"};
  return names[kind];
}

static void put_style(struct sb *out, const struct parameter_style *style) {
  static const char *const names[] = {"simple",         "label",         "matrix",     "form",
                                      "spaceDelimited", "pipeDelimited", "deepObject", "cookie"};
  sb_format(out, " %s%s%s", names[style->name], style->explode ? " explode" : "",
            style->allow_reserved ? " reserved" : "");
}

static void put_parameter(struct sb *out, const struct operation_parameter *parameter) {
  sb_format(out, "parameter %.*s %.*s%s", SV_ARG(parameter->name), SV_ARG(parameter_in_name(parameter->in)),
            parameter->required ? " required" : "");
  if (parameter->has_content) {
    sb_format(out, " %s", kind_name(parameter->content));
  } else {
    put_style(out, &parameter->style);
  }
  sb_char(out, ' ');
  schema_put(out, parameter->schema);
  if (parameter->unsupported) {
    sb_format(out, " unsupported: %s", parameter->unsupported);
  }
  sb_char(out, '\n');
}

static void put_media(struct sb *out, const struct media *media) {
  sb_format(out, " %.*s(%s) ", SV_ARG(media->type), kind_name(media->kind));
  schema_put(out, media->schema);
  for (size_t i = 0; i < media->encoding_count; i++) {
    const struct media_encoding *encoding = &media->encodings[i];
    sb_format(out, " %.*s:", SV_ARG(encoding->property));
    if (encoding->has_style) {
      put_style(out, &encoding->style);
    } else {
      sb_format(out, " %.*s", SV_ARG(encoding->content_type));
    }
  }
}

static void put_list(struct sb *out, const struct media_list *list) {
  for (size_t i = 0; i < list->count; i++) {
    put_media(out, &list->items[i]);
  }
  sb_char(out, '\n');
}

static void put_response(struct sb *out, const struct operation_response *response) {
  switch (response->pattern) {
  case STATUS_EXACT:
    sb_format(out, "response %d", response->status);
    break;
  case STATUS_RANGE:
    sb_format(out, "response %dXX", response->status / 100);
    break;
  case STATUS_DEFAULT:
    sb_put(out, SV("response default"));
    break;
  }
  put_list(out, &response->content);
}

static void put_server(struct sb *out, const struct server *server) {
  sb_format(out, "server %.*s%s%.*s", SV_ARG(server->url), server->name.len ? " " : "", SV_ARG(server->name));
  for (size_t i = 0; i < server->variable_count; i++) {
    const struct server_variable *variable = &server->variables[i];
    sb_format(out, " %.*s=%.*s", SV_ARG(variable->name), SV_ARG(variable->value));
    for (size_t j = 0; j < variable->value_count; j++) {
      sb_format(out, "|%.*s", SV_ARG(variable->values[j]));
    }
  }
  sb_char(out, '\n');
}

static void put_requirement(struct sb *out, const struct security_requirement *requirement) {
  static const char *const types[] = {"sigv4", "key", "basic", "bearer", "oauth2", "other"};
  const struct security_scheme *scheme = requirement->scheme;
  sb_format(out, " %.*s:%s", SV_ARG(scheme->name), types[scheme->type]);
  if (scheme->type == SECURITY_API_KEY) {
    sb_format(out, "(%.*s %.*s)", SV_ARG(parameter_in_name(scheme->in)), SV_ARG(scheme->parameter));
  }
  if (scheme->type == SECURITY_OAUTH2_CLIENT_CREDENTIALS) {
    sb_format(out, "(%.*s)", SV_ARG(scheme->token_url));
  }
  if (scheme->type == SECURITY_OTHER) {
    sb_format(out, "(%.*s)", SV_ARG(scheme->what));
  }
  for (size_t i = 0; i < requirement->scope_count; i++) {
    sb_format(out, " %.*s", SV_ARG(requirement->scopes[i]));
  }
}

static void put_security(struct sb *out, const struct security *security) {
  for (size_t i = 0; i < security->count; i++) {
    sb_put(out, SV("security"));
    for (size_t j = 0; j < security->items[i].count; j++) {
      put_requirement(out, &security->items[i].items[j]);
    }
    sb_char(out, '\n');
  }
}

static void put_aws(struct sb *out, const struct operation *operation) {
  static const char *const protocols[] = {"none", "rest-json", "json", "query", "ec2", "rest-xml"};
  if (operation->protocol != AWS_NONE) {
    sb_format(out, "aws %s operation=%.*s version=%.*s signing=%.*s service=%.*s\n", protocols[operation->protocol],
              SV_ARG(operation->aws_operation), SV_ARG(operation->aws_version), SV_ARG(operation->signing_name),
              SV_ARG(operation->service_id));
  }
}

void operation_put(struct sb *out, const struct operation *operation) {
  sb_format(out, "%.*s %.*s\n", SV_ARG(operation->method), SV_ARG(operation->path));
  for (size_t i = 0; i < operation->servers.count; i++) {
    put_server(out, &operation->servers.items[i]);
  }
  for (size_t i = 0; i < operation->parameter_count; i++) {
    put_parameter(out, &operation->parameters[i]);
  }
  if (operation->request.count) {
    sb_format(out, "request%s", operation->request_required ? " required" : "");
    put_list(out, &operation->request);
  }
  for (size_t i = 0; i < operation->response_count; i++) {
    put_response(out, &operation->responses[i]);
  }
  put_security(out, &operation->security);
  put_aws(out, operation);
}
