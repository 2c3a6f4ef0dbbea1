/* Errors of AWS services, as Smithy's AWS protocols describe them and S3's and EC2's API references show them.
 *
 *   JSON (rest-json, JSON-RPC)  type: header x-amzn-errortype ("Name", "Name:http://…", "namespace#Name"), else "__type", "code"
 *                               or "Code" of the body; message: "message", "Message" or "errorMessage"
 *   query compatible JSON       type: header x-amzn-query-error, "Code;Fault", which is the name that the service had before
 *   query, most REST-XML        <ErrorResponse><Error><Code/><Message/></Error><RequestId/></ErrorResponse>
 *   EC2, SimpleDB               <Response><Errors><Error><Code/><Message/></Error></Errors><RequestID/></Response>
 *   S3                          <Error><Code/><Message/><RequestId/><Region/><Endpoint/></Error>
 *   front ends, Route 53        <AccessDeniedException><Message/></AccessDeniedException>, <InvalidChangeBatch><Messages/>…:
 *                               the root is the type
 *
 * The protocol is not asked for: the body's first character tells JSON from XML, and XML's root tells the rest. So a front end
 * that answers in another protocol than its service is understood, too.
 *
 * S3 answers 200 before it knows how a long copy, or the completion of an upload, ends; a failure is then an <Error> in the
 * body. An object that happens to hold such XML comes with an ETag in the headers, which those answers do not have.
 *
 * The type is text of the server that ends in logs and answers, so that only a plain name is let through, and a body that is
 * malformed or too large simply has no type. Error types are compared by aws_error_kind.c. */
#include "aws_error.h"

#include "errinfo.h"
#include "json.h"
#include "limits.h"
#include "utf8.h"
#include "xml.h"

#define NAME_BYTES 128
#define TEXT_BYTES 1024 /* of a region or endpoint: a host name has at most 253 */

/* ---- texts that a server may say ---- */

static bool is_name(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter && c != '.' && c != '_' && c != '-') {
      return false;
    }
  }
  return text.len != 0 && text.len <= NAME_BYTES;
}

/* "namespace#Name:http://…" -> "Name"; the empty view when what is left is no plain name. */
static sv plain_name(sv text) {
  sv name = sv_slice(text, 0, sv_find(text, ':'));
  size_t hash = sv_find(name, '#');
  name = sv_trim(hash < name.len ? sv_slice(name, hash + 1, name.len) : name);
  return is_name(name) ? name : SV("");
}

/* Visible ASCII of a sensible length, or nothing. */
static sv visible(sv text, size_t max_bytes) {
  sv trimmed = sv_trim(text);
  for (size_t i = 0; i < trimmed.len; i++) {
    if (trimmed.ptr[i] <= ' ' || trimmed.ptr[i] > '~') {
      return SV("");
    }
  }
  return trimmed.len <= max_bytes ? trimmed : SV("");
}

/* ---- headers ---- */

sv aws_error_request_id(const struct http_headers *headers) {
  static const char *const names[] = {"x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id", "x-request-id"};
  sv value;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (http_header_get(headers, sv_from(names[i]), &value)) {
      return visible(value, LIMIT_REQUEST_ID_BYTES);
    }
  }
  return SV("");
}

static void read_headers(const struct http_headers *headers, struct aws_error *out) {
  sv value;
  if (http_header_get(headers, SV("x-amzn-query-error"), &value)) {
    out->type = plain_name(sv_slice(value, 0, sv_find(value, ';')));
  }
  if (out->type.len == 0 && http_header_get(headers, SV("x-amzn-errortype"), &value)) {
    out->type = plain_name(value);
  }
  if (http_header_get(headers, SV("x-amz-bucket-region"), &value)) {
    out->region = visible(value, TEXT_BYTES);
  }
}

/* ---- JSON ---- */

static sv type_in_json(const json *body) {
  const sv members[] = {SV("__type"), SV("code"), SV("Code")};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    sv name = plain_name(json_string(json_get(body, members[i])));
    if (name.len) {
      return name;
    }
  }
  return SV("");
}

static sv message_in_json(const json *body) {
  const sv members[] = {SV("message"), SV("Message"), SV("errorMessage")};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    sv text = json_string(json_get(body, members[i]));
    if (text.len) {
      return text;
    }
  }
  return SV("");
}

static bool read_json(struct arena *arena, sv text, struct aws_error *out, struct err *e) {
  json *body = NULL;
  struct err malformed = {0};
  if (json_parse(arena, text, &body, &malformed)) {
    out->type = out->type.len ? out->type : type_in_json(body);
    out->message = message_in_json(body);
  }
  return malformed.code != ERR_MEMORY || err_memory(e);
}

/* ---- XML ---- */

/* The first child element with this local name; 0: there is none (node 0 is the document, which is no child). */
static uint32_t child(const struct xml_document *document, uint32_t parent, sv name) {
  const struct xml_node *nodes = document->nodes;
  for (uint32_t i = nodes[parent].children; i < nodes[parent].end; i = nodes[i].end) {
    if (nodes[i].kind == XML_ELEMENT && (name.len == 0 || sv_eq(nodes[i].name, name))) {
      return i;
    }
  }
  return 0;
}

static sv text_of(const struct xml_document *document, uint32_t parent, sv name) {
  uint32_t found = parent ? child(document, parent, name) : 0;
  return found ? sv_trim(document->nodes[found].value) : SV("");
}

static sv first_text(sv a, sv b) {
  return a.len ? a : b;
}

static sv request_id_in_xml(const struct xml_document *document, uint32_t root, uint32_t error) {
  const sv names[] = {SV("RequestId"), SV("RequestID"), SV("requestId")};
  uint32_t places[] = {root, child(document, root, SV("ResponseMetadata")), error};
  sv found = SV("");
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
      found = first_text(found, visible(text_of(document, places[i], names[j]), LIMIT_REQUEST_ID_BYTES));
    }
  }
  return found;
}

/* The element that holds Code and Message; 0: none. */
static uint32_t error_below(const struct xml_document *document, uint32_t root) {
  uint32_t errors = child(document, root, SV("Errors"));
  return child(document, errors ? errors : root, SV("Error"));
}

static bool is_error_name(sv name) {
  return sv_ends(name, SV("Exception")) || sv_eq(name, SV("InvalidChangeBatch"));
}

static void read_error_element(const struct xml_document *document, uint32_t error, struct aws_error *out) {
  out->type = first_text(out->type, plain_name(text_of(document, error, SV("Code"))));
  out->message = first_text(text_of(document, error, SV("Message")), text_of(document, error, SV("Messages")));
  out->region = first_text(out->region, visible(text_of(document, error, SV("Region")), TEXT_BYTES));
  out->endpoint = visible(text_of(document, error, SV("Endpoint")), TEXT_BYTES);
}

static void read_failure(const struct xml_document *document, uint32_t root, struct aws_error *out) {
  sv name = document->nodes[root].name;
  uint32_t error = sv_eq(name, SV("Error")) ? root : error_below(document, root);
  if (error) {
    read_error_element(document, error, out);
  } else if (is_error_name(name)) {
    read_error_element(document, root, out);
    out->type = first_text(out->type, plain_name(name));
  }
  out->request_id = first_text(out->request_id, request_id_in_xml(document, root, error));
}

static void read_success(const struct xml_document *document, uint32_t root, const struct http_headers *headers,
                         struct aws_error *out) {
  sv tag;
  out->request_id = first_text(out->request_id, request_id_in_xml(document, root, 0));
  if (sv_eq(document->nodes[root].name, SV("Error")) && !http_header_get(headers, SV("ETag"), &tag)) {
    read_failure(document, root, out);
    out->type = first_text(out->type, SV("InternalError"));
    out->in_success = true;
  }
}

static bool read_xml(struct arena *arena, const struct http_response *response, sv text, struct aws_error *out,
                     struct err *e) {
  struct xml_document document;
  struct err unread = {0};
  if (utf8_valid_prefix(text) != text.len || xml_read(arena, text, false, &document, &unread) != XML_READ) {
    return unread.code != ERR_MEMORY || err_memory(e);
  }
  uint32_t root = child(&document, 0, SV(""));
  if (response->status >= 300) {
    read_failure(&document, root, out);
  } else {
    read_success(&document, root, &response->headers, out);
  }
  return true;
}

bool aws_error_read(struct arena *arena, const struct http_response *response, struct aws_error *out, struct err *e) {
  sv text = sv_trim(response->body);
  bool is_failure = response->status >= 300;
  *out = (struct aws_error){.request_id = aws_error_request_id(&response->headers)};
  if (is_failure) {
    read_headers(&response->headers, out);
  }
  if (text.len > LIMIT_ERROR_BODY_BYTES) {
    return true;
  }
  if (sv_starts(text, SV("<"))) {
    return read_xml(arena, response, text, out, e);
  }
  return !is_failure || !sv_starts(text, SV("{")) || read_json(arena, text, out, e);
}
