/* One value in one media type: what a body of JSON, XML, text or bytes is, and each part of a multipart body. */
#include "media_value.h"

#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "xml_write.h"

static bool put_json(struct sb *out, const json *value, struct err *e) {
  if (json_depth(value) > LIMIT_JSON_DEPTH) {
    return err_set(e, ERR_LIMIT, "the payload is nested deeper than %d levels", LIMIT_JSON_DEPTH);
  }
  json_write(out, value);
  return true;
}

static bool put_text(struct sb *out, const json *value, struct err *e) {
  sv text;
  if (!json_scalar_text(value, &text)) {
    return err_set(e, ERR_INVALID,
                   "a value of type %s has no place in text or bytes; give text, or bytes as {\"base64\": \"…\"}",
                   json_type_name(value));
  }
  sb_put(out, text);
  return true;
}

static bool put_bytes(struct sb *out, const json *value, struct err *e) {
  sv bytes;
  if (!byte_content_decode(out->arena, value, &bytes, e)) {
    return false;
  }
  sb_put(out, bytes);
  return true;
}

bool media_value_put(struct sb *out, enum media_kind kind, const json *value, const struct wire_schema *schema,
                     struct err *e) {
  if (kind != MEDIA_JSON && byte_content_is(value)) {
    return put_bytes(out, value, e);
  }
  switch (kind) {
  case MEDIA_JSON:
    return put_json(out, value, e);
  case MEDIA_XML:
    return json_type(value) == JSON_OBJECT ? xml_write(out, value, schema, SV(""), XML_LISTS_OPENAPI, e)
                                           : put_text(out, value, e);
  case MEDIA_TEXT:
  case MEDIA_BINARY:
    return put_text(out, value, e);
  case MEDIA_FORM:
  case MEDIA_MULTIPART:
    return err_set(e, ERR_INVALID, "form data and multipart can't be parts of a body");
  }
  return err_set(e, ERR_INTERNAL, "a media type has no kind");
}
