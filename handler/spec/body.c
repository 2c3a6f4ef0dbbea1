/* Request bodies: the media type, the payload as a template, the replacements.
 *
 * The media type is the step's own, else the operation's. It says how a payload is read:
 * - JSON: any value. A string is JSON text with expressions in it, and becomes the tree that it describes (template_json.c).
 * - Form data: an object, whose members become pairs; or text, in which values are encoded.
 * - multipart: an object (or a list, unless it is multipart/form-data) whose members become parts; or the whole as text, when the
 *   media type names its boundary.
 * - XML: an object, which is written by the operation's schema; or text.
 * - Text: text, or one expression or Selector Object. The specification puts expressions into it, and into XML's, as they are.
 * - Bytes: text, which is sent as it is, or {"base64": "…"}.
 *
 * A replacement's target is compiled here, too. Its language is JSON Pointer for JSON and form objects, XPath for XML; 1.1
 * documents may name another one that suits the payload. Text of other types has no places, and is refused with replacements. */
#include "body.h"

#include "arena.h"
#include "byte_content.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "multipart.h"
#include "selector.h"
#include "xml_write.h"

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

/* JSON, when the operation takes it, else its only type, or the only one that is text. `*choices` is how many there are. */
static sv operation_content_type(const struct operation *operation, size_t *choices) {
  const struct media_list *list = &operation->request;
  sv only = SV("");
  sv only_text = SV("");
  size_t texts = 0;
  for (size_t i = 0; i < list->count; i++) {
    enum media_kind kind = list->items[i].kind;
    bool is_text = kind != MEDIA_BINARY && kind != MEDIA_MULTIPART;
    only = list->items[i].type;
    if (kind == MEDIA_JSON) {
      *choices = 1;
      return only;
    }
    only_text = is_text ? only : only_text;
    texts += is_text;
  }
  *choices = texts ? texts : list->count;
  only = texts ? only_text : only;
  bool is_any = only.len == 0 || sv_eq(only, SV("*/*")) || sv_eq(only, SV("application/*"));
  return is_any ? SV("application/json") : only;
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

static sv plain_type(sv type) {
  return sv_trim(sv_slice(type, 0, sv_find(type, ';')));
}

/* What the operation says of the body's type: of this type, else of a range that holds it, else of one of the same kind. */
static const struct media *find_media(const struct media_list *list, sv type, enum media_kind kind) {
  const struct media *of_range = NULL;
  const struct media *of_kind = NULL;
  for (size_t i = 0; i < list->count; i++) {
    const struct media *media = &list->items[i];
    sv name = plain_type(media->type);
    sv start = sv_slice(name, 0, sv_find(name, '*'));
    if (sv_eq_nocase(name, plain_type(type))) {
      return media;
    }
    if (is_range(name) && (start.len == 0 || sv_eq_nocase(start, sv_slice(type, 0, start.len)))) {
      of_range = of_range ? of_range : media;
    }
    of_kind = !of_kind && media->kind == kind && !is_range(name) ? media : of_kind;
  }
  return of_range ? of_range : of_kind;
}

/* Whoever sends ISO-8859-1 would be sent UTF-8 under that name. */
static bool check_parameters(const struct body_source *b, const json *place) {
  sv type = b->out->content_type;
  sv charset;
  if (media_type_parameter(type, SV("charset"), &charset) && !sv_eq_nocase(charset, SV("utf-8"))) {
    return source_error(b->compiler->source, place, b->e, ERR_UNSUPPORTED,
                        "text is sent in UTF-8, not in '%.*s'; write charset=utf-8, or leave it out",
                        SV_ARG(sv_slice(charset, 0, 60)));
  }
  return b->out->kind != MEDIA_MULTIPART || multipart_type_is_valid(type) ||
         source_error(b->compiler->source, place, b->e, ERR_INVALID,
                      "the boundary of '%.*s' must be 1 to 70 letters, digits and '()+_,-./:=?; leave it out, and one "
                      "is chosen",
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
  out->media = find_media(&b->operation->request, out->content_type, out->kind);
  if (b->operation->json_type.len && sv_eq_nocase(plain_type(out->content_type), SV("application/json"))) {
    out->content_type = b->operation->json_type;
  }
  return check_parameters(b, declared ? declared : b->node);
}

/* ---- the payload ---- */

static bool is_selector(const struct body_source *b, const json *value) {
  return b->compiler->version == ARAZZO_1_1 && selector_is(value);
}

static bool is_structure(const struct body_source *b, const json *value) {
  bool is_tree = json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY;
  return is_tree && !is_selector(b, value);
}

/* A text that is one expression may become anything. */
static bool is_expression(const struct body_source *b) {
  sv text = json_string(b->payload);
  return sv_starts(text, SV("$")) || (sv_starts(text, SV("{$")) && sv_ends(text, SV("}")));
}

static const char *instead_of_form(const json *payload) {
  bool fits = json_is_string(payload) || json_type(payload) == JSON_OBJECT;
  return fits ? NULL : "give an object, or text as in \"a=1&b={$inputs.b}\"";
}

static const char *instead_of_multipart(const struct body_source *b) {
  sv type = b->out->content_type;
  bool is_form = multipart_type_is_form(type);
  sv ignored;
  if (json_type(b->payload) == JSON_OBJECT || (json_type(b->payload) == JSON_ARRAY && !is_form)) {
    return NULL;
  }
  if (!json_is_string(b->payload)) {
    return is_form ? "give an object" : "give an object or a list";
  }
  bool may_fit = media_type_parameter(type, SV("boundary"), &ignored) || is_expression(b);
  return may_fit ? NULL : "give an object, or name the boundary in 'contentType'";
}

static const char *instead_of_bytes(const struct body_source *b) {
  bool fits = json_is_string(b->payload) || byte_content_is(b->payload) || is_selector(b, b->payload);
  return fits ? NULL : "give text, or bytes as {base64: …}";
}

/* Which payloads a media type can't have, and what to write instead. */
static bool check_type(const struct body_source *b) {
  const struct step_body *out = b->out;
  const char *instead = NULL;
  bool is_null = json_type(b->payload) == JSON_NULL;
  switch (out->kind) {
  case MEDIA_JSON:
    return true;
  case MEDIA_FORM:
    instead = instead_of_form(b->payload);
    break;
  case MEDIA_MULTIPART:
    instead = instead_of_multipart(b);
    break;
  case MEDIA_XML:
    instead = is_null || json_type(b->payload) == JSON_ARRAY
                  ? "give an object, or the XML as text, with {$…} where values go"
                  : NULL;
    break;
  case MEDIA_TEXT:
    instead = is_null || is_structure(b, b->payload) ? "give text, with {$…} where values go" : NULL;
    break;
  case MEDIA_BINARY:
    instead = instead_of_bytes(b);
    break;
  }
  return !instead || source_error(b->compiler->source, b->payload, b->e, ERR_INVALID,
                                  "a payload of type '%.*s' can't be written from %s; %s",
                                  SV_ARG(sv_slice(out->content_type, 0, 120)), json_type_name(b->payload), instead);
}

/* What is known of an object's root element is known before it is evaluated. AWS's query protocols write no XML. */
static bool check_root(const struct body_source *b) {
  const struct step_body *out = b->out;
  enum aws_protocol protocol = b->operation->protocol;
  bool is_tree =
      out->kind == MEDIA_XML && is_structure(b, b->payload) && !byte_content_is(b->payload) && !b->replacements;
  struct err why = {.code = ERR_NONE};
  return !is_tree || protocol == AWS_QUERY || protocol == AWS_EC2 ||
         xml_write_check_root(b->payload, out->media ? out->media->schema : NULL, &why) ||
         source_error(b->compiler->source, b->payload, b->e, ERR_INVALID, "%s", why.text);
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
  if (!check_type(b) || !check_root(b)) {
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
    return true;
  case MEDIA_FORM:
    why = json_is_string(b->payload) ? "a payload that is form data as text; give it as an object" : NULL;
    break;
  case MEDIA_XML:
    why = !b->payload ? "XML without a 'payload'; give the XML that they change" : NULL;
    break;
  case MEDIA_MULTIPART:
    why = json_is_string(b->payload) ? "a payload that is multipart as text; give it as an object" : NULL;
    break;
  case MEDIA_TEXT:
    why = "text; write the expressions into the payload";
    break;
  case MEDIA_BINARY:
    why = "bytes; write the expressions into the payload";
    break;
  }
  return !why || source_error(b->compiler->source, b->replacements, b->e, ERR_INVALID,
                              "replacements have no targets in %s", why);
}

/* XML that is given as an object is a tree like JSON until it is sent. */
static bool is_xml_text(const struct body_source *b) {
  return b->out->kind == MEDIA_XML && !is_structure(b, b->payload);
}

/* Arazzo 1.1.0, Payload Replacement Object: without targetSelectorType the target MUST be a JSON Pointer if the payload is
 * JSON, and an XPath if it is XML. 1.0.1 has these two only. */
static bool read_target_type(const struct body_source *b, const json *node, struct locator_type *out) {
  const json *type = json_get(node, SV("targetSelectorType"));
  bool is_xml = is_xml_text(b);
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
  return !is_xml_text(b) || !is_structure(b, value) ||
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
  /* RFC 9110 9.3.2: content of a HEAD request has no meaning, and no library sends it. */
  if (sv_eq(operation->method, SV("HEAD"))) {
    return source_error(compiler->source, node, e, ERR_INVALID, "a HEAD request has no body; leave 'requestBody' out");
  }
  struct step_body *made = arena_alloc(compiler->arena, sizeof *made);
  if (!made) {
    return err_memory(e);
  }
  made->operation = operation;
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
