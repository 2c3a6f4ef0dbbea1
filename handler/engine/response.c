/* Reading a response. A body is JSON when its media type says so. Another type, or none at all, where the description promises
 * JSON is malformed: a proxy's error page must not pass for an answer of the service. Other bodies are text.
 *
 * What the description promises for an error that it does not describe is what it promises for success: a service that speaks
 * JSON also fails in JSON, and what does not is something in front of it. */
#include "response.h"

#include "arena.h"
#include "limits.h"
#include "utf8.h"

/* What a body is to be read as. */
enum body_kind { BODY_NONE, BODY_JSON, BODY_MAYBE_JSON, BODY_TEXT, BODY_WRONG };

static bool promises_only_json(const json *content) {
  for (const json *each = json_first(content); each; each = each->next) {
    if (!media_type_is_json(json_name(each))) {
      return false;
    }
  }
  return json_count(content) > 0;
}

static bool promises_json(const struct step *step, int status) {
  const json *content = operation_response_content(step->operation, status);
  bool is_error = status >= 400;
  return promises_only_json(content || !is_error ? content : operation_response_content(step->operation, 200));
}

/* RFC 8259 8.1: a parser may ignore a byte order mark. */
static sv without_mark(sv text) {
  return sv_starts(text, SV("\xEF\xBB\xBF")) ? sv_slice(text, 3, text.len) : text;
}

static bool looks_like_json(sv body) {
  sv text = sv_trim(without_mark(body));
  return sv_starts(text, SV("{")) || sv_starts(text, SV("["));
}

static bool is_html(sv type) {
  return sv_eq_nocase(sv_slice(type, 0, 9), SV("text/html"));
}

static enum body_kind classify(const struct step *step, const struct http_response *response) {
  sv type;
  bool has_type = http_header_get(&response->headers, SV("Content-Type"), &type);
  bool is_success = response->status >= 200 && response->status < 300;
  bool promised = promises_json(step, response->status);
  if (sv_trim(response->body).len == 0) {
    return is_success && promised && response->status != 204 ? BODY_WRONG : BODY_NONE;
  }
  if (has_type ? media_type_is_json(type) : promised) {
    return BODY_JSON;
  }
  /* Services also send JSON without a type, or as plain text or bytes; a page is never that. */
  if (looks_like_json(response->body) && (promised ? !is_html(type) : !has_type)) {
    return promised ? BODY_JSON : BODY_MAYBE_JSON;
  }
  return promised ? BODY_WRONG : BODY_TEXT;
}

static bool is_text(sv bytes) {
  return utf8_valid_prefix(bytes) == bytes.len && sv_find(bytes, '\0') == bytes.len;
}

static bool read_json(struct arena *arena, sv text, struct response_body *out, struct err *e) {
  if (!json_parse(arena, without_mark(text), &out->value, &out->why)) {
    return out->why.code != ERR_MEMORY || err_memory(e);
  }
  if (json_depth(out->value) > LIMIT_BODY_DEPTH) {
    out->value = NULL;
    err_set(&out->why, ERR_LIMIT, "the body nests deeper than %d", LIMIT_BODY_DEPTH);
  }
  return true;
}

static bool read_text(struct arena *arena, sv text, struct response_body *out, struct err *e) {
  if (!is_text(text)) {
    err_set(&out->why, ERR_INVALID, "the body is not UTF-8 text");
    return true;
  }
  err_clear(&out->why);
  out->is_text = true;
  out->value = json_new_string(arena, text);
  return out->value || err_memory(e);
}

static bool note_wrong(const struct http_response *response, struct response_body *out) {
  sv type = SV("no media type");
  http_header_get(&response->headers, SV("Content-Type"), &type);
  err_set(&out->why, ERR_INVALID, "the body should be JSON, but is %s (%.*s)",
          response->body.len ? "something else" : "empty", SV_ARG(sv_slice(type, 0, 100)));
  out->is_page = response->body.len && is_html(type);
  return true;
}

bool response_read(struct arena *arena, const struct step *step, const struct http_response *response,
                   struct response_body *out, struct err *e) {
  *out = (struct response_body){.value = NULL};
  switch (classify(step, response)) {
  case BODY_NONE:
    return true;
  case BODY_JSON:
    return read_json(arena, response->body, out, e);
  case BODY_MAYBE_JSON:
    return read_json(arena, response->body, out, e) &&
           (out->why.code != ERR_SYNTAX || read_text(arena, response->body, out, e));
  case BODY_TEXT:
    return read_text(arena, response->body, out, e);
  case BODY_WRONG:
    return note_wrong(response, out);
  }
  return err_set(e, ERR_INTERNAL, "a body of an unknown kind");
}

/* Of repeated headers the first counts. Those that are not text are left out. */
static bool add_header(struct arena *arena, json *headers, const struct http_header *header) {
  return !is_text(header->name) || !is_text(header->value) || json_get(headers, header->name) ||
         json_set(arena, headers, header->name, json_new_string(arena, header->value));
}

bool response_describe(struct arena *arena, struct run *run, const struct http_response *response,
                       const struct response_body *body, struct err *e) {
  json *node = json_new_object(arena);
  json *headers = json_new_object(arena);
  bool good = json_set(arena, run->top->scope, SV("statusCode"), json_new_integer(arena, response->status)) &&
              json_set(arena, run->top->scope, SV("response"), node) && json_set(arena, node, SV("header"), headers);
  for (size_t i = 0; good && i < response->headers.count; i++) {
    good = add_header(arena, headers, &response->headers.items[i]);
  }
  good = good && (!body->value || json_set(arena, node, SV("body"), body->value));
  return good || err_memory(e);
}

/* The first success that the description has for the operation; 0: none. */
static int64_t described_success(const struct operation *operation) {
  for (const json *each = json_first(operation->responses); each; each = each->next) {
    sv status = json_name(each);
    if (status.len == 3 && status.ptr[0] == '2') {
      unsigned long long number = 200; /* 2XX */
      return sv_to_uint(status, 299, &number) ? (int64_t)number : 200;
    }
  }
  return 0;
}

bool response_assume_status(struct arena *arena, struct run *run, const struct operation *operation, struct err *e) {
  int64_t status = described_success(operation);
  return !status || json_set(arena, run->top->scope, SV("statusCode"), json_new_integer(arena, status)) ||
         err_memory(e);
}

bool response_assume_deleted(struct arena *arena, struct run *run, struct err *e) {
  static const char *const places[] = {"path", "query"};
  json *body = json_new_object(arena);
  const json *request = json_get(run->top->scope, SV("request"));
  for (size_t i = 0; i < 2; i++) {
    for (const json *each = json_first(json_get(request, sv_from(places[i]))); each; each = each->next) {
      if (!json_set(arena, body, json_name(each), json_copy(arena, each))) {
        return err_memory(e);
      }
    }
  }
  return json_set(arena, json_get(run->top->scope, SV("response")), SV("body"), body) || err_memory(e);
}
