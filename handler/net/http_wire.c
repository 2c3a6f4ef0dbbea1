/* HTTP at the wire (RFC 9110, RFC 9112): the last check of a request before a library takes it, and the head of an
 * answer.
 *
 * A request that comes from a document can hold anything; a transport believes what it gets. So that no header can be
 * smuggled in, no message can end where the other side does not expect it, and the URL that was signed is the URL that
 * is sent, everything is checked here once more, whoever built the request. */
#include "http_wire.h"

#include "arena.h"
#include "errinfo.h"
#include "http_token.h"
#include "limits.h"

static bool check_url(sv text, struct url *url, struct err *e) {
  if (!url_parse(text, url, e)) {
    return false;
  }
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c <= ' ' || c > '~') {
      return err_set(e, ERR_INVALID, "the URL holds the byte 0x%02X at byte %zu, which has to be percent-encoded", c,
                     i);
    }
  }
  return true;
}

static bool check_method(const struct http_request *request, struct err *e) {
  if (!http_is_token(request->method)) {
    return err_set(e, ERR_INVALID, "\"%.*s\" is not an HTTP method", SV_ARG(request->method));
  }
  if (sv_eq(request->method, SV("CONNECT"))) {
    return err_set(e, ERR_INVALID, "the method CONNECT is for proxies, not for a request");
  }
  if (sv_eq(request->method, SV("HEAD")) && request->body.len) {
    return err_set(e, ERR_INVALID, "a HEAD request can't have a body");
  }
  return true;
}

/* Headers by which two ends of a connection agree on where a message ends (RFC 9110 7.6.1, RFC 9112 6). */
static bool check_framing(const struct http_request *request, const struct http_header *header, struct err *e) {
  const sv ours[] = {SV("Connection"), SV("Keep-Alive"),        SV("Proxy-Connection"), SV("TE"),
                     SV("Trailer"),    SV("Transfer-Encoding"), SV("Upgrade"),          SV("Expect")};
  for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
    if (sv_eq_nocase(header->name, ours[i])) {
      return err_set(e, ERR_INVALID, "the header %.*s belongs to the connection; a request can't set it",
                     SV_ARG(ours[i]));
    }
  }
  unsigned long long length = 0;
  if (sv_eq_nocase(header->name, SV("Content-Length")) &&
      (!sv_to_uint(sv_trim(header->value), LIMIT_REQUEST_BODY_BYTES, &length) || length != request->body.len)) {
    return err_set(e, ERR_INVALID, "the header Content-Length is not the length of the body, %zu; leave it out",
                   request->body.len);
  }
  return true;
}

bool http_wire_check(const struct http_request *request, struct url *url, struct err *e) {
  if (!check_url(request->url, url, e) || !check_method(request, e)) {
    return false;
  }
  if (request->body.len > LIMIT_REQUEST_BODY_BYTES) {
    return err_set(e, ERR_LIMIT, "the request's body is longer than %zu bytes", LIMIT_REQUEST_BODY_BYTES);
  }
  for (size_t i = 0; i < request->headers.count; i++) {
    const struct http_header *header = &request->headers.items[i];
    if (!http_header_check(header->name, header->value, e) || !check_framing(request, header, e)) {
      return false;
    }
  }
  return true;
}

/* RFC 9112 5.2: a line that was folded in a response is unfolded, by replacing the line end with spaces. */
static void unfold(char *text, size_t length) {
  for (size_t i = 0; i + 1 < length; i++) {
    if (text[i] == '\n' && (text[i + 1] == ' ' || text[i + 1] == '\t')) {
      text[i] = ' ';
      if (i > 0 && text[i - 1] == '\r') {
        text[i - 1] = ' ';
      }
    }
  }
}

static bool add_line(struct http_headers *headers, sv line, struct err *e) {
  struct http_header header;
  if (!sv_split(line, ':', &header.name, &header.value)) {
    return true;
  }
  if (headers->count == LIMIT_HEADERS_COUNT) {
    return err_set(e, ERR_LIMIT, "the answer has more than %d headers", LIMIT_HEADERS_COUNT);
  }
  header.value = sv_trim(header.value);
  headers->items[headers->count++] = header;
  return true;
}

bool http_wire_headers(struct arena *arena, char *text, size_t length, struct http_headers *out, struct err *e) {
  sv rest = {text, length};
  sv line;
  unfold(text, length);
  *out = (struct http_headers){.items = arena_array(arena, LIMIT_HEADERS_COUNT, sizeof *out->items)};
  if (!out->items) {
    return err_memory(e);
  }
  sv_split(rest, '\n', &line, &rest); /* the status line */
  while (sv_split(rest, '\n', &line, &rest)) {
    if (!add_line(out, line, e)) {
      return false;
    }
  }
  return true;
}
