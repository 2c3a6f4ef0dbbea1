/* Request bodies: the media type, the payload as a template, the replacements.
 *
 * The media type is the step's own, else the operation's. It says how a payload is read:
 * - JSON: any value. A string is JSON text with expressions in it, and becomes the tree that it describes (template_json.c).
 * - Form data: an object, whose members become pairs; or text, in which values are encoded.
 * - XML and other text: text, or one expression or Selector Object. The specification puts expressions into it as they are.
 * - multipart, and types whose content is bytes, are refused.
 *
 * A replacement's target is compiled here, too. Its language is JSON Pointer for JSON and form objects, XPath for XML; 1.1
 * documents may name another one that suits the payload. Text of other types has no places, and is refused with replacements. */
#include "body.h"

#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "selector.h"

/* A Request Body Object, while it is compiled. */
struct body_source {
  struct compiler *compiler;
  const struct operation *operation;
  const json *node;
  const json *payload; /* NULL: none */
  const json *replacements;
  struct step_body *out;
  struct err *e;
};

/* ---- the media type ---- */

/* A range that an operation may declare: "*" + "/" + "*", "application/" + "*". */
static bool is_range(sv type) {
  return sv_contains(type, SV("*"));
}

/* JSON, when the operation takes it, else the only type that is supported. `*choices` is the number of these. */
static sv operation_content_type(const struct operation *operation, size_t *choices) {
  const json *last = NULL;
  *choices = 0;
  for (const json *each = json_first(operation->request_content); each; each = each->next) {
    sv type = json_name(each);
    if (media_type_kind(type) == MEDIA_JSON) {
      *choices = 1;
      return type;
    }
    bool is_first = !last;
    bool is_supported = media_type_kind(type) != MEDIA_BINARY;
    last = is_first || is_supported ? each : last;
    *choices += is_supported ? 1 : 0;
  }
  bool is_any = !last || sv_eq(json_name(last), SV("*/*")) || sv_eq(json_name(last), SV("application/*"));
  return is_any ? SV("application/json") : json_name(last);
}

static bool read_declared(const struct body_source *b, const json *declared) {
  sv type = sv_trim(json_string(declared));
  b->out->content_type = type;
  if (sv_contains(type, SV("{$")) || sv_starts(type, SV("$"))) {
    return source_error(b->compiler->source, declared, b->e, ERR_INVALID,
                        "'contentType' is a media type as text; expressions are not evaluated in it");
  }
  return media_type_is_well_formed(type) ||
         source_error(b->compiler->source, declared, b->e, ERR_INVALID,
                      "'%.*s' is no media type; write it as type/subtype, for example application/json",
                      SV_ARG(sv_slice(type, 0, 120)));
}

static bool choose_content_type(const struct body_source *b) {
  const json *declared = json_get(b->node, SV("contentType"));
  const struct source *source = b->compiler->source;
  struct step_body *out = b->out;
  size_t choices = 1;
  if (declared && !read_declared(b, declared)) {
    return false;
  }
  if (!declared) {
    out->content_type = operation_content_type(b->operation, &choices);
  }
  if (choices > 1 || is_range(out->content_type)) {
    return source_error(source, b->node, b->e, ERR_INVALID,
                        "the operation '%.*s' takes several media types; say by 'contentType' which one the payload is",
                        SV_ARG(b->operation->id));
  }
  out->kind = media_type_kind(out->content_type);
  return out->kind != MEDIA_BINARY ||
         source_error(source, declared ? declared : b->node, b->e, ERR_UNSUPPORTED,
                      "request bodies of type '%.*s' are not supported yet; JSON, XML, form data and other text are",
                      SV_ARG(sv_slice(out->content_type, 0, 120)));
}

/* ---- the payload ---- */

static bool is_selector(const struct body_source *b, const json *value) {
  return b->compiler->version == ARAZZO_1_1 && selector_is(value);
}

static bool is_structure(const struct body_source *b, const json *value) {
  bool is_tree = json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY;
  return is_tree && !is_selector(b, value);
}

/* Which payloads a media type can't have, and what to write instead. */
static bool check_type(const struct body_source *b) {
  const struct step_body *out = b->out;
  const char *instead = NULL;
  bool is_null = json_type(b->payload) == JSON_NULL;
  switch (out->kind) {
  case MEDIA_JSON:
  case MEDIA_BINARY:
    return true;
  case MEDIA_FORM:
    instead = !json_is_string(b->payload) && json_type(b->payload) != JSON_OBJECT
                  ? "give an object, or text as in \"a=1&b={$inputs.b}\""
                  : NULL;
    break;
  case MEDIA_XML:
    instead = is_null || is_structure(b, b->payload) ? "give the XML as text, with {$…} where values go" : NULL;
    break;
  case MEDIA_TEXT:
    instead = is_null || is_structure(b, b->payload) ? "give text, with {$…} where values go" : NULL;
    break;
  }
  return !instead || source_error(b->compiler->source, b->payload, b->e, ERR_INVALID,
                                  "a payload of type '%.*s' can't be written from %s; %s",
                                  SV_ARG(sv_slice(out->content_type, 0, 120)), json_type_name(b->payload), instead);
}

/* A line break would become a part of a name or value. */
static bool check_form_text(const struct body_source *b) {
  sv text = sv_trim(json_string(b->payload));
  return (sv_find(text, '\n') == text.len && sv_find(text, '\r') == text.len) ||
         source_error(b->compiler->source, b->payload, b->e, ERR_INVALID,
                      "form data has no line breaks; write it in one line, or give the payload as an object");
}

static bool compile_text(const struct body_source *b) {
  struct template_rules rules = value_rules(b->compiler);
  struct step_body *out = b->out;
  const json *culprit = b->payload;
  bool good = false;
  rules.form_text = out->kind == MEDIA_FORM;
  if (out->kind == MEDIA_FORM && !check_form_text(b)) {
    return false;
  }
  if (out->kind == MEDIA_JSON) {
    good = template_compile_json(b->compiler->arena, b->payload, rules, &out->payload, b->e);
  } else {
    good = template_compile(b->compiler->arena, b->payload, rules, &out->payload, &culprit, b->e);
  }
  return good || value_error(b->compiler, b->payload, b->e);
}

static bool compile_payload(const struct body_source *b) {
  if (!b->payload) {
    bool has_body = b->replacements != NULL;
    return has_body || !b->operation->request_required ||
           source_error(b->compiler->source, b->node, b->e, ERR_INVALID,
                        "the operation '%.*s' requires a request body; give its 'payload'", SV_ARG(b->operation->id));
  }
  if (!check_type(b)) {
    return false;
  }
  return json_is_string(b->payload) ? compile_text(b) : value_compile(b->compiler, b->payload, &b->out->payload, b->e);
}

/* ---- replacements ---- */

/* Whether the body's type has places at all: not in text, and not in what is no tree before it is sent. */
static bool check_places(const struct body_source *b) {
  const struct step_body *out = b->out;
  const char *why = NULL;
  switch (out->kind) {
  case MEDIA_JSON:
  case MEDIA_BINARY:
    return true;
  case MEDIA_FORM:
    why = json_is_string(b->payload) ? "a payload that is form data as text; give it as an object" : NULL;
    break;
  case MEDIA_XML:
    why = !b->payload ? "XML without a 'payload'; give the XML that they change" : NULL;
    break;
  case MEDIA_TEXT:
    why = "text; write the expressions into the payload";
    break;
  }
  return !why || source_error(b->compiler->source, b->replacements, b->e, ERR_INVALID,
                              "replacements have no targets in %s", why);
}

/* Arazzo 1.1.0, Payload Replacement Object: without targetSelectorType the target MUST be a JSON Pointer if the payload is
 * JSON, and an XPath if it is XML. 1.0.1 has these two only. */
static bool read_target_type(const struct body_source *b, const json *node, struct locator_type *out) {
  const json *type = json_get(node, SV("targetSelectorType"));
  bool is_xml = b->out->kind == MEDIA_XML;
  const json *culprit = type;
  struct err *e = b->e;
  *out = (struct locator_type){.kind = is_xml ? LOCATOR_XPATH : LOCATOR_POINTER, .version = XPATH_31};
  if (!type) {
    return true;
  }
  if (!locator_type_read(type, out, &culprit, e)) {
    return value_error(b->compiler, culprit, e);
  }
  return (out->kind == LOCATOR_XPATH) == is_xml ||
         source_error(b->compiler->source, type, e, ERR_INVALID,
                      "a target of type '%s' has no place in a payload of type '%.*s'; use %s",
                      locator_kind_name(out->kind), SV_ARG(sv_slice(b->out->content_type, 0, 120)),
                      is_xml ? "xpath" : "jsonpointer or jsonpath");
}

static bool check_value(const struct body_source *b, const json *value) {
  return b->out->kind != MEDIA_XML || !is_structure(b, value) ||
         source_error(b->compiler->source, value, b->e, ERR_INVALID,
                      "the value of a replacement in XML must be text, a number or a boolean, but is %s",
                      json_type_name(value));
}

static bool compile_replacement(const struct body_source *b, const json *node, struct body_replacement *out) {
  const json *target = json_get(node, SV("target"));
  const json *value = json_get(node, SV("value"));
  struct locator_type type;
  struct compiler *compiler = b->compiler;
  if (!read_target_type(b, node, &type) || !check_value(b, value)) {
    return false;
  }
  if (!locator_compile(compiler->arena, json_string(target), type, &out->target, b->e)) {
    return value_error(compiler, target, b->e);
  }
  if (type.kind == LOCATOR_XPATH && !xpath_selects_nodes(out->target.xpath)) {
    return source_error(compiler->source, target, b->e, ERR_INVALID,
                        "the XPath gives a value, not nodes of the payload; select elements, attributes or text");
  }
  return value_compile(compiler, value, &out->value, b->e);
}

static bool compile_replacements(const struct body_source *b) {
  size_t count = json_count(b->replacements);
  if (!b->replacements) {
    return true;
  }
  if (count > LIMIT_REPLACEMENTS) {
    return source_error(b->compiler->source, b->replacements, b->e, ERR_LIMIT,
                        "the body has %zu replacements; at most %d are allowed", count, LIMIT_REPLACEMENTS);
  }
  struct body_replacement *items = arena_array(b->compiler->arena, count, sizeof *items);
  if (!items) {
    return err_memory(b->e);
  }
  b->out->replacements = items;
  for (const json *node = json_first(b->replacements); node; node = node->next) {
    size_t index = b->out->replacement_count++;
    if (!compile_replacement(b, node, &items[index])) {
      return err_in(b->e, "replacement %zu", index);
    }
  }
  return true;
}

bool body_compile(struct compiler *compiler, const json *step, const struct operation *operation,
                  const struct step_body **out, struct err *e) {
  const json *node = json_get(step, SV("requestBody"));
  if (!node) {
    return !operation->request_required ||
           source_error(compiler->source, step, e, ERR_INVALID, "the operation '%.*s' requires a request body",
                        SV_ARG(operation->id));
  }
  struct step_body *made = arena_alloc(compiler->arena, sizeof *made);
  if (!made) {
    return err_memory(e);
  }
  const json *replacements = json_get(node, SV("replacements"));
  struct body_source b = {.compiler = compiler,
                          .operation = operation,
                          .node = node,
                          .payload = json_get(node, SV("payload")),
                          .replacements = json_count(replacements) ? replacements : NULL,
                          .out = made,
                          .e = e};
  *out = made;
  return choose_content_type(&b) && compile_payload(&b) && (!b.replacements || check_places(&b)) &&
         compile_replacements(&b);
}

bool body_each(const struct step_body *body, bool (*visit)(void *context, const struct expression *expression),
               void *context) {
  if (body->payload && !template_each(body->payload, visit, context)) {
    return false;
  }
  for (size_t i = 0; i < body->replacement_count; i++) {
    const struct body_replacement *replacement = &body->replacements[i];
    if (!locator_each(&replacement->target, visit, context) || !template_each(replacement->value, visit, context)) {
      return false;
    }
  }
  return true;
}
