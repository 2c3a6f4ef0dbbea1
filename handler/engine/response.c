/* Reading a response. A body is JSON or XML when its media type says so. Another type, or none at all, where the description
 * promises one of these is malformed: a proxy's error page must not pass for an answer of the service. Other bodies are text.
 *
 * XML has its text as value, and a tree besides (docs/adr/0011). XML that nobody promised and that is not well-formed is text.
 *
 * What the description promises for an error that it does not describe is what it promises for success: a service that speaks
 * JSON also fails in JSON, and what does not is something in front of it. */
#include "response.h"

#include "arena.h"
#include "byte_content.h"
#include "limits.h"
#include "response_content.h"
#include "utf8.h"
#include "xml_tree.h"

/* What a body is to be read as. */
enum body_kind { BODY_NONE, BODY_JSON, BODY_MAYBE_JSON, BODY_XML, BODY_MAYBE_XML, BODY_TEXT, BODY_BYTES, BODY_WRONG };

/* What a response is promised to be: MEDIA_JSON or MEDIA_XML when each of its types is; MEDIA_TEXT: nothing that can be checked. */
static enum media_kind kind_of_all(const struct operation_response *response) {
  enum media_kind kind = MEDIA_TEXT;
  for (size_t i = 0; response && i < response->content.count; i++) {
    enum media_kind each = response->content.items[i].kind;
    if ((i && each != kind) || (each != MEDIA_JSON && each != MEDIA_XML)) {
      return MEDIA_TEXT;
    }
    kind = each;
  }
  return kind;
}

static enum media_kind promised_kind(const struct step *step, int status) {
  const struct operation_response *response = operation_response(step->operation, status);
  bool is_described = response && response->content.count > 0;
  return kind_of_all(is_described || status < 400 ? response : operation_response(step->operation, 200));
}

/* RFC 8259 8.1: a parser may ignore a byte order mark. */
static sv without_mark(sv text) {
  return sv_starts(text, SV("\xEF\xBB\xBF")) ? sv_slice(text, 3, text.len) : text;
}

static bool looks_like_json(sv body) {
  sv text = sv_trim(without_mark(body));
  return sv_starts(text, SV("{")) || sv_starts(text, SV("["));
}

static bool looks_like_xml(sv body) {
  return sv_starts(sv_trim(without_mark(body)), SV("<"));
}

static bool is_html(sv type) {
  return sv_eq_nocase(sv_slice(type, 0, 9), SV("text/html"));
}

/* A body without a type, or of one that can't be told from what is promised. */
static enum body_kind classify_content(const struct http_response *response, enum media_kind promised, sv type) {
  /* Services also send JSON and XML without a type, or as plain text or bytes; a page is never that. */
  bool may_be = promised == MEDIA_TEXT ? type.len == 0 : !is_html(type);
  if (may_be && promised != MEDIA_XML && looks_like_json(response->body)) {
    return promised == MEDIA_JSON ? BODY_JSON : BODY_MAYBE_JSON;
  }
  if (may_be && promised != MEDIA_JSON && looks_like_xml(response->body)) {
    return promised == MEDIA_XML ? BODY_XML : BODY_MAYBE_XML;
  }
  return promised == MEDIA_TEXT ? BODY_TEXT : BODY_WRONG;
}

/* `is_bytes`: the body is no text. */
static enum body_kind classify(const struct step *step, const struct http_response *response, bool is_bytes) {
  sv type = SV("");
  bool has_type = http_header_get(&response->headers, SV("Content-Type"), &type);
  bool is_success = response->status >= 200 && response->status < 300;
  enum media_kind promised = promised_kind(step, response->status);
  enum media_kind kind = has_type ? media_type_kind(type) : promised;
  if (response_has_no_content(step->operation->method, response->status)) {
    return BODY_NONE;
  }
  if (sv_trim(response->body).len == 0) {
    return is_success && promised == MEDIA_JSON ? BODY_WRONG : BODY_NONE;
  }
  if (kind == MEDIA_JSON) {
    return BODY_JSON;
  }
  if (kind == MEDIA_XML && has_type && promised != MEDIA_JSON) {
    return promised == MEDIA_XML ? BODY_XML : BODY_MAYBE_XML;
  }
  if (is_bytes) {
    return promised == MEDIA_TEXT ? BODY_BYTES : BODY_WRONG;
  }
  return classify_content(response, promised, type);
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

static bool read_bytes(struct arena *arena, const struct http_response *response, struct response_body *out,
                       struct err *e) {
  sv type = SV("");
  http_header_get(&response->headers, SV("Content-Type"), &type);
  out->value = byte_content_new(arena, response->body, is_text(type) ? type : SV(""));
  return out->value || err_memory(e);
}

/* The schema that the description has for this status, of a body that is XML. */
static const struct wire_schema *xml_schema(const struct step *step, int status) {
  const struct operation_response *response = operation_response(step->operation, status);
  for (size_t i = 0; response && i < response->content.count; i++) {
    if (response->content.items[i].kind == MEDIA_XML) {
      return response->content.items[i].schema;
    }
  }
  return NULL;
}

/* The text, and its tree; without a tree it is no more than text, or malformed where XML is promised. */
static bool read_xml(struct arena *arena, const struct step *step, const struct http_response *response,
                     bool is_promised, struct response_body *out, struct err *e) {
  sv text = without_mark(response->body);
  struct err why;
  err_clear(&why);
  if (!read_text(arena, text, out, e) || !out->value) {
    return e->code == ERR_NONE;
  }
  if (!xml_tree_read(arena, text, xml_schema(step, response->status), &out->tree, &why, e)) {
    return false;
  }
  if (!out->tree && is_promised) {
    out->why = why;
    out->value = NULL;
  }
  out->is_text = !out->tree;
  return true;
}

static bool note_wrong(const struct step *step, const struct http_response *response, struct response_body *out) {
  sv type = SV("no media type");
  bool is_xml = promised_kind(step, response->status) == MEDIA_XML;
  http_header_get(&response->headers, SV("Content-Type"), &type);
  err_set(&out->why, ERR_INVALID, "the body should be %s, but is %s (%.*s)", is_xml ? "XML" : "JSON",
          response->body.len ? "something else" : "empty", SV_ARG(sv_slice(type, 0, 100)));
  out->is_page = response->body.len && is_html(type);
  return true;
}

static bool read_kind(struct arena *arena, const struct step *step, const struct http_response *response, bool is_bytes,
                      struct response_body *out, struct err *e) {
  switch (classify(step, response, is_bytes)) {
  case BODY_NONE:
    return true;
  case BODY_JSON:
    return read_json(arena, response->body, out, e);
  case BODY_MAYBE_JSON:
    return read_json(arena, response->body, out, e) &&
           (out->why.code != ERR_SYNTAX || read_text(arena, response->body, out, e));
  case BODY_XML:
    return read_xml(arena, step, response, true, out, e);
  case BODY_MAYBE_XML:
    return read_xml(arena, step, response, false, out, e);
  case BODY_TEXT:
    return read_text(arena, response->body, out, e);
  case BODY_BYTES:
    return read_bytes(arena, response, out, e);
  case BODY_WRONG:
    return note_wrong(step, response, out);
  }
  return err_set(e, ERR_INTERNAL, "a body of an unknown kind");
}

bool response_read(struct arena *arena, const struct step *step, const struct http_response *response,
                   struct response_body *out, struct err *e) {
  struct http_response decoded = *response; /* its body in UTF-8, unless it is bytes */
  struct response_content content;
  *out = (struct response_body){.value = NULL};
  if (!response_content_read(arena, response, &content, e)) {
    return false;
  }
  if (content.why.code && !response_has_no_content(step->operation->method, response->status)) {
    out->why = content.why;
    return true;
  }
  decoded.body = content.text;
  return read_kind(arena, step, &decoded, content.is_bytes, out, e);
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
  for (size_t i = 0; i < operation->response_count; i++) {
    const struct operation_response *response = &operation->responses[i];
    if (response->pattern != STATUS_DEFAULT && response->status / 100 == 2) {
      return response->status;
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
