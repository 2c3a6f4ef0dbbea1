/* Form data becomes pairs in the order of the object's members (WHATWG URL Standard 5.2). How a member is written is what its Encoding
 * Object says; without one (OpenAPI 3.1, "Support for x-www-form-urlencoded Request Bodies"):
 * - a scalar is text;
 * - a list repeats its name for each of its elements;
 * - an object, and a list in a list, is JSON text;
 * - bytes are their base64, since the format is text.
 * An encoding's style writes the member as a query parameter. With a content type of JSON the whole member is JSON text. Members
 * and elements that are null are left out. */
#include "form_data.h"

#include "byte_content.h"
#include "errinfo.h"
#include "form_text.h"
#include "limits.h"
#include "sb.h"

static void put_separator(struct sb *out) {
  if (out->len) {
    sb_char(out, '&');
  }
}

static bool put_json_text(struct sb *out, const json *value, struct err *e) {
  struct sb text = sb_new(out->arena, out->max_bytes);
  sv view;
  if (json_depth(value) > LIMIT_JSON_DEPTH) {
    return err_set(e, ERR_LIMIT, "the form field is nested deeper than %d levels", LIMIT_JSON_DEPTH);
  }
  json_write(&text, value);
  if (!sb_finish(&text, "a form field", &view, e)) {
    return false;
  }
  form_put(out, view);
  return true;
}

static bool put_pair(struct sb *out, sv name, const json *value, bool is_json, struct err *e) {
  const json *shown = byte_content_is(value) ? json_get(value, SV("base64")) : value;
  sv text;
  if (json_type(value) == JSON_NULL) {
    return true;
  }
  put_separator(out);
  form_put(out, name);
  sb_char(out, '=');
  if (!is_json && json_scalar_text(shown, &text)) {
    form_put(out, text);
    return true;
  }
  return put_json_text(out, value, e);
}

static bool put_field(struct sb *out, const struct media_encoding *encoding, const json *member, struct err *e) {
  sv name = json_name(member);
  bool is_json = encoding && media_type_is_json(encoding->content_type);
  if (encoding && encoding->has_style) {
    if (parameter_is_undefined(member)) {
      return true;
    }
    put_separator(out);
    return parameter_put(out, IN_QUERY, name, member, &encoding->style, false, e);
  }
  if (is_json || json_type(member) != JSON_ARRAY) {
    return put_pair(out, name, member, is_json, e);
  }
  for (const json *each = json_first(member); each; each = each->next) {
    if (!put_pair(out, name, each, false, e)) {
      return false;
    }
  }
  return true;
}

bool form_data_put(struct sb *out, const struct media *media, const json *value, struct err *e) {
  if (json_type(value) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID, "the payload is of type %s, which form data can't hold; give an object or text",
                   json_type_name(value));
  }
  for (const json *member = json_first(value); member; member = member->next) {
    if (!put_field(out, media_encoding(media, json_name(member)), member, e)) {
      return false;
    }
  }
  return true;
}
