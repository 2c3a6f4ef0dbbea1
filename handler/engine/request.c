/* Building a request (Arazzo 1.1.0, Parameter Object and Request Body Object): its arguments, its URL, its body, its headers; and
 * what $request.… reads of them afterwards. */
#include "request.h"

#include "arena.h"
#include "argument.h"
#include "base64.h"
#include "digest.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "request_body.h"
#include "request_url.h"
#include "sb.h"

/* A request on its way. */
struct building {
  struct arena *arena;
  struct run *run;
  const struct step *step;
  struct argument_list arguments;
  struct step_request *out;
  struct request_body body;
  struct err *e;
};

/* ---- headers ---- */

static bool set_header(struct building *building, sv name, sv value) {
  return http_header_set(building->arena, &building->out->http.headers, name, value, building->e);
}

/* A type that was made for the content, with its boundary or for a query protocol, is not another one because a parameter says so. */
static bool is_overruled(const struct building *building, const struct argument *argument) {
  const struct step_body *body = building->step->body;
  return building->out->http.has_body && sv_eq_nocase(argument->name, SV("Content-Type")) &&
         !sv_eq(building->body.content_type, body->content_type);
}

static bool add_header(struct building *building, const struct argument *argument) {
  struct sb text = sb_new(building->arena, LIMIT_HEADER_BYTES);
  sv value;
  return parameter_put(&text, IN_HEADER, argument->name, argument->sent, &argument->style, false, building->e) &&
         sb_finish(&text, "a header's value", &value, building->e) && set_header(building, argument->name, value);
}

/* RFC 6265 5.4: all cookies are one header. */
static bool add_cookies(struct building *building) {
  struct sb text = sb_new(building->arena, LIMIT_HEADER_BYTES);
  sv value;
  for (size_t i = 0; i < building->arguments.count; i++) {
    const struct argument *argument = &building->arguments.items[i];
    if (argument->in != IN_COOKIE || !argument->value) {
      continue;
    }
    sb_put(&text, text.len ? SV("; ") : SV(""));
    if (!parameter_put(&text, IN_COOKIE, argument->name, argument->sent, &argument->style, false, building->e)) {
      return false;
    }
  }
  return sb_finish(&text, "the Cookie header", &value, building->e) &&
         (value.len == 0 || set_header(building, SV("Cookie"), value));
}

/* True when the step says by itself how S3 is to check the body. */
static bool has_checksum(const struct http_headers *headers) {
  sv prefix = SV("x-amz-checksum-");
  for (size_t i = 0; i < headers->count; i++) {
    sv name = headers->items[i].name;
    if (sv_eq_nocase(name, SV("Content-MD5")) || sv_eq_nocase(sv_slice(name, 0, prefix.len), prefix)) {
      return true;
    }
  }
  return false;
}

/* S3 requires a checksum of what deletes objects or configures a bucket (Amazon S3 API Reference, DeleteObjects: Content-MD5), and
 * takes it with every other XML. Descriptions that were made from AWS's models say where it is required. */
static bool add_checksum(struct building *building) {
  const struct http_request *http = &building->out->http;
  struct sb text = sb_new(building->arena, 64);
  struct md5 digest;
  sv value;
  bool is_s3 = sv_eq(building->out->endpoint.service, SV("s3"));
  bool is_xml = http->has_body && media_type_kind(building->body.content_type) == MEDIA_XML;
  bool is_wanted = (is_s3 && is_xml) || (http->has_body && building->step->operation->wants_checksum);
  if (!is_wanted || has_checksum(&http->headers)) {
    return true;
  }
  if (!md5(http->body, &digest, building->e)) {
    return false;
  }
  base64_put(&text, (sv){(const char *)digest.bytes, sizeof digest.bytes}, BASE64_STANDARD);
  return sb_finish(&text, "the Content-MD5 header", &value, building->e) &&
         set_header(building, SV("Content-MD5"), value);
}

/* AWS X-Ray Developer Guide, "Tracing header": what the called API traces becomes a part of this invocation's trace. As AWS's
 * SDKs do it: in a function only, where Lambda sets the variable, and only where nobody said otherwise. It is not signed. */
static bool add_trace(struct building *building, const struct environment *environment) {
  sv name = SV("X-Amzn-Trace-Id");
  sv value;
  return http_header_get(&building->out->http.headers, name, &value) ||
         !environment_get(environment, "AWS_LAMBDA_FUNCTION_NAME", &value) ||
         !environment_get(environment, "_X_AMZN_TRACE_ID", &value) || set_header(building, name, value);
}

static bool build_headers(struct building *building) {
  if (building->out->http.has_body && !set_header(building, SV("Content-Type"), building->body.content_type)) {
    return false;
  }
  for (size_t i = 0; i < building->arguments.count; i++) {
    const struct argument *argument = &building->arguments.items[i];
    bool is_sent = argument->in == IN_HEADER && argument->value && !is_overruled(building, argument);
    if (is_sent && !add_header(building, argument)) {
      return false;
    }
  }
  return add_cookies(building) && add_checksum(building);
}

/* ---- the body ---- */

/* Smithy, AWS JSON 1.1 protocol: a request has a body, an empty object when there is no input, and says its type. */
static void add_empty_object(struct building *building) {
  struct http_request *http = &building->out->http;
  sv type = building->step->operation->json_type;
  if (!http->has_body && type.len) {
    building->body.content_type = type;
    http->has_body = true;
    http->body = SV("{}");
  }
}

static bool build_body(struct building *building) {
  const struct step_body *body = building->step->body;
  struct http_request *http = &building->out->http;
  struct scope scope = {.root = building->run->top->scope, .stand_in = building->run->stand_in};
  if (!body) {
    add_empty_object(building);
    return true;
  }
  if (!request_body_build(building->arena, body, &scope, &building->body, building->e)) {
    return false;
  }
  http->has_body = building->body.value != NULL;
  http->body = building->body.bytes;
  if (!http->has_body && building->step->operation->request_required) {
    return err_set(building->e, ERR_UNRESOLVED, "the request body is required but has no value");
  }
  add_empty_object(building);
  return true;
}

/* AWS's query protocols take parameters from the URL or from a form, but not every service takes them from both at once: where
 * there is a form, the URL's parameters go to its front, as AWS's own clients send them. */
static bool move_query_into_form(struct building *building) {
  enum aws_protocol protocol = building->step->operation->protocol;
  struct http_request *http = &building->out->http;
  struct sb form = sb_new(building->arena, LIMIT_REQUEST_BODY_BYTES);
  sv url;
  sv query;
  bool is_query = protocol == AWS_QUERY || protocol == AWS_EC2;
  bool has_form = http->has_body && media_type_kind(building->body.content_type) == MEDIA_FORM;
  if (!is_query || !has_form || !sv_split(http->url, '?', &url, &query)) {
    return true;
  }
  sb_put(&form, query);
  sb_put(&form, query.len && http->body.len ? SV("&") : SV(""));
  sb_put(&form, http->body);
  http->url = url;
  return sb_finish(&form, "the request's body", &http->body, building->e);
}

/* ---- the whole ---- */

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
  for (const json *member = json_first(building->body.value); member; member = member->next) {
    if (member->string && is_token_name(tokens, json_name(member)) && json_string(member).len) {
      return true;
    }
  }
  for (size_t i = 0; i < building->arguments.count; i++) {
    const struct argument *argument = &building->arguments.items[i];
    if (argument->value && is_token_name(tokens, argument->name) && json_string(argument->value).len) {
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
  for (size_t i = 0; i < building->arguments.count; i++) {
    const struct argument *argument = &building->arguments.items[i];
    json *place = json_get(request, parameter_in_name(argument->in));
    if (argument->value &&
        !json_set(building->arena, place, argument->name, json_copy(building->arena, argument->value))) {
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
              (!building->body.value || json_set(arena, request, SV("body"), building->body.value));
  return good || err_memory(building->e);
}

/* The operation that the step names itself, in place of the description's. */
static sv given_action(const struct building *building) {
  bool is_rpc = building->step->operation->protocol == AWS_JSON_RPC;
  sv name = is_rpc ? SV("X-Amz-Target") : SV("Action");
  const struct argument *argument = argument_find(&building->arguments, name, is_rpc ? IN_HEADER : IN_QUERY);
  sv in_form = is_rpc ? SV("") : json_string(json_get(building->body.value, name));
  return in_form.len ? in_form : json_string(argument ? argument->value : NULL);
}

static bool is_named_as_reading(sv name) {
  size_t dot = sv_find(name, '.');
  sv operation = dot < name.len ? sv_slice(name, dot + 1, name.len) : name;
  return sv_starts(operation, SV("Describe")) || sv_starts(operation, SV("Get")) || sv_starts(operation, SV("List"));
}

bool request_may_repeat(const struct step_request *request, const struct operation *operation) {
  if (request->carries_token) {
    return true;
  }
  switch (operation->protocol) {
  case AWS_JSON_RPC:
  case AWS_QUERY:
  case AWS_EC2:
    return is_named_as_reading(operation->aws_operation) &&
           (request->action.len == 0 || is_named_as_reading(request->action));
  case AWS_NONE:
  case AWS_REST_JSON:
  case AWS_REST_XML:
    break;
  }
  return http_method_is_idempotent(request->http.method);
}

bool request_build(struct arena *arena, struct run *run, const struct endpoint_settings *settings,
                   const struct token_names *tokens, struct step_request *out, struct err *e) {
  struct building building = {.arena = arena, .run = run, .step = run->top->next, .out = out, .e = e};
  const struct operation *operation = building.step->operation;
  struct scope scope = {.root = run->top->scope, .stand_in = run->stand_in};
  struct endpoint_settings own = endpoint_settings_for(settings, building.step->source->name);
  *out = (struct step_request){.http = {.method = operation->method}};
  if (!endpoint_choose(arena, operation, &own, &out->endpoint, e) ||
      !arguments_evaluate(arena, building.step, &scope, &building.arguments, e) ||
      !request_url_build(arena, operation, &out->endpoint, &building.arguments, &out->http.url, e) ||
      !build_body(&building) || !move_query_into_form(&building) || !build_headers(&building) ||
      !add_trace(&building, settings->environment)) {
    return false;
  }
  out->carries_token = carries_token(&building, tokens);
  out->action = given_action(&building);
  return describe_request(&building);
}
