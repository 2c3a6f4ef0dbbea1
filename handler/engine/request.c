/* Building a request (Arazzo 1.1.0, Parameter Object and Request Body Object; OpenAPI 3.1, Parameter Object: style form for
 * queries and cookies, simple for paths and headers).
 *
 * A value that is unresolved or null is left out; where the operation requires it, the step fails before anything is sent.
 * A path key may hold a query of its own, "/?Action=Create" or "?part={part}": its pairs are kept unless the step gives the
 * name, and {part} is filled from the step's query parameter. */
#include "request.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "request_body.h"
#include "sb.h"
#include "url.h"

/* A parameter with its value, as JSON (for $request.…) and as it is sent. */
struct argument {
  const struct step_parameter *parameter;
  const json *value; /* as $request.… reads it; NULL: left out */
  const json *sent;  /* as it is written */
};

/* A request on its way. */
struct building {
  struct arena *arena;
  struct run *run;
  const struct step *step;
  struct argument *arguments;
  struct step_request *out;
  json *body;
  struct err *e;
};

static bool missing_value(const struct building *building, const struct step_parameter *parameter,
                          const struct expression *missing) {
  return err_set(building->e, ERR_UNRESOLVED, "the parameter '%.*s' is needed but has no value%s%.*s",
                 SV_ARG(parameter->name), missing ? ": there is no " : "", SV_ARG(missing ? missing->text : SV("")));
}

/* Where the description wants JSON (OpenAPI 3.1, Parameter Object: `content`), the value is written as JSON text. */
static bool json_as_text(struct building *building, const struct step_parameter *parameter, const json **value) {
  struct sb text = sb_new(building->arena, LIMIT_URL_BYTES);
  sv view;
  if (!parameter->declared || !parameter->declared->is_json) {
    return true;
  }
  json_write(&text, *value);
  if (!sb_finish(&text, "a parameter's value", &view, building->e)) {
    return false;
  }
  *value = json_new_string(building->arena, view);
  return *value || err_memory(building->e);
}

/* Without a part of its path, and a DELETE without a part of its query, a request would be about something else, or more. */
static bool is_needed(const struct step *step, const struct step_parameter *parameter) {
  bool is_delete = sv_eq(step->operation->method, SV("DELETE"));
  return parameter->in == IN_PATH || (parameter->declared && parameter->declared->required) ||
         (is_delete && (parameter->in == IN_QUERY || parameter->in == IN_QUERYSTRING));
}

static bool evaluate_arguments(struct building *building) {
  const struct step *step = building->step;
  struct scope scope = {.root = building->run->top->scope};
  building->arguments = arena_array(building->arena, step->parameter_count + 1, sizeof *building->arguments);
  if (!building->arguments) {
    return err_memory(building->e);
  }
  for (size_t i = 0; i < step->parameter_count; i++) {
    const struct step_parameter *parameter = &step->parameters[i];
    const struct expression *missing = NULL;
    json *value = NULL;
    if (!template_eval(parameter->value, &scope, building->arena, &value, &missing, building->e)) {
      return false;
    }
    bool has_value = value && json_type(value) != JSON_NULL;
    if (!has_value && is_needed(step, parameter)) {
      return missing_value(building, parameter, missing);
    }
    const json *sent = value;
    if (has_value && !json_as_text(building, parameter, &sent)) {
      return false;
    }
    building->arguments[i] = (struct argument){parameter, has_value ? value : NULL, sent};
  }
  return true;
}

/* The text of a string, number or boolean. */
static bool scalar_text(struct building *building, const json *value, sv name, sv *out) {
  if (json_scalar_text(value, out)) {
    return true;
  }
  return err_set(
      building->e, ERR_INVALID,
      "the parameter '%.*s' has %s as its value, which can't be sent; give a string, a number, a boolean or a "
      "list of these",
      SV_ARG(name), json_type_name(value));
}

/* A value of style simple: elements of an array are joined by commas. `keep` is what stays unencoded; NULL: no encoding. */
static bool put_simple(struct building *building, struct sb *out, const struct argument *argument, const char *keep) {
  const json *value = argument->sent;
  bool is_list = json_type(value) == JSON_ARRAY;
  for (const json *each = is_list ? json_first(value) : value; each; each = is_list ? each->next : NULL) {
    sv text;
    if (!scalar_text(building, each, argument->parameter->name, &text)) {
      return false;
    }
    if (is_list && each != json_first(value)) {
      sb_char(out, ',');
    }
    if (keep) {
      url_encode(out, text, keep);
    } else {
      sb_put(out, text);
    }
  }
  return true;
}

static const struct argument *find_argument(const struct building *building, sv name, enum parameter_in in) {
  for (size_t i = 0; i < building->step->parameter_count; i++) {
    const struct argument *argument = &building->arguments[i];
    if (argument->parameter->in == in && sv_eq(argument->parameter->name, name)) {
      return argument;
    }
  }
  return NULL;
}

/* An empty value would address another resource, as would a segment "." or "..": a collection, perhaps, in place of one of its
 * members. Only S3 takes such segments as they are. */
static bool stays_in_place(sv written, bool is_s3) {
  sv segment = written;
  sv rest = written;
  for (bool more = !is_s3; more;) {
    more = sv_split(rest, '/', &segment, &rest);
    segment = more ? segment : rest;
    if (sv_eq(segment, SV(".")) || sv_eq(segment, SV(".."))) {
      return false;
    }
  }
  return written.len != 0;
}

/* One {name} or {name+} of the path; the latter is greedy: its slashes are kept. */
static bool put_path_parameter(struct building *building, struct sb *url, sv name) {
  bool greedy = sv_ends(name, SV("+"));
  sv bare = greedy ? sv_slice(name, 0, name.len - 1) : name;
  const struct argument *argument = find_argument(building, bare, IN_PATH);
  if (!argument || !argument->value) {
    return err_set(building->e, ERR_UNRESOLVED, "the path parameter '%.*s' has no value", SV_ARG(bare));
  }
  size_t before = url->len;
  if (!put_simple(building, url, argument, greedy ? "/" : "")) {
    return false;
  }
  sv written = url->state == SB_OK ? sv_slice((sv){url->data, url->len}, before, url->len) : SV("-");
  if (!stays_in_place(written, sv_eq(building->out->endpoint.service, SV("s3")))) {
    return err_set(building->e, ERR_INVALID,
                   "the path parameter '%.*s' is '%.*s', which would address another resource", SV_ARG(bare),
                   SV_ARG(written));
  }
  return true;
}

static bool put_path(struct building *building, struct sb *url, sv path) {
  sv before;
  sv after;
  sv rest = path;
  while (sv_split(rest, '{', &before, &after)) {
    sv name;
    sb_put(url, before);
    if (!sv_split(after, '}', &name, &rest)) {
      return err_set(building->e, ERR_INVALID, "the path '%.*s' of the operation has '{' without '}'", SV_ARG(path));
    }
    if (!put_path_parameter(building, url, name)) {
      return false;
    }
  }
  sb_put(url, rest);
  return true;
}

/* Writes '?' or '&' in front of each pair. */
struct query {
  struct sb *url;
  bool started;
};

static void put_separator(struct query *query) {
  sb_char(query->url, query->started ? '&' : '?');
  query->started = true;
}

/* The pairs of the path key's own query, except those that the step gives. */
static void put_fixed_query(const struct building *building, struct query *query, sv fixed) {
  while (fixed.len) {
    sv pair = fixed;
    sv rest = SV("");
    sv_split(fixed, '&', &pair, &rest);
    sv name = sv_slice(pair, 0, sv_find(pair, '='));
    const struct argument *argument = find_argument(building, name, IN_QUERY);
    if (!(argument && argument->value) && !sv_contains(pair, SV("{"))) {
      put_separator(query);
      sb_put(query->url, pair);
    }
    fixed = rest;
  }
}

/* Style form: an array repeats the name when the parameter explodes, else its elements are joined. */
static bool put_query_parameter(struct building *building, struct query *query, const struct argument *argument) {
  const struct step_parameter *parameter = argument->parameter;
  bool repeats = json_type(argument->sent) == JSON_ARRAY && (!parameter->declared || parameter->declared->explode);
  const json *each = repeats ? json_first(argument->sent) : argument->sent;
  for (; each; each = repeats ? each->next : NULL) {
    struct argument one = {parameter, each, each};
    put_separator(query);
    url_encode(query->url, parameter->name, "");
    sb_char(query->url, '=');
    if (!put_simple(building, query->url, &one, "")) {
      return false;
    }
  }
  return true;
}

/* Arazzo 1.1.0, Parameter Object: a querystring is the whole query as one text. What can't stand in a URL is encoded; what its
 * author encoded stays. */
static bool put_querystring(struct building *building, struct query *query, const struct argument *argument) {
  sv text;
  if (!scalar_text(building, argument->sent, argument->parameter->name, &text)) {
    return false;
  }
  if (text.len) {
    put_separator(query);
    url_encode(query->url, text, "!$&'()*+,;=:@/?%");
  }
  return true;
}

/* What an argument adds to the query; nothing unless it belongs there. */
static bool put_query_argument(struct building *building, struct query *query, const struct argument *argument) {
  if (!argument->value) {
    return true;
  }
  switch (argument->parameter->in) {
  case IN_QUERY:
    return put_query_parameter(building, query, argument);
  case IN_QUERYSTRING:
    return put_querystring(building, query, argument);
  case IN_PATH:
  case IN_HEADER:
  case IN_COOKIE:
    break;
  }
  return true;
}

static bool build_url(struct building *building) {
  sv path = building->step->operation->path;
  sv fixed = SV("");
  sv whole = path;
  sv_split(whole, '?', &path, &fixed);
  struct sb url = sb_new(building->arena, LIMIT_URL_BYTES);
  struct query query = {.url = &url};
  sb_put(&url, building->out->endpoint.base_url);
  if (!put_path(building, &url, path)) {
    return false;
  }
  put_fixed_query(building, &query, fixed);
  for (size_t i = 0; i < building->step->parameter_count; i++) {
    if (!put_query_argument(building, &query, &building->arguments[i])) {
      return false;
    }
  }
  return sb_finish(&url, "the request's URL", &building->out->http.url, building->e);
}

/* Headers that the connection and the signature are made of; a document that sets them would break either. */
static bool is_reserved_header(sv name) {
  static const char *const names[] = {
      "Host", "Content-Length", "Transfer-Encoding", "Connection",       "Expect",         "Upgrade",
      "TE",   "Trailer",        "Keep-Alive",        "Proxy-Connection", "Accept-Encoding"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (sv_eq_nocase(name, sv_from(names[i]))) {
      return true;
    }
  }
  return false;
}

static bool add_header(struct building *building, const struct argument *argument) {
  struct sb text = sb_new(building->arena, LIMIT_HEADER_BYTES);
  sv value;
  sv name = argument->parameter->name;
  if (is_reserved_header(name)) {
    return err_set(building->e, ERR_INVALID, "the header '%.*s' is set by the function itself; leave the parameter out",
                   SV_ARG(name));
  }
  return put_simple(building, &text, argument, NULL) && sb_finish(&text, "a header's value", &value, building->e) &&
         http_header_set(building->arena, &building->out->http.headers, name, value, building->e);
}

/* RFC 6265 4.1.1: what a cookie's value may not hold is percent-encoded, and so no value can add a cookie. An array repeats the
 * name (style form, exploded), or is joined. */
static bool put_cookie(struct building *building, struct sb *text, const struct argument *argument) {
  const struct step_parameter *parameter = argument->parameter;
  bool repeats = json_type(argument->sent) == JSON_ARRAY && (!parameter->declared || parameter->declared->explode);
  const json *each = repeats ? json_first(argument->sent) : argument->sent;
  for (; each; each = repeats ? each->next : NULL) {
    struct argument one = {parameter, each, each};
    sb_put(text, text->len ? SV("; ") : SV(""));
    url_encode(text, parameter->name, "!#$&'*+^`|");
    sb_char(text, '=');
    if (!put_simple(building, text, &one, "!#$&'()*+/:<=>?@[]^`{|}")) {
      return false;
    }
  }
  return true;
}

/* RFC 6265 5.4: all cookies are one header. */
static bool add_cookies(struct building *building) {
  struct sb text = sb_new(building->arena, LIMIT_HEADER_BYTES);
  sv value;
  for (size_t i = 0; i < building->step->parameter_count; i++) {
    const struct argument *argument = &building->arguments[i];
    if (argument->parameter->in == IN_COOKIE && argument->value && !put_cookie(building, &text, argument)) {
      return false;
    }
  }
  return sb_finish(&text, "the Cookie header", &value, building->e) &&
         (value.len == 0 ||
          http_header_set(building->arena, &building->out->http.headers, SV("Cookie"), value, building->e));
}

static bool build_headers(struct building *building) {
  const struct step_body *body = building->step->body;
  if (body && building->out->http.has_body &&
      !http_header_set(building->arena, &building->out->http.headers, SV("Content-Type"), body->content_type,
                       building->e)) {
    return false;
  }
  for (size_t i = 0; i < building->step->parameter_count; i++) {
    const struct argument *argument = &building->arguments[i];
    if (argument->parameter->in == IN_HEADER && argument->value && !add_header(building, argument)) {
      return false;
    }
  }
  return add_cookies(building);
}

static bool build_body(struct building *building) {
  const struct step_body *body = building->step->body;
  struct http_request *http = &building->out->http;
  struct scope scope = {.root = building->run->top->scope};
  if (!body) {
    return true;
  }
  if (!request_body_build(building->arena, body, &scope, &building->body, &http->body, &http->has_body, building->e)) {
    return false;
  }
  return http->has_body || !building->step->operation->request_required ||
         err_set(building->e, ERR_UNRESOLVED, "the request body is required but has no value");
}

static bool is_token_name(const struct token_names *tokens, sv name) {
  for (size_t i = 0; i < tokens->count; i++) {
    if (sv_eq_nocase(tokens->items[i], name)) {
      return true;
    }
  }
  return sv_eq_nocase(name, SV("Idempotency-Key"));
}

/* A token is a non-empty text in a member of the payload, or a parameter, that has a token's name. */
static bool carries_token(const struct building *building, const struct token_names *tokens) {
  for (const json *member = json_first(building->body); member; member = member->next) {
    if (member->string && is_token_name(tokens, json_name(member)) && json_string(member).len) {
      return true;
    }
  }
  for (size_t i = 0; i < building->step->parameter_count; i++) {
    const struct argument *argument = &building->arguments[i];
    if (argument->value && is_token_name(tokens, argument->parameter->name) && json_string(argument->value).len) {
      return true;
    }
  }
  return false;
}

static bool describe_arguments(struct building *building, json *request) {
  for (unsigned i = 0; i < PARAMETER_IN_COUNT; i++) {
    if (!json_set(building->arena, request, parameter_in_name((enum parameter_in)i),
                  json_new_object(building->arena))) {
      return false;
    }
  }
  for (size_t i = 0; i < building->step->parameter_count; i++) {
    const struct argument *argument = &building->arguments[i];
    json *place = json_get(request, parameter_in_name(argument->parameter->in));
    if (argument->value &&
        !json_set(building->arena, place, argument->parameter->name, json_copy(building->arena, argument->value))) {
      return false;
    }
  }
  return true;
}

/* Makes $url, $method and $request.… readable. */
static bool describe_request(struct building *building) {
  struct arena *arena = building->arena;
  json *scope = building->run->top->scope;
  json *request = json_new_object(arena);
  const struct http_request *http = &building->out->http;
  bool good = json_set(arena, scope, SV("url"), json_new_string(arena, http->url)) &&
              json_set(arena, scope, SV("method"), json_new_string(arena, http->method)) &&
              json_set(arena, scope, SV("request"), request) && describe_arguments(building, request) &&
              (!building->body || json_set(arena, request, SV("body"), building->body));
  return good || err_memory(building->e);
}

bool request_build(struct arena *arena, struct run *run, const struct endpoint_settings *settings,
                   const struct token_names *tokens, struct step_request *out, struct err *e) {
  struct building building = {.arena = arena, .run = run, .step = run->top->next, .out = out, .e = e};
  *out = (struct step_request){.http = {.method = run->top->next->operation->method}};
  if (!endpoint_choose(arena, run->top->next->operation, settings, &out->endpoint, e) ||
      !evaluate_arguments(&building) || !build_url(&building) || !build_body(&building) || !build_headers(&building)) {
    return false;
  }
  out->carries_token = carries_token(&building, tokens);
  return describe_request(&building);
}
