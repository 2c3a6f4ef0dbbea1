/* Writing parameters: the styles of OpenAPI 3.0 to 3.2, which are forms of RFC 6570's expansion.
 *
 * A style is a row of a table: what stands in front, what separates values that are written one by one (explode) or joined, and
 * whether the name is written. A value is a scalar, a list or an object of these; what the specification leaves undefined is refused,
 * since servers read it in different ways: lists and objects inside of others, a delimiter inside of an element of the space- and
 * pipe-delimited styles. Three of its gaps are filled: these styles write one text, and exploded lists, as style form does; and
 * deepObject writes a list and what is nested with a pair of brackets for each level, items[0][price]=x, and a scalar as style form
 * does, which is how the servers read it whose descriptions have such parameters.
 *
 * What is encoded depends on the place:
 * - path and query: all but RFC 3986's unreserved characters. With allowReserved reserved ones and %XX stay (RFC 6570 3.2.3), except
 *   those that would end the path or the query, or a pair of it: OpenAPI leaves these to the client ("Applications are still
 *   responsible for percent-encoding …"). So no value can add a parameter or change the path.
 * - header: nothing; http_header_check() refuses line breaks.
 * - cookie: in style form what RFC 6265 4.1.1 does not allow in a cookie, in style cookie nothing: what would need it is refused. */
#include "parameter_text.h"

#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"

/* RFC 6265 4.1.1: cookie-octet, less '%', and RFC 9110 5.6.2: token, less '%'. */
#define COOKIE_VALUE "!#$&'()*+/:<=>?@[]^`{|}"
#define COOKIE_NAME "!#$&'*+^`|"

/* RFC 3986 3.3 and 3.4: pchar and query, less what separates segments and pairs. */
#define RESERVED_IN_PATH "!$&'()*+,;=:@"
#define RESERVED_IN_QUERY "!$'()*,;=:@/?"

/* RFC 3986 3.4: query, '%' included: the author of a querystring has encoded what needs it. */
#define QUERYSTRING "!$&'()*+,;=:@/?%"

sv parameter_in_name(enum parameter_in in) {
  static const char *const names[PARAMETER_IN_COUNT] = {"path", "query", "header", "cookie", "querystring"};
  return sv_from(names[in]);
}

bool parameter_in_read(sv name, enum parameter_in *in) {
  for (unsigned i = 0; i < PARAMETER_IN_COUNT; i++) {
    if (sv_eq(name, parameter_in_name((enum parameter_in)i))) {
      *in = (enum parameter_in)i;
      return true;
    }
  }
  return false;
}

struct parameter_style parameter_style_default(enum parameter_in in) {
  bool is_form = in != IN_PATH && in != IN_HEADER;
  return (struct parameter_style){.name = is_form ? STYLE_FORM : STYLE_SIMPLE, .explode = is_form};
}

/* ---- what fits ---- */

static bool is_scalar(const json *value) {
  sv ignored;
  return json_scalar_text(value, &ignored);
}

bool parameter_is_undefined(const json *value) {
  const json *part = json_first(value);
  while (part && json_type(part) == JSON_NULL) {
    part = part->next;
  }
  return !part && !is_scalar(value);
}

static bool refuse_part(sv name, const json *part, struct err *e) {
  return err_set(e, ERR_INVALID,
                 "the parameter '%.*s' has %s inside of its value, which can't be sent; give a string, a number, a "
                 "boolean, or a list or an object of these",
                 SV_ARG(sv_slice(name, 0, 120)), json_type_name(part));
}

/* OpenAPI 3.2, Style Values: deepObject is defined for objects with scalar properties. Published descriptions use it for lists and
 * for what is nested in them, which their servers read with one more pair of brackets for each level. */
static bool fits_deep_object(sv name, const json *value, struct err *e) {
  if (json_depth(value) > LIMIT_JSON_DEPTH) {
    return err_set(e, ERR_LIMIT, "the parameter '%.*s' is nested deeper than %d levels (LIMIT_JSON_DEPTH)",
                   SV_ARG(sv_slice(name, 0, 120)), LIMIT_JSON_DEPTH);
  }
  return !parameter_is_undefined(value) ||
         err_set(e, ERR_INVALID,
                 "the parameter '%.*s' of style deepObject has an %s without members as its value; give an object of "
                 "strings, numbers and booleans",
                 SV_ARG(sv_slice(name, 0, 120)), json_type_name(value));
}

bool parameter_fits(sv name, const json *value, const struct parameter_style *style, struct err *e) {
  if (style->name == STYLE_DEEP_OBJECT) {
    return fits_deep_object(name, value, e);
  }
  for (const json *part = json_first(value); part; part = part->next) {
    if (json_type(part) != JSON_NULL && !is_scalar(part)) {
      return refuse_part(name, part, e);
    }
  }
  return true;
}

/* ---- encoding ---- */

/* A parameter on its way. */
struct writer {
  struct sb *out;
  enum parameter_in in;
  sv name;
  const struct parameter_style *style;
  bool keep_slashes;
  char delimiter; /* what no element may hold, since it separates them even when it is encoded; NUL: none */
  struct err *e;
};

/* RFC 6265 4.1.1: cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE ) */
static bool is_cookie_value(sv text) {
  bool is_quoted = text.len > 1 && sv_starts(text, SV("\"")) && sv_ends(text, SV("\""));
  sv inner = is_quoted ? sv_slice(text, 1, text.len - 1) : text;
  for (size_t i = 0; i < inner.len; i++) {
    unsigned char c = (unsigned char)inner.ptr[i];
    if (c <= ' ' || c > '~' || c == '"' || c == ',' || c == ';' || c == '\\') {
      return false;
    }
  }
  return true;
}

static bool put_bare_cookie(const struct writer *w, sv text) {
  if (!is_cookie_value(text)) {
    return err_set(w->e, ERR_INVALID,
                   "the cookie '%.*s' holds a space, a quote, a comma, a semicolon, a backslash or a character beyond "
                   "ASCII; style cookie encodes nothing, so give the value encoded",
                   SV_ARG(sv_slice(w->name, 0, 120)));
  }
  sb_put(w->out, text);
  return true;
}

static void put_encoded(const struct writer *w, sv text, const char *keep, const char *reserved) {
  if (w->style->allow_reserved) {
    percent_put_encoded(w->out, text, reserved);
  } else {
    percent_put(w->out, text, keep);
  }
}

static bool put_text(const struct writer *w, sv text) {
  switch (w->in) {
  case IN_PATH:
    put_encoded(w, text, w->keep_slashes ? "/" : "", w->keep_slashes ? RESERVED_IN_PATH "/" : RESERVED_IN_PATH);
    return true;
  case IN_QUERY:
    put_encoded(w, text, "", RESERVED_IN_QUERY);
    return true;
  case IN_HEADER:
    sb_put(w->out, text);
    return true;
  case IN_COOKIE:
    if (w->style->name == STYLE_COOKIE) {
      return put_bare_cookie(w, text);
    }
    put_encoded(w, text, COOKIE_VALUE, COOKIE_VALUE);
    return true;
  case IN_QUERYSTRING:
    percent_put(w->out, text, QUERYSTRING);
    return true;
  }
  return true;
}

/* Names are the description's, or an object's; reserved characters in them are always encoded. */
static bool put_name(const struct writer *w, sv name) {
  if (w->in == IN_HEADER || w->style->name == STYLE_COOKIE) {
    return put_text(w, name);
  }
  percent_put(w->out, name, w->in == IN_COOKIE ? COOKIE_NAME : "");
  return true;
}

/* ---- styles ---- */

/* OpenAPI 3.2, Style Values. */
struct style_row {
  const char *prefix;
  const char *between; /* values that explode */
  const char *joined;  /* values that don't */
  bool is_named;
};

static struct style_row row_of(const struct writer *w) {
  static const struct style_row rows[] = {
      [STYLE_SIMPLE] = {"", ",", ",", false},           [STYLE_LABEL] = {".", ".", ",", false},
      [STYLE_MATRIX] = {";", ";", ",", true},           [STYLE_FORM] = {"", "&", ",", true},
      [STYLE_SPACE_DELIMITED] = {"", "&", "%20", true}, [STYLE_PIPE_DELIMITED] = {"", "&", "%7C", true},
      [STYLE_DEEP_OBJECT] = {"", "&", "", true},        [STYLE_COOKIE] = {"", "; ", ",", true},
  };
  struct style_row row = rows[w->style->name];
  /* RFC 6265 4.2.1: cookie pairs are separated so, whatever the style. */
  row.between = w->in == IN_COOKIE && row.is_named ? "; " : row.between;
  return row;
}

/* RFC 6570 3.2.7: path-style parameters have no '=' in front of an empty value. */
static bool put_pair(const struct writer *w, sv name, sv text) {
  if (!put_name(w, name)) {
    return false;
  }
  if (text.len || w->style->name != STYLE_MATRIX) {
    sb_char(w->out, '=');
  }
  return put_text(w, text);
}

/* The name of a member or element below `outside`: "filter%5Bprice%5D", "items%5B0%5D". */
static bool make_deep_name(const struct writer *w, sv outside, const json *part, size_t index, sv *out) {
  struct sb name = sb_new(w->out->arena, w->out->max_bytes);
  sb_put(&name, outside);
  sb_put(&name, SV("%5B"));
  if (part->string) {
    percent_put(&name, json_name(part), "");
  } else {
    sb_format(&name, "%zu", index);
  }
  sb_put(&name, SV("%5D"));
  return sb_finish(&name, "a parameter's name", out, w->e);
}

/* Recursion is as deep as the value nests, which is bounded. */
static bool put_deep(const struct writer *w, sv name, const json *value, bool *is_first) {
  sv text;
  if (json_scalar_text(value, &text)) {
    sb_put(w->out, sv_from(*is_first ? "" : "&"));
    *is_first = false;
    sb_put(w->out, name);
    sb_char(w->out, '=');
    return put_text(w, text);
  }
  size_t index = 0;
  for (const json *part = json_first(value); part; part = part->next) {
    sv inside;
    if (!parameter_is_undefined(part) &&
        (!make_deep_name(w, name, part, index++, &inside) || !put_deep(w, inside, part, is_first))) {
      return false;
    }
  }
  return true;
}

static bool put_deep_object(const struct writer *w, const json *value) {
  struct sb name = sb_new(w->out->arena, w->out->max_bytes);
  bool is_first = true;
  sv view;
  percent_put(&name, w->name, "");
  return sb_finish(&name, "a parameter's name", &view, w->e) && put_deep(w, view, value, &is_first);
}

/* An element or member that stands for itself. */
static bool put_exploded(const struct writer *w, const struct style_row *row, const json *part, sv text) {
  bool is_member = part->string != NULL;
  if (!is_member && !row->is_named) {
    return put_text(w, text);
  }
  return put_pair(w, is_member ? json_name(part) : w->name, text);
}

static bool check_delimiter(const struct writer *w, sv text) {
  return !w->delimiter || sv_find(text, w->delimiter) == text.len ||
         err_set(w->e, ERR_INVALID,
                 "a part of the parameter '%.*s' holds '%c', which separates the parts in its style; the server would "
                 "read it as two",
                 SV_ARG(sv_slice(w->name, 0, 120)), w->delimiter);
}

/* An element or member that shares the name with others: "R,100". */
static bool put_joined(const struct writer *w, const struct style_row *row, const json *part, sv text) {
  if (part->string) {
    if (!check_delimiter(w, json_name(part)) || !put_name(w, json_name(part))) {
      return false;
    }
    sb_put(w->out, sv_from(row->joined));
  }
  return check_delimiter(w, text) && put_text(w, text);
}

static bool put_parts(const struct writer *w, const struct style_row *row, const json *value) {
  bool explodes = w->style->explode;
  bool is_first = true;
  if (!explodes && row->is_named) {
    if (!put_name(w, w->name)) {
      return false;
    }
    sb_char(w->out, '=');
  }
  for (const json *part = json_first(value); part; part = part->next) {
    sv text;
    if (!json_scalar_text(part, &text)) {
      continue;
    }
    sb_put(w->out, sv_from(is_first ? "" : explodes ? row->between : row->joined));
    is_first = false;
    if (!(explodes ? put_exploded(w, row, part, text) : put_joined(w, row, part, text))) {
      return false;
    }
  }
  return true;
}

static char delimiter_of(enum parameter_style_name style) {
  return style == STYLE_SPACE_DELIMITED ? ' ' : style == STYLE_PIPE_DELIMITED ? '|' : '\0';
}

bool parameter_put(struct sb *out, enum parameter_in in, sv name, const json *value,
                   const struct parameter_style *style, bool keep_slashes, struct err *e) {
  struct writer w = {out, in, name, style, keep_slashes, delimiter_of(style->name), e};
  struct style_row row = row_of(&w);
  sv text = SV("");
  if (!parameter_fits(name, value, style, e)) {
    return false;
  }
  if (in == IN_QUERYSTRING) {
    return json_scalar_text(value, &text) ? put_text(&w, text) : refuse_part(name, value, e);
  }
  if (style->name == STYLE_DEEP_OBJECT) {
    return put_deep_object(&w, value);
  }
  sb_put(out, sv_from(row.prefix));
  if (!parameter_is_undefined(value) && !json_scalar_text(value, &text)) {
    return put_parts(&w, &row, value);
  }
  return row.is_named ? put_pair(&w, name, text) : put_text(&w, text);
}
