/* The transport over libcurl's easy interface: HTTP/1.1, TLS 1.2 or later, always verified.
 *
 * Never sent twice. When a reused connection dies before a byte of the answer came, libcurl on its own sends the
 * request again over another connection, up to five times, POST and DELETE included (Curl_retry_request in its
 * lib/transfer.c); no option turns that off. A server that applied the first one would then apply the second, and
 * nobody would know. So:
 *   - libcurl retries only reused connections: every method but the safe ones (GET, HEAD, OPTIONS, TRACE) gets a fresh
 *     connection, which costs a handshake and also spares a POST the stale connections of a frozen sandbox;
 *   - the pre-request callback, which libcurl calls each time right before it writes a request, counts: it lets a safe
 *     method pass twice and every other one once, then aborts.
 * That callback also tells HTTP_NOT_SENT from HTTP_MAYBE_SENT more surely than error codes do: as long as it was not
 * called (name, connection, proxy tunnel, TLS handshake), no byte of the request can have left. A dead connection is
 * reported, not repaired: who sends again is decided in retry.c, where it is known whether the request may be repeated.
 *
 * Connections idle for longer than LIMIT_CONNECTION_IDLE_SECONDS are not used again. The environment is read through
 * `struct environment` alone: proxy and exceptions are always set, if only to "", so that libcurl does not look.
 *
 * The answer: header lines of the final response are gathered in one bounded text and split at its end (interim
 * responses and trailers are dropped); the body in a second one. Redirects are answers like others: a signature holds
 * for one host. No Accept-Encoding is sent, no Expect, and nothing is decoded. Not supported: HTTP/2, cookies, client
 * certificates. */
#include "transport_curl.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "http_wire.h"
#include "limits.h"
#include "proxy.h"
#include "sb.h"
#include "trust.h"
#include "url.h"

#define SETTINGS_ARENA_BYTES KIB(64)
#define SENDINGS_OF_SAFE 2 /* the second one when a reused connection turned out to be dead */

struct transport_curl {
  struct arena *arena;
  struct trust trust;
  struct proxies proxies;
  CURL *easy; /* NULL until the first request */
  pid_t owner;
  bool initialised;
  char error_text[CURL_ERROR_SIZE];
};

/* One request on its way. */
struct transfer {
  struct transport_curl *curl;
  const struct http_request *request;
  struct arena *arena;
  struct url url;
  const char *url_text;
  const char *method_text;
  struct curl_slist *header_lines; /* nodes in the arena */
  int64_t timeout_ms;
  unsigned sendings; /* how often libcurl was about to write the request */
  struct sb head;    /* header lines of the response, each with its line end */
  bool head_done;
  bool head_interim;
  struct sb body;
};

struct transport_curl *transport_curl_open(const struct environment *environment, struct err *e) {
  struct arena *arena = arena_new(SETTINGS_ARENA_BYTES);
  struct transport_curl *curl = arena ? arena_alloc(arena, sizeof *curl) : NULL;
  if (!curl) {
    err_memory(e);
  } else if (trust_from_environment(arena, environment, &curl->trust, e) &&
             proxies_from_environment(arena, environment, &curl->proxies, e)) {
    curl->arena = arena;
    return curl;
  }
  arena_drop(arena);
  return NULL;
}

void transport_curl_close(struct transport_curl *curl) {
  if (!curl) {
    return;
  }
  if (curl->easy && curl->owner == getpid()) {
    curl_easy_cleanup(curl->easy);
  }
  if (curl->initialised) {
    curl_global_cleanup();
  }
  arena_drop(curl->arena);
}

/* After a fork the handle is left alone, not cleaned up: that would write into the parent's TLS connections. */
static bool start(struct transport_curl *curl, struct err *e) {
  pid_t process = getpid();
  if (curl->easy && curl->owner == process) {
    return true;
  }
  curl->initialised = curl->initialised || curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  curl->easy = curl->initialised ? curl_easy_init() : NULL;
  curl->owner = process;
  return curl->easy || err_set(e, ERR_INTERNAL, "libcurl could not be initialised");
}

/* ---- The request, in libcurl's terms ---- */

static bool add_line(struct transfer *x, struct curl_slist ***end, sv line, struct err *e) {
  struct curl_slist *node = arena_alloc(x->arena, sizeof *node);
  char *text = arena_alloc(x->arena, line.len + 1);
  if (!node || !text) {
    return err_memory(e);
  }
  memcpy(text, line.ptr, line.len);
  node->data = text;
  **end = node;
  *end = &node->next;
  return true;
}

/* libcurl takes "Name:" as the wish to leave its own header out, and "Name;" as a header without a value. */
static bool add_header_line(struct transfer *x, struct curl_slist ***end, const struct http_header *header,
                            struct err *e) {
  struct sb line = sb_new(x->arena, 2 * LIMIT_HEADER_BYTES);
  sv text;
  sb_put(&line, header->name);
  sb_put(&line, sv_trim(header->value).len ? SV(": ") : SV(";"));
  sb_put(&line, sv_trim(header->value));
  return sb_finish(&line, "a header", &text, e) && add_line(x, end, text, e);
}

static bool make_header_lines(struct transfer *x, struct err *e) {
  const struct http_header unwanted[] = {
      {SV("Accept"), SV("Accept:")}, {SV("Content-Type"), SV("Content-Type:")}, {SV("Expect"), SV("Expect:")}};
  const struct http_headers *headers = &x->request->headers;
  struct curl_slist **end = &x->header_lines;
  sv value;
  for (size_t i = 0; i < headers->count; i++) {
    if (!add_header_line(x, &end, &headers->items[i], e)) {
      return false;
    }
  }
  for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
    if (!http_header_get(headers, unwanted[i].name, &value) && !add_line(x, &end, unwanted[i].value, e)) {
      return false;
    }
  }
  return true;
}

/* RFC 9110 8.6: a method that gives content a meaning is sent with Content-Length: 0 when it has none. */
static bool has_content(const struct http_request *request) {
  return request->has_body || request->body.len || sv_eq(request->method, SV("POST")) ||
         sv_eq(request->method, SV("PUT")) || sv_eq(request->method, SV("PATCH"));
}

static bool set_method(struct transfer *x) {
  CURL *easy = x->curl->easy;
  sv body = x->request->body;
  if (sv_eq(x->request->method, SV("HEAD"))) {
    return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
  }
  if (has_content(x->request)) {
    return curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.len ? body.ptr : "") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, x->method_text) == CURLE_OK;
  }
  return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, x->method_text) == CURLE_OK;
}

static bool set_wire(struct transfer *x) {
  CURL *easy = x->curl->easy;
  bool fresh = !http_method_is_safe(x->request->method);
  return curl_easy_setopt(easy, CURLOPT_URL, x->url_text) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_HTTPHEADER, x->header_lines) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_USERAGENT, "arazzo-lambda/" ARAZZO_VERSION) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)LIMIT_CONNECTION_IDLE_SECONDS) == CURLE_OK;
}

static bool set_limits(struct transfer *x) {
  CURL *easy = x->curl->easy;
  int64_t connect_ms = x->timeout_ms < LIMIT_CONNECT_MS ? x->timeout_ms : LIMIT_CONNECT_MS;
  return curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)x->timeout_ms) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->curl->error_text) == CURLE_OK;
}

/* Naming a file alone would leave libcurl's built-in folder of certificates trusted, too. */
static bool set_trust(struct transfer *x) {
  CURL *easy = x->curl->easy;
  const char *ca_file = x->curl->trust.ca_file;
  bool ok = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
  if (!ok || !ca_file) {
    return ok;
  }
  return curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, ca_file) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL) == CURLE_OK;
}

static bool set_proxy(struct transfer *x) {
  CURL *easy = x->curl->easy;
  return curl_easy_setopt(easy, CURLOPT_PROXY, proxies_for(&x->curl->proxies, &x->url)) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_NOPROXY, x->curl->proxies.except) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
}

/* ---- What libcurl calls back ---- */

/* NOLINTBEGIN(readability-non-const-parameter): the types are libcurl's */
static int before_sending(void *context, char *remote, char *local, int remote_port, int local_port) {
  struct transfer *x = context;
  unsigned allowed = http_method_is_safe(x->request->method) ? SENDINGS_OF_SAFE : 1;
  (void)remote;
  (void)local;
  (void)remote_port;
  (void)local_port;
  if (x->sendings >= allowed) {
    return CURL_PREREQFUNC_ABORT;
  }
  x->sendings++;
  return CURL_PREREQFUNC_OK;
}

/* RFC 9110 15.2: any number of interim (1xx) responses may come before the final one. */
static bool is_interim(sv status_line) {
  size_t space = sv_find(status_line, ' ');
  return sv_starts(sv_slice(status_line, space, status_line.len), SV(" 1"));
}

static size_t take_header_line(char *data, size_t size, size_t count, void *context) {
  struct transfer *x = context;
  sv line = {data, size * count};
  bool fresh = x->head.len == 0 || (x->head_done && x->head_interim);
  if (fresh && sv_starts(line, SV("HTTP/"))) {
    x->head.len = 0;
    x->head_done = false;
    x->head_interim = is_interim(line);
  }
  if (!x->head_done) {
    sb_put(&x->head, line);
    x->head_done = sv_trim(line).len == 0;
  }
  return x->head.state == SB_OK ? line.len : 0;
}

static size_t take_body(char *data, size_t size, size_t count, void *context) {
  struct transfer *x = context;
  sb_put(&x->body, (sv){data, size * count});
  return x->body.state == SB_OK ? size * count : 0;
}

/* NOLINTEND(readability-non-const-parameter) */

static bool set_callbacks(struct transfer *x) {
  CURL *easy = x->curl->easy;
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PREREQDATA, x) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header_line) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_HEADERDATA, x) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_WRITEDATA, x) == CURLE_OK;
}

/* ---- The response ---- */

static bool take_response(struct transfer *x, struct http_response *response, struct err *e) {
  long status = 0;
  *response = (struct http_response){0};
  if (curl_easy_getinfo(x->curl->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 200 || status > 999) {
    return err_set(e, ERR_NETWORK, "%.*s answered with the status %ld, which ends no HTTP exchange",
                   SV_ARG(x->url.host), status);
  }
  response->status = (int)status;
  return http_wire_headers(x->arena, x->head.data, x->head.len, &response->headers, e) &&
         sb_finish(&x->body, "the answer's body", &response->body, e);
}

/* ---- Failures, for the person who must act ---- */

struct failure {
  CURLcode code;
  enum err_code error;
  const char *what;
  const char *advice;
};

static const struct failure FAILURES[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ERR_NETWORK, "the host name has no address",
     "check the server's URL and the region in it, and that the function has DNS"},
    {CURLE_COULDNT_RESOLVE_PROXY, ERR_NETWORK, "the proxy's host name has no address",
     "check http_proxy and https_proxy"},
    {CURLE_COULDNT_CONNECT, ERR_NETWORK, "no connection",
     "check that the server runs and that proxy, security groups and routes let the function reach it (in a VPC it "
     "needs a "
     "NAT gateway or a VPC endpoint)"},
    {CURLE_SSL_CONNECT_ERROR, ERR_NETWORK, "the TLS handshake failed",
     "check that the URL's port speaks TLS 1.2 or later"},
    {CURLE_PARTIAL_FILE, ERR_NETWORK, "the connection ended in the middle of the answer", ""},
    {CURLE_GOT_NOTHING, ERR_NETWORK, "the connection ended before an answer came", ""},
    {CURLE_SEND_ERROR, ERR_NETWORK, "the connection was lost while the request was sent", ""},
    {CURLE_RECV_ERROR, ERR_NETWORK, "the connection was lost before the whole answer came", ""},
    {CURLE_ABORTED_BY_CALLBACK, ERR_NETWORK, "the connection was lost before an answer came",
     "the request was not sent a second time"},
    {CURLE_WEIRD_SERVER_REPLY, ERR_NETWORK, "the answer is not HTTP/1.1", "check the URL's scheme and port"},
    {CURLE_UNSUPPORTED_PROTOCOL, ERR_NETWORK, "the answer is not HTTP/1.1", "check the URL's scheme and port"},
    {CURLE_URL_MALFORMAT, ERR_INVALID, "libcurl does not accept the URL", "check the server's URL"},
    {CURLE_OUT_OF_MEMORY, ERR_LIMIT, "libcurl ran out of memory, or one header of the answer is longer than it accepts",
     ""},
#if LIBCURL_VERSION_NUM >= 0x080600
    {CURLE_TOO_LARGE, ERR_LIMIT, "one header of the answer is longer than libcurl accepts", ""},
#endif
};

static bool report_trust(const struct transfer *x, struct err *e) {
  const struct trust *trust = &x->curl->trust;
  return err_set(
      e, ERR_TLS,
      "the certificate of %.*s can't be verified (%s); trusted are the authorities in %s (%s): check the URL's "
      "host, or name a file that holds the right authority in AWS_CA_BUNDLE",
      SV_ARG(x->url.host), x->curl->error_text, trust->ca_file ? trust->ca_file : "libcurl's built-in file",
      trust->source);
}

static bool report_timeout(const struct transfer *x, struct err *e) {
  return err_set(e, ERR_TIMEOUT, "%.*s: %s in the %lld ms that were left (%s)", SV_ARG(x->url.host),
                 x->sendings ? "no whole answer came" : "no connection was made", (long long)x->timeout_ms,
                 x->curl->error_text);
}

static bool report_unwritten(const struct transfer *x, struct err *e) {
  return sb_check(&x->head, "the head of the answer", e) && sb_check(&x->body, "the answer's body", e) &&
         err_set(e, ERR_INTERNAL, "libcurl could not hand over the answer");
}

static bool report(const struct transfer *x, CURLcode code, struct err *e) {
  const char *detail = x->curl->error_text[0] ? x->curl->error_text : curl_easy_strerror(code);
  if (code == CURLE_WRITE_ERROR) {
    return report_unwritten(x, e);
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return report_timeout(x, e);
  }
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
    return report_trust(x, e);
  }
  for (size_t i = 0; i < sizeof FAILURES / sizeof *FAILURES; i++) {
    const struct failure *f = &FAILURES[i];
    if (f->code == code) {
      return err_set(e, f->error, "%.*s: %s (%s)%s%s", SV_ARG(x->url.host), f->what, detail, *f->advice ? "; " : "",
                     f->advice);
    }
  }
  return err_set(e, ERR_NETWORK, "%.*s: the request failed (%s)", SV_ARG(x->url.host), detail);
}

/* ---- Sending ---- */

static bool make_texts(struct transfer *x, struct err *e) {
  return sv_to_text(x->arena, x->request->url, &x->url_text, e) &&
         sv_to_text(x->arena, x->request->method, &x->method_text, e) && make_header_lines(x, e);
}

static bool set_options(struct transfer *x, struct err *e) {
  curl_easy_reset(x->curl->easy);
  bool ok = set_wire(x) && set_method(x) && set_limits(x) && set_trust(x) && set_proxy(x) && set_callbacks(x);
  return ok || err_set(e, ERR_INTERNAL,
                       "libcurl does not accept an option that this program needs; it is too old, or built "
                       "without TLS");
}

static bool perform(struct transfer *x, struct http_response *response, struct err *e) {
  x->curl->error_text[0] = '\0';
  CURLcode code = curl_easy_perform(x->curl->easy);
  return code == CURLE_OK ? take_response(x, response, e) : report(x, code, e);
}

static bool curl_send(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                      struct http_response *response, enum http_progress *progress, struct err *e) {
  struct transfer x = {.curl = context, .request = request, .arena = arena, .timeout_ms = timeout_ms};
  x.head = sb_new(arena, LIMIT_HEADERS_BYTES);
  x.body = sb_new(arena, LIMIT_RESPONSE_BODY_BYTES);
  *progress = HTTP_NOT_SENT;
  if (timeout_ms <= 0) {
    return err_set(e, ERR_TIMEOUT, "no time was left to send the request");
  }
  if (!http_wire_check(request, &x.url, e) || !make_texts(&x, e) || !start(x.curl, e)) {
    return false;
  }
  bool ok = set_options(&x, e) && perform(&x, response, e);
  curl_easy_reset(x.curl->easy); /* forgets all pointers into the arena; connections stay */
  *progress = x.sendings ? HTTP_MAYBE_SENT : HTTP_NOT_SENT;
  return ok;
}

struct transport transport_curl_transport(struct transport_curl *curl) {
  return (struct transport){.send = curl_send, .context = curl};
}
