/* Building a URL: the server's, the path with its parameters, the query.
 *
 * A path key may hold a query of its own, "/?Action=Create" or "?part={part}": its pairs are kept unless the step gives the
 * name, and {part} is filled from the step's query parameter of that name. In AWS's query protocols lists and objects are numbered
 * pairs (wire/query_form.h), in all others what the parameter's style says (wire/parameter_text.h). */
#include "request_url.h"

#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "query_form.h"
#include "sb.h"

/* RFC 3986 3.3 and 3.4: pchar, and what separates segments, pairs and their halves. */
#define WRITTEN "!$&'()*+,;=:@/?"

struct url_building {
  struct arena *arena;
  const struct operation *operation;
  const struct endpoint *endpoint;
  const struct argument_list *arguments;
  struct sb *url;
  bool has_query; /* '?' is written */
  struct err *e;
};

/* ---- the path ---- */

/* A value without any text, whatever its style writes around it. */
static bool is_empty(const json *value) {
  sv text = SV("");
  const json *part = json_first(value);
  bool is_scalar = json_scalar_text(value, &text);
  while (part && !part->string && (!json_scalar_text(part, &text) || text.len == 0)) {
    part = part->next;
  }
  return is_scalar ? text.len == 0 : !part || parameter_is_undefined(value);
}

/* An empty value would address another resource, as would slashes alone and a segment "." or "..": a collection, perhaps, in place
 * of one of its members. What its author has encoded counts as what it means. Only S3 takes such segments as they are. */
static bool stays_in_place(const struct url_building *b, sv written, bool *stays) {
  bool is_s3 = sv_eq(b->endpoint->service, SV("s3"));
  bool has_text = is_s3;
  sv rest = written;
  *stays = written.len != 0;
  if (!percent_decode(b->arena, written, &rest, b->e)) {
    return false;
  }
  for (bool more = !is_s3; more;) {
    sv segment = rest;
    more = sv_split(rest, '/', &segment, &rest);
    segment = more ? segment : rest;
    has_text = has_text || segment.len;
    *stays = *stays && !sv_eq(segment, SV(".")) && !sv_eq(segment, SV(".."));
  }
  *stays = *stays && has_text;
  return true;
}

/* What was written since `before`; a text of its own when the builder failed, which is told at its end. */
static sv written_since(const struct sb *url, size_t before) {
  return url->state == SB_OK ? sv_slice((sv){url->data, url->len}, before, url->len) : SV("-");
}

/* One {name} or {name+} of the path; the latter is greedy: its slashes are kept. */
static bool put_path_parameter(struct url_building *b, sv name) {
  bool greedy = sv_ends(name, SV("+"));
  sv bare = parameter_plain_name(name, IN_PATH);
  const struct argument *argument = argument_find(b->arguments, bare, IN_PATH);
  size_t before = b->url->len;
  bool stays = true;
  if (!argument || !argument->value) {
    return err_set(b->e, ERR_UNRESOLVED, "the path parameter '%.*s' has no value", SV_ARG(bare));
  }
  if (!parameter_put(b->url, IN_PATH, bare, argument->sent, &argument->style, greedy, b->e)) {
    return false;
  }
  sv written = written_since(b->url, before);
  return stays_in_place(b, written, &stays) &&
         ((stays && !is_empty(argument->sent)) ||
          err_set(b->e, ERR_INVALID, "the path parameter '%.*s' is '%.*s', which would address another resource",
                  SV_ARG(bare), SV_ARG(written)));
}

/* What the description has written, but for what no URL can hold. */
static void put_written(struct url_building *b, sv text) {
  percent_put_encoded(b->url, text, WRITTEN);
}

static bool put_path(struct url_building *b, sv path) {
  sv before;
  sv after;
  sv rest = path;
  while (sv_split(rest, '{', &before, &after)) {
    sv name;
    put_written(b, before);
    if (!sv_split(after, '}', &name, &rest)) {
      return err_set(b->e, ERR_INVALID, "the path '%.*s' of the operation has '{' without '}'", SV_ARG(path));
    }
    if (!put_path_parameter(b, name)) {
      return false;
    }
  }
  put_written(b, rest);
  return true;
}

/* ---- the query ---- */

/* Every pair comes percent-encoded, from a description or from us. */
static void put_pairs(struct url_building *b, sv pairs) {
  if (pairs.len) {
    sb_char(b->url, b->has_query ? '&' : '?');
    put_written(b, pairs);
    b->has_query = true;
  }
}

/* Splits "name={parameter}"; false for every other pair. */
static bool is_template(sv pair, sv *name, sv *parameter) {
  sv value;
  bool good = sv_split(pair, '=', name, &value) && sv_starts(value, SV("{")) && sv_ends(value, SV("}"));
  *parameter = good ? sv_slice(value, 1, value.len - 1) : SV("");
  return good;
}

/* The argument that a {parameter} in the path key's query stands for. */
static const struct argument *template_argument(const struct url_building *b, sv parameter) {
  const struct argument *argument = argument_find(b->arguments, parameter, IN_QUERY);
  return argument ? argument : argument_find(b->arguments, parameter, IN_PATH);
}

/* "name={parameter}" of another name than the parameter's. */
static bool put_template(struct url_building *b, sv name, const struct argument *argument) {
  struct sb pairs = sb_new(b->arena, LIMIT_URL_BYTES);
  struct parameter_style style = parameter_style_default(IN_QUERY);
  sv view;
  if (!argument || !argument->value) {
    return true;
  }
  style = argument->in == IN_QUERY ? argument->style : style;
  if (!parameter_put(&pairs, IN_QUERY, name, argument->sent, &style, false, b->e) ||
      !sb_finish(&pairs, "the request's URL", &view, b->e)) {
    return false;
  }
  put_pairs(b, view);
  return true;
}

/* An object that explodes is written under its members' names. */
static bool is_written_by_name(const struct argument *argument) {
  bool explodes = argument->style.explode || argument->style.name == STYLE_DEEP_OBJECT;
  return argument->value && (json_type(argument->sent) != JSON_OBJECT || !explodes);
}

/* A pair of the path key's own query: not written if the step gives the name, and so is one that a parameter fills by its name. */
static bool put_fixed_pair(struct url_building *b, sv pair) {
  sv name = sv_slice(pair, 0, sv_find(pair, '='));
  sv parameter;
  const struct argument *given = argument_find(b->arguments, name, IN_QUERY);
  if (given && is_written_by_name(given)) {
    return true;
  }
  if (is_template(pair, &name, &parameter)) {
    return put_template(b, name, template_argument(b, parameter));
  }
  put_pairs(b, pair);
  return true;
}

static bool put_fixed_query(struct url_building *b, sv fixed) {
  while (fixed.len) {
    sv pair = fixed;
    sv rest = SV("");
    sv_split(fixed, '&', &pair, &rest);
    if (!put_fixed_pair(b, pair)) {
      return false;
    }
    fixed = rest;
  }
  return true;
}

/* True when the path key's query holds the parameter under another name. */
static bool is_in_fixed_query(sv fixed, sv wanted) {
  while (fixed.len) {
    sv pair = fixed;
    sv rest = SV("");
    sv name;
    sv parameter;
    sv_split(fixed, '&', &pair, &rest);
    if (is_template(pair, &name, &parameter) && sv_eq(parameter, wanted) && !sv_eq(name, wanted)) {
      return true;
    }
    fixed = rest;
  }
  return false;
}

/* S3's "versioning" is there or not: descriptions made from AWS's model call it a boolean that can be true only. */
static bool is_flag(const struct url_building *b, const struct argument *argument) {
  const json *only = argument->declared ? argument->declared->only : NULL;
  return b->operation->is_modelled && b->operation->protocol == AWS_REST_XML && json_is_true(only);
}

static bool put_flag(struct sb *pairs, sv name) {
  percent_put(pairs, name, "");
  sb_char(pairs, '=');
  return true; /* that `pairs` is full is seen by its owner */
}

static bool write_argument(const struct url_building *b, const struct argument *argument, struct sb *pairs) {
  const struct wire_schema *schema = argument->declared ? argument->declared->schema : NULL;
  switch (b->operation->protocol) {
  case AWS_QUERY:
    return query_form_put(pairs, argument->name, argument->sent, schema, QUERY_AWS, b->e);
  case AWS_EC2:
    return query_form_put(pairs, argument->name, argument->sent, schema, QUERY_EC2, b->e);
  case AWS_NONE:
  case AWS_REST_JSON:
  case AWS_JSON_RPC:
  case AWS_REST_XML:
    break;
  }
  return is_flag(b, argument)
             ? put_flag(pairs, argument->name)
             : parameter_put(pairs, argument->in, argument->name, argument->sent, &argument->style, false, b->e);
}

static bool put_argument(struct url_building *b, sv fixed, const struct argument *argument) {
  struct sb pairs = sb_new(b->arena, LIMIT_URL_BYTES);
  bool belongs = argument->in == IN_QUERYSTRING || argument->in == IN_QUERY;
  sv view;
  if (!belongs || !argument->value || is_in_fixed_query(fixed, argument->name)) {
    return true;
  }
  bool good = argument->in == IN_QUERYSTRING
                  ? parameter_put(&pairs, IN_QUERYSTRING, argument->name, argument->sent, &argument->style, false, b->e)
                  : write_argument(b, argument, &pairs);
  if (!good || !sb_finish(&pairs, "the request's URL", &view, b->e)) {
    return false;
  }
  put_pairs(b, view);
  return true;
}

bool request_url_build(struct arena *arena, const struct operation *operation, const struct endpoint *endpoint,
                       const struct argument_list *arguments, sv *out, struct err *e) {
  struct sb url = sb_new(arena, LIMIT_URL_BYTES);
  struct url_building b = {arena, operation, endpoint, arguments, &url, false, e};
  sv path = operation->path;
  sv fixed = SV("");
  sv whole = path;
  sv_split(whole, '?', &path, &fixed);
  sb_put(&url, endpoint->base_url);
  if (!put_path(&b, path) || !put_fixed_query(&b, fixed)) {
    return false;
  }
  for (size_t i = 0; i < arguments->count; i++) {
    if (!put_argument(&b, fixed, &arguments->items[i])) {
      return false;
    }
  }
  return sb_finish(&url, "the request's URL", out, e);
}
