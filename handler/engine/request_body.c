/* Writing request bodies: the payload is evaluated, its replacements are applied, and it is written as its media type says.
 *
 * JSON is written compactly, whatever the payload looked like. A form object becomes pairs in the order of its members (WHATWG
 * URL Standard 5.2): a list repeats its name, null and unresolved members are left out, and objects within it are refused,
 * since form data has no one way to write them. Everything else is text, and sent as it is.
 *
 * A payload without a value is no body; its replacements have nothing to change then. Without a payload they build one: from
 * {}. */
#include "request_body.h"

#include "arena.h"
#include "errinfo.h"
#include "form_text.h"
#include "limits.h"
#include "replacement.h"
#include "sb.h"

/* ---- form data ---- */

static bool put_pair(struct sb *out, sv name, const json *value, struct err *e) {
  sv text;
  if (json_type(value) == JSON_NULL) {
    return true;
  }
  if (!json_scalar_text(value, &text)) {
    return err_set(e, ERR_INVALID,
                   "the form field '%.*s' has %s as its value, which form data can't hold; give text, a number, a "
                   "boolean or a list of these",
                   SV_ARG(sv_slice(name, 0, 120)), json_type_name(value));
  }
  if (out->len) {
    sb_char(out, '&');
  }
  form_put(out, name);
  sb_char(out, '=');
  form_put(out, text);
  return true;
}

static bool put_field(struct sb *out, const json *member, struct err *e) {
  if (json_type(member) != JSON_ARRAY) {
    return put_pair(out, json_name(member), member, e);
  }
  for (const json *each = json_first(member); each; each = each->next) {
    if (!put_pair(out, json_name(member), each, e)) {
      return false;
    }
  }
  return true;
}

static bool put_form(struct sb *out, const json *value, struct err *e) {
  if (json_type(value) == JSON_ARRAY) {
    return err_set(e, ERR_INVALID, "the payload is an array, which form data can't hold; give an object or text");
  }
  for (const json *member = json_first(value); member; member = member->next) {
    if (!put_field(out, member, e)) {
      return false;
    }
  }
  return true;
}

/* ---- all types ---- */

/* Whether the value is written member by member; else it is text. */
static bool is_tree(const struct step_body *body, const json *value) {
  bool has_parts = json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY;
  return body->kind == MEDIA_JSON || (body->kind == MEDIA_FORM && has_parts);
}

/* Text bodies are strings from here on; null has no text, and is no body. */
static bool make_text(struct arena *arena, const struct step_body *body, json **value, struct err *e) {
  sv text;
  if (!*value || json_type(*value) == JSON_NULL) {
    *value = NULL;
    return true;
  }
  if (!json_scalar_text(*value, &text)) {
    return err_set(e, ERR_INVALID, "the payload is of type %s, which a body of type '%.*s' can't hold; give text",
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

static bool write_body(struct arena *arena, const struct step_body *body, const json *value, sv *bytes, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_REQUEST_BODY_BYTES);
  sv plain = SV("");
  if (!is_tree(body, value)) {
    json_scalar_text(value, &plain);
    sb_put(&text, plain);
  } else if (body->kind == MEDIA_FORM) {
    if (!put_form(&text, value, e)) {
      return false;
    }
  } else if (json_depth(value) > LIMIT_JSON_DEPTH) {
    return err_set(e, ERR_LIMIT, "the payload is nested deeper than %d levels", LIMIT_JSON_DEPTH);
  } else {
    json_write(&text, value);
  }
  return sb_finish(&text, "the request's body", bytes, e);
}

bool request_body_build(struct arena *arena, const struct step_body *body, const struct scope *scope, json **value,
                        sv *bytes, bool *has_body, struct err *e) {
  json *made = NULL;
  bool good = evaluate(arena, body, scope, &made, e);
  good =
      good && (!made || (replacements_apply(arena, body, scope, made, e) && write_body(arena, body, made, bytes, e)));
  if (!good) {
    return err_in(e, "requestBody");
  }
  *value = made ? made : *value;
  *has_body = made != NULL;
  return true;
}
