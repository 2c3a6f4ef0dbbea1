/* The transport over libcurl's multi interface, one request at a time: HTTP/1.1, TLS 1.2 or later, always verified.
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
 * Why other methods do not share connections, too. Before libcurl reuses one it looks whether the other side has closed
 * it (a read that takes nothing), and that can't make it certain: the server may be closing it at this moment, and its
 * word for that is on the way for half a round trip, or was lost while the sandbox was frozen. Then a POST ends as one
 * that may have been applied, which ends a run whose request can't be repeated. What sharing would win is two round
 * trips (TCP, TLS 1.3) and about one millisecond of a processor, measured by bench/transport.py: 1.1 to 1.3 ms for a
 * fresh connection, which resumes the TLS session of the one before (RFC 8446 2.2), against 0.1 to 0.2 ms for a kept
 * one. A run is worth more than that.
 *
 * Connections are kept for the next requests: LIMIT_CONNECTIONS of them, each until it is idle for
 * LIMIT_CONNECTION_IDLE_SECONDS. libcurl measures that with the monotonic clock, which may stand still while a sandbox
 * is frozen; so when the wall clock says that more time went by, all of them are dropped.
 *
 * Time. The loop follows the request through its phases (patience.h), each with a limit of its own. A name server that
 * does not answer is waited for in a thread of libcurl's, which is left to end by itself (CURLOPT_QUICK_EXIT).
 *
 * The environment is read through `struct environment` alone: proxy and exceptions are always set, if only to "", so
 * that libcurl does not look.
 *
 * The answer: header lines of the final response are gathered in one bounded text and split at its end (interim
 * responses and trailers are dropped); the body in a second one. Redirects are answers like others: a signature holds
 * for one host. No Accept-Encoding is sent, no Expect, and nothing is decoded. An answer without a length over TLS is
 * whole only when TLS says that it ends (RFC 9112 9.8); libcurl 7.88 takes the end of TCP for it, 8.14, which the
 * function has, does not. Not supported: HTTP/2, cookies, client certificates. */
#include "transport_curl.h"

#include <curl/curl.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "environment.h"
#include "errinfo.h"
#include "http_wire.h"
#include "limits.h"
#include "patience.h"
#include "proxy.h"
#include "sb.h"
#include "transport_failure.h"
#include "trust.h"
#include "trust_roots.h"
#include "url.h"

#define SETTINGS_ARENA_BYTES KIB(64)
#define LOOK_MS 250        /* how often the clock is looked at, whatever happens on the connection */
#define SENDINGS_OF_SAFE 2 /* the second one when a reused connection turned out to be dead */

struct transport_curl {
  struct arena *arena;
  struct trust trust;
  struct proxies proxies;
  struct clock clock;
  CURL *easy;           /* NULL until the first request */
  CURLM *multi;         /* has the connections */
  int64_t used_wall_ms; /* the end of the last request, by both clocks */
  int64_t used_us;
  pid_t owner;
  bool initialised;
  transport_curl_look *look;
  void *look_context;
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
  struct patience patience;
  bool is_cut;       /* whoever looks does not want to wait any longer */
  unsigned sendings; /* how often libcurl was about to write the request */
  struct sb head;    /* header lines of the response, each with its line end */
  bool head_done;
  bool head_interim;
  struct sb body;
};

struct transport_curl *transport_curl_open(const struct environment *environment, const struct clock *clock,
                                           struct err *e) {
  struct arena *arena = arena_new(SETTINGS_ARENA_BYTES);
  struct transport_curl *curl = arena ? arena_alloc(arena, sizeof *curl) : NULL;
  if (!curl) {
    err_memory(e);
  } else if (trust_from_environment(arena, environment, &curl->trust, e) &&
             proxies_from_environment(arena, environment, &curl->proxies, e)) {
    curl->arena = arena;
    curl->clock = *clock;
    return curl;
  }
  arena_drop(arena);
  return NULL;
}

static void drop_connections(struct transport_curl *curl) {
  curl_easy_cleanup(curl->easy);
  curl_multi_cleanup(curl->multi);
  curl->easy = NULL;
  curl->multi = NULL;
}

void transport_curl_close(struct transport_curl *curl) {
  if (!curl) {
    return;
  }
  if (curl->owner == getpid()) {
    drop_connections(curl);
  }
  if (curl->initialised) {
    curl_global_cleanup();
  }
  arena_drop(curl->arena);
}

/* True when the wall clock says that the connections are too old, and libcurl does not know: the monotonic clock, by
 * which it drops them, stood still, or the wall clock was set. */
static bool was_frozen(const struct transport_curl *curl) {
  int64_t wall_ms = clock_wall_ms(&curl->clock) - curl->used_wall_ms;
  int64_t monotonic_ms = (clock_monotonic_us(&curl->clock) - curl->used_us) / 1000;
  int64_t limit_ms = LIMIT_CONNECTION_IDLE_SECONDS * (int64_t)1000;
  return monotonic_ms <= limit_ms && (wall_ms < 0 || wall_ms > limit_ms);
}

static bool make_handles(struct transport_curl *curl) {
  curl->initialised = curl->initialised || curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  curl->easy = curl->initialised ? curl_easy_init() : NULL;
  curl->multi = curl->easy ? curl_multi_init() : NULL;
  return curl->multi && curl_multi_setopt(curl->multi, CURLMOPT_MAXCONNECTS, (long)LIMIT_CONNECTIONS) == CURLM_OK;
}

/* After a fork the handles are left alone, not cleaned up: that would write into the parent's TLS connections. */
static bool start(struct transport_curl *curl, struct err *e) {
  bool own = curl->owner == getpid();
  if (own && curl->multi && !was_frozen(curl)) {
    return true;
  }
  if (own) {
    drop_connections(curl);
  }
  curl->owner = getpid();
  return make_handles(curl) || err_set(e, ERR_INTERNAL, "libcurl could not be initialised");
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
  return curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
#if LIBCURL_VERSION_NUM >= 0x075700
         curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
#endif
         curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_REACH_MS) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->curl->error_text) == CURLE_OK;
}

static bool set_proxy(struct transfer *x) {
  CURL *easy = x->curl->easy;
  return curl_easy_setopt(easy, CURLOPT_PROXY, proxies_for(&x->curl->proxies, &x->url)) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_NOPROXY, x->curl->proxies.except) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) == CURLE_OK;
}

/* ---- What libcurl calls back ---- */

static int64_t now_us(const struct transfer *x) {
  return clock_monotonic_us(&x->curl->clock);
}

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
  patience_enter(&x->patience, PHASE_ANSWER, now_us(x));
  return CURL_PREREQFUNC_OK;
}

static CURLcode before_handshake(CURL *easy, void *ssl_context, void *context) {
  struct transfer *x = context;
  (void)easy;
  patience_enter(&x->patience, PHASE_HANDSHAKE, now_us(x));
  return !x->curl->trust.embedded || trust_roots_offer(ssl_context) ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

/* RFC 9110 15.2: any number of interim (1xx) responses may come before the final one. */
static bool is_interim(sv status_line) {
  size_t space = sv_find(status_line, ' ');
  return sv_starts(sv_slice(status_line, space, status_line.len), SV(" 1"));
}

static size_t take_header_line(char *data, size_t size, size_t count, void *context) {
  struct transfer *x = context;
  sv line = {data, size * count};
  patience_hear(&x->patience, now_us(x));
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
  patience_hear(&x->patience, now_us(x));
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

/* Naming a file alone would leave libcurl's built-in folder of certificates trusted, too. */
static bool set_trust(struct transfer *x) {
  CURL *easy = x->curl->easy;
  const struct trust *trust = &x->curl->trust;
  bool ok = curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, before_handshake) == CURLE_OK &&
            curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, x) == CURLE_OK;
  if (!ok || (!trust->ca_file && !trust->embedded)) {
    return ok;
  }
  return curl_easy_setopt(easy, CURLOPT_CAINFO, trust->ca_file) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, trust->ca_file) == CURLE_OK &&
         curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL) == CURLE_OK;
}

/* ---- The response ---- */

/* RFC 9112 8: a message whose head does not end is incomplete, though libcurl takes a head that the connection's end cuts
 * as the whole one. */
static bool take_response(struct transfer *x, struct http_response *response, struct err *e) {
  long status = 0;
  *response = (struct http_response){0};
  if (!x->head_done) {
    return err_set(e, ERR_NETWORK, "%.*s: the connection ended in the middle of the answer's head",
                   SV_ARG(x->url.host));
  }
  if (curl_easy_getinfo(x->curl->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 200 || status > 999) {
    return err_set(e, ERR_NETWORK, "%.*s answered with the status %ld, which ends no HTTP exchange",
                   SV_ARG(x->url.host), status);
  }
  response->status = (int)status;
  return http_wire_headers(x->arena, x->head.data, x->head.len, &response->headers, e) &&
         sb_finish(&x->body, "the answer's body", &response->body, e);
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
                       "without OpenSSL");
}

/* The end of a name's lookup is the one step that libcurl tells by its times only. */
static void follow(struct transfer *x) {
  curl_off_t resolved_us = 0;
  if (x->patience.phase == PHASE_NAME &&
      curl_easy_getinfo(x->curl->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved_us) == CURLE_OK && resolved_us > 0) {
    patience_enter(&x->patience, PHASE_CONNECTION, now_us(x));
  }
}

static CURLcode result_of(CURLM *multi) {
  int others = 0;
  const CURLMsg *message = curl_multi_info_read(multi, &others);
  return message ? message->data.result : CURLE_OUT_OF_MEMORY;
}

static CURLcode drive(struct transfer *x) {
  CURLM *multi = x->curl->multi;
  int running = 1;
  while (curl_multi_perform(multi, &running) == CURLM_OK && running) {
    follow(x);
    x->is_cut = x->curl->look && !x->curl->look(x->curl->look_context);
    if (x->is_cut) {
      return CURLE_ABORTED_BY_CALLBACK;
    }
    int64_t left_ms = patience_left_ms(&x->patience, now_us(x));
    if (left_ms == 0) {
      return CURLE_OPERATION_TIMEDOUT;
    }
    if (curl_multi_poll(multi, NULL, 0, left_ms < LOOK_MS ? (int)left_ms : LOOK_MS, NULL) != CURLM_OK) {
      return CURLE_OUT_OF_MEMORY;
    }
  }
  return result_of(multi);
}

static bool report_unwritten(const struct transfer *x, struct err *e) {
  return sb_check(&x->head, "the head of the answer", e) && sb_check(&x->body, "the answer's body", e) &&
         err_set(e, ERR_INTERNAL, "libcurl could not hand over the answer");
}

static bool report(const struct transfer *x, CURLcode code, struct err *e) {
  CURL *easy = x->curl->easy;
  struct transport_failure failure = {
      .code = (int)code, .detail = x->curl->error_text, .host = x->url.host, .trust = &x->curl->trust};
  if (code == CURLE_WRITE_ERROR) {
    return report_unwritten(x, e);
  }
  if (x->is_cut) {
    return err_set(e, ERR_NETWORK, "%.*s: the request was interrupted", SV_ARG(x->url.host));
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return patience_report(&x->patience, x->url.host, now_us(x), e);
  }
  (void)curl_easy_getinfo(easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &failure.verify_result);
  if (failure.verify_result != 0) {
    failure.host = SV("the proxy");
  } else {
    (void)curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &failure.verify_result);
  }
  (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &failure.connect_status);
  return transport_failure_report(&failure, e);
}

static bool perform(struct transfer *x, struct http_response *response, struct err *e) {
  struct transport_curl *curl = x->curl;
  curl->error_text[0] = '\0';
  if (curl_multi_add_handle(curl->multi, curl->easy) != CURLM_OK) {
    return err_set(e, ERR_INTERNAL, "libcurl could not begin a request");
  }
  CURLcode code = drive(x);
  bool ok = code == CURLE_OK ? take_response(x, response, e) : report(x, code, e);
  curl_multi_remove_handle(curl->multi, curl->easy);
  curl->used_wall_ms = clock_wall_ms(&curl->clock);
  curl->used_us = now_us(x);
  return ok;
}

static bool curl_send(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                      struct http_response *response, enum http_progress *progress, struct err *e) {
  struct transfer x = {.curl = context, .request = request, .arena = arena};
  x.head = sb_new(arena, LIMIT_HEADERS_BYTES);
  x.body = sb_new(arena, LIMIT_RESPONSE_BODY_BYTES);
  *progress = HTTP_NOT_SENT;
  if (timeout_ms <= 0) {
    return err_set(e, ERR_TIMEOUT, "no time was left to send the request");
  }
  if (!http_wire_check(request, &x.url, e) || !make_texts(&x, e) || !start(x.curl, e)) {
    return false;
  }
  patience_begin(&x.patience, timeout_ms, now_us(&x));
  bool ok = set_options(&x, e) && perform(&x, response, e);
  curl_easy_reset(x.curl->easy); /* forgets all pointers into the arena; connections stay */
  *progress = x.sendings ? HTTP_MAYBE_SENT : HTTP_NOT_SENT;
  return ok;
}

void transport_curl_watch(struct transport_curl *curl, transport_curl_look *look, void *context) {
  curl->look = look;
  curl->look_context = context;
}

struct transport transport_curl_transport(struct transport_curl *curl) {
  return (struct transport){.send = curl_send, .context = curl};
}
