/* Parameter Objects of descriptions (OpenAPI 3.2; Swagger 2.0's are alike but for their styles and schemas).
 *
 * Left out are those that no step is asked for: what signing adds, headers that other parts of the description say (a step may give
 * them all the same), and Swagger's body and formData, which are bodies.
 *
 * Published descriptions sometimes have {name} in a path without declaring it. It can only be a path parameter, and is one. */
#include "openapi_compile.h"

#include "arena.h"
#include "limits.h"

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

static bool is_swagger_body(const struct operation_source *o, sv in) {
  return o->openapi->version == SWAGGER_2_0 && (sv_eq(in, SV("body")) || sv_eq(in, SV("formData")));
}

static bool read_in(const struct operation_source *o, struct place place, enum parameter_in *in, bool *keep) {
  sv text = json_string(json_get(place.node, SV("in")));
  *keep = !is_swagger_body(o, text);
  return !*keep || parameter_in_read(text, in) ||
         place_error(place, o->e, ERR_INVALID,
                     "a parameter's 'in' must be path, query, querystring, header or cookie, but is '%.*s'",
                     SV_ARG(sv_slice(text, 0, 80)));
}

/* ---- how values are written ---- */

static bool style_by_name(sv text, enum parameter_style_name *out) {
  static const char *const names[] = {"simple",         "label",         "matrix",     "form",
                                      "spaceDelimited", "pipeDelimited", "deepObject", "cookie"};
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (sv_eq(text, sv_from(names[i]))) {
      *out = (enum parameter_style_name)i;
      return true;
    }
  }
  return false;
}

bool operation_read_style(const struct operation_source *o, struct place place, struct parameter_style *out) {
  struct place style = place_get(place, SV("style"));
  const json *explode = json_get(place.node, SV("explode"));
  if (style.node && !style_by_name(json_string(style.node), &out->name)) {
    return place_error(style, o->e, ERR_INVALID,
                       "the style '%.*s' is none of simple, label, matrix, form, spaceDelimited, pipeDelimited, "
                       "deepObject and cookie",
                       SV_ARG(sv_slice(json_string(style.node), 0, 80)));
  }
  /* OpenAPI 3.2, Parameter Object: explode is true by default when style is form or cookie. */
  out->explode = explode ? json_is_true(explode) : out->name == STYLE_FORM || out->name == STYLE_COOKIE;
  out->allow_reserved = json_is_true(json_get(place.node, SV("allowReserved")));
  return true;
}

/* OpenAPI 3.2, Style Values: each style has its places. */
static bool style_suits(enum parameter_style_name style, enum parameter_in in) {
  switch (style) {
  case STYLE_SIMPLE:
    return in == IN_PATH || in == IN_HEADER;
  case STYLE_LABEL:
  case STYLE_MATRIX:
    return in == IN_PATH;
  case STYLE_FORM:
    return in == IN_QUERY || in == IN_COOKIE;
  case STYLE_SPACE_DELIMITED:
  case STYLE_PIPE_DELIMITED:
  case STYLE_DEEP_OBJECT:
    return in == IN_QUERY;
  case STYLE_COOKIE:
    return in == IN_COOKIE;
  }
  return false;
}

/* OpenAPI 3.2, Parameter Object: `content` has exactly one entry, the media type that the value is written in. */
static bool read_content(const struct operation_source *o, struct place content, struct operation_parameter *out) {
  struct media_list list = {NULL, 0};
  if (!operation_read_content(o, content, &list)) {
    return false;
  }
  if (list.count != 1) {
    out->unsupported = "a 'content' that has not exactly one media type";
    return true;
  }
  out->has_content = true;
  out->content = list.items[0].kind;
  out->schema = list.items[0].schema;
  bool is_written = out->content == MEDIA_JSON || out->content == MEDIA_FORM || out->content == MEDIA_TEXT;
  out->unsupported = is_written ? NULL : "a 'content' that is not JSON, form data or text";
  return true;
}

static bool read_schema(const struct operation_source *o, struct place place, struct operation_parameter *out) {
  bool is_swagger = o->openapi->version == SWAGGER_2_0;
  struct place schema = is_swagger ? place : place_get(place, SV("schema"));
  bool is_form = out->in == IN_QUERY || out->in == IN_COOKIE;
  out->style.name = is_form ? STYLE_FORM : STYLE_SIMPLE;
  if (!(is_swagger ? swagger_read_style(o, place, out) : operation_read_style(o, place, &out->style)) ||
      !wire_compile(&o->openapi->schemas, schema, &out->schema, o->e)) {
    return false;
  }
  if (out->in != IN_QUERYSTRING && !style_suits(out->style.name, out->in)) {
    out->unsupported = "a 'style' that has no form in this place";
  }
  out->only = out->schema ? out->schema->only : NULL;
  return true;
}

/* ---- one parameter ---- */

static bool read_name(const struct operation_source *o, struct place place, struct operation_parameter *out) {
  const json *name = json_get(place.node, SV("name"));
  if (!json_is_string(name)) {
    return place_error(place, o->e, ERR_INVALID, "a parameter has no 'name'");
  }
  return operation_keep(o, parameter_plain_name(json_string(name), out->in), &out->name);
}

/* `*keep` tells whether the parameter is one that a step may be asked for. */
static bool read_parameter(const struct operation_source *o, struct place place, struct operation_parameter *out,
                           bool *keep) {
  if (!reference_follow(o->openapi->files, &place, o->e)) {
    return false;
  }
  if (!json_is_string(json_get(place.node, SV("name")))) {
    return read_name(o, place, out);
  }
  if (!read_in(o, place, &out->in, keep)) {
    return false;
  }
  if (!*keep) {
    return true;
  }
  if (!read_name(o, place, out)) {
    return false;
  }
  *keep = !is_signing_parameter(out->name) && !is_described_elsewhere(out);
  if (!*keep) {
    return true;
  }
  struct place content = place_get(place, SV("content"));
  out->required = out->in == IN_PATH || json_is_true(json_get(place.node, SV("required")));
  return content.node ? read_content(o, content, out) : read_schema(o, place, out);
}

/* ---- all of them ---- */

static bool is_same(const struct operation_parameter *a, const struct operation_parameter *b) {
  return a->in == b->in && (a->in == IN_HEADER ? sv_eq_nocase(a->name, b->name) : sv_eq(a->name, b->name));
}

/* OpenAPI 3.2, Operation Object: the list MUST NOT include duplicated parameters. `first` is where this list starts. */
static bool add_parameter(const struct operation_source *o, struct operation_parameter *items, size_t first,
                          struct place place, const struct operation_parameter *parameter) {
  struct operation *out = o->out;
  for (size_t i = 0; i < out->parameter_count; i++) {
    if (is_same(&items[i], parameter)) {
      return i < first || place_error(place, o->e, ERR_INVALID, "the operation has the %.*s parameter '%.*s' twice",
                                      SV_ARG(parameter_in_name(parameter->in)), SV_ARG(parameter->name));
    }
  }
  items[out->parameter_count++] = *parameter;
  return true;
}

static bool add_list(const struct operation_source *o, struct place list, struct operation_parameter *items) {
  size_t first = o->out->parameter_count;
  for (const json *each = json_first(list.node); each; each = each->next) {
    struct place place = {list.source, each};
    struct operation_parameter parameter = {.in = IN_PATH};
    bool keep = false;
    if (!read_parameter(o, place, &parameter, &keep) || (keep && !add_parameter(o, items, first, place, &parameter))) {
      return false;
    }
  }
  return true;
}

/* The next {name} of the path, without the '+' of a greedy one; false at its end. */
static bool next_template(sv *path, sv *name) {
  sv before;
  sv after;
  bool found = sv_split(*path, '{', &before, &after) && sv_split(after, '}', name, path);
  *name = found ? parameter_plain_name(*name, IN_PATH) : SV("");
  return found;
}

static size_t count_templates(sv path) {
  size_t count = 0;
  sv name;
  while (next_template(&path, &name)) {
    count++;
  }
  return count;
}

/* Only names of the path itself: those of its query are filled from query parameters. */
static void add_undeclared(struct operation *operation, struct operation_parameter *items) {
  sv path = sv_slice(operation->path, 0, sv_find(operation->path, '?'));
  sv name;
  while (next_template(&path, &name)) {
    if (!operation_parameter(operation, name, IN_PATH)) {
      items[operation->parameter_count++] =
          (struct operation_parameter){.name = name, .in = IN_PATH, .required = true, .style = {.name = STYLE_SIMPLE}};
    }
  }
}

bool operation_read_parameters(const struct operation_source *o) {
  struct place own = place_get(o->entry->node, SV("parameters"));
  struct place shared = place_get(o->entry->item, SV("parameters"));
  struct operation *operation = o->out;
  size_t most = json_count(own.node) + json_count(shared.node) + count_templates(operation->path);
  if (most > LIMIT_OPERATION_PARAMETERS) {
    return place_error(o->entry->node, o->e, ERR_LIMIT, "the operation has %zu parameters; at most %d are allowed",
                       most, LIMIT_OPERATION_PARAMETERS);
  }
  struct operation_parameter *items = arena_array(o->openapi->arena, most + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  operation->parameters = items;
  if (!add_list(o, own, items) || !add_list(o, shared, items)) {
    return false;
  }
  add_undeclared(operation, items);
  return true;
}
