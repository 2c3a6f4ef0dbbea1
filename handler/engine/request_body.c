/* Writing request bodies: the payload is evaluated, its replacements are applied, and it is written as its media type says.
 *
 * JSON is written compactly, whatever the payload looked like. An object becomes form data, multipart, XML or, when it is byte
 * content, bytes (wire/). Everything else is text, and sent as it is: form data, multipart and XML may also be written as text.
 *
 * AWS's query protocols take form data only, whatever type their descriptions name: an object is written as their numbered pairs
 * (Smithy, "AWS query protocol"), under the type that they take.
 *
 * A payload without a value is no body; its replacements have nothing to change then. Without a payload they build one: from
 * {}. */
#include "request_body.h"

#include "arena.h"
#include "byte_content.h"
#include "errinfo.h"
#include "form_data.h"
#include "limits.h"
#include "media_value.h"
#include "multipart.h"
#include "query_form.h"
#include "replacement.h"
#include "sb.h"
#include "xml_write.h"

/* Whether the value is written by its structure; else it is text. */
static bool is_tree(const struct step_body *body, const json *value) {
  bool has_parts = json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY;
  switch (body->kind) {
  case MEDIA_JSON:
    return true;
  case MEDIA_FORM:
  case MEDIA_MULTIPART:
    return has_parts;
  case MEDIA_XML:
    return json_type(value) == JSON_OBJECT;
  case MEDIA_TEXT:
  case MEDIA_BINARY:
    return byte_content_is(value);
  }
  return false;
}

/* Text bodies are strings from here on; null has no text, and is no body. */
static bool make_text(struct arena *arena, const struct step_body *body, json **value, struct err *e) {
  sv text;
  if (!*value || json_type(*value) == JSON_NULL) {
    *value = NULL;
    return true;
  }
  if (!json_scalar_text(*value, &text)) {
    return err_set(e, ERR_INVALID,
                   "the payload is of type %s, which a body of type '%.*s' can't hold; give text, or bytes as "
                   "{\"base64\": \"…\"}",
                   json_type_name(*value), SV_ARG(sv_slice(body->content_type, 0, 120)));
  }
  /* White space around form data comes from how the document was written. */
  *value = json_new_string(arena, body->kind == MEDIA_FORM ? sv_trim(text) : text);
  return *value || err_memory(e);
}

static bool evaluate(struct arena *arena, const struct step_body *body, const struct scope *scope, json **value,
                     struct err *e) {
  if (!body->payload) {
    *value = body->replacement_count ? json_new_object(arena) : NULL;
    return *value || !body->replacement_count || err_memory(e);
  }
  if (!template_eval(body->payload, scope, arena, value, NULL, e)) {
    return false;
  }
  return is_tree(body, *value) || make_text(arena, body, value, e);
}

/* A text that is multipart already must say where its parts begin. */
static bool check_text(const struct step_body *body, struct err *e) {
  sv ignored;
  return body->kind != MEDIA_MULTIPART || media_type_parameter(body->content_type, SV("boundary"), &ignored) ||
         err_set(e, ERR_INVALID,
                 "the payload is text, but '%.*s' names no boundary; give an object, or name it in 'contentType'",
                 SV_ARG(sv_slice(body->content_type, 0, 120)));
}

/* AWS's query protocols, if the operation speaks one of them. */
static bool is_query_protocol(const struct step_body *body, enum query_flavour *flavour) {
  bool is_ec2 = body->operation->protocol == AWS_EC2;
  *flavour = is_ec2 ? QUERY_EC2 : QUERY_AWS;
  return (is_ec2 || body->operation->protocol == AWS_QUERY) && (body->kind == MEDIA_XML || body->kind == MEDIA_FORM);
}

static bool write_xml(struct sb *out, const struct step_body *body, const json *value, struct err *e) {
  bool is_aws = body->operation->is_modelled && body->operation->protocol == AWS_REST_XML;
  const struct wire_schema *schema = body->media ? body->media->schema : NULL;
  return xml_write(out, value, schema, SV(""), is_aws ? XML_LISTS_AWS : XML_LISTS_OPENAPI, e);
}

static bool write_tree(struct sb *out, const struct step_body *body, struct request_body *made, struct err *e) {
  const struct wire_schema *schema = body->media ? body->media->schema : NULL;
  enum query_flavour flavour;
  if (is_query_protocol(body, &flavour)) {
    made->content_type = SV("application/x-www-form-urlencoded; charset=utf-8");
    return query_form_write(out, made->value, schema, flavour, e);
  }
  if (body->kind == MEDIA_XML && !byte_content_is(made->value)) {
    return write_xml(out, body, made->value, e);
  }
  switch (body->kind) {
  case MEDIA_FORM:
    return form_data_put(out, body->media, made->value, e);
  case MEDIA_MULTIPART:
    return multipart_put(out, body->content_type, body->media, made->value, &made->content_type, e);
  case MEDIA_JSON:
  case MEDIA_XML:
  case MEDIA_TEXT:
  case MEDIA_BINARY:
    return media_value_put(out, body->kind, made->value, schema, e);
  }
  return err_set(e, ERR_INTERNAL, "a body of an unknown kind");
}

static bool write_body(struct arena *arena, const struct step_body *body, struct request_body *made, struct err *e) {
  struct sb out = sb_new(arena, LIMIT_REQUEST_BODY_BYTES);
  sv text = SV("");
  if (is_tree(body, made->value)) {
    if (!write_tree(&out, body, made, e)) {
      return false;
    }
  } else {
    json_scalar_text(made->value, &text);
    if (!check_text(body, e)) {
      return false;
    }
    sb_put(&out, text);
  }
  return sb_finish(&out, "the request's body", &made->bytes, e);
}

bool request_body_build(struct arena *arena, const struct step_body *body, const struct scope *scope,
                        struct request_body *out, struct err *e) {
  struct request_body made = {.content_type = body->content_type};
  bool good =
      evaluate(arena, body, scope, &made.value, e) &&
      (!made.value || (replacements_apply(arena, body, scope, made.value, e) && write_body(arena, body, &made, e)));
  *out = good ? made : (struct request_body){.value = NULL};
  return good || err_in(e, "requestBody");
}
