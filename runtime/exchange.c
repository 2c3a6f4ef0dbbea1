/* One easy handle, one multi handle, one connection that is used again.
 *
 * The multi interface is there for one reason: a GET of the next invocation waits for hours, and SIGTERM must end it. Its
 * poll also watches a descriptor of ours (a signalfd, see signals.c); curl_easy_perform would sleep through the signal.
 * Once the first byte of an answer is there the descriptor is no longer watched: that invocation is ours to finish.
 *
 * libcurl sends a request again by itself when a kept connection turns out to be dead. Whether and when an answer is sent
 * twice is decided by our caller, who must tell "stale" from "it had arrived", so that second connection is refused.
 *
 * No proxy, redirect, authentication, cookie or timeout but that for connecting; HTTP/1.1; the answer's body is handed on
 * piece by piece, never stored here. */
#include "exchange.h"

#include <stdint.h>
#include <sys/socket.h>

#include "errinfo.h"
#include "limits.h"

#define POLL_MS 3600000           /* a wake-up an hour; nothing depends on it */
#define KEPT_IDLE_SECONDS 604800L /* libcurl's 118 s would drop the connection under a slow handler */
#define USER_AGENT "arazzo-lambda-runtime/" ARAZZO_VERSION

static int status_of(const struct exchange *exchange) {
  long status = 0;
  curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
  return (int)status;
}

static bool bytes_went_out(const struct exchange *exchange) {
  long sent_bytes = 0;
  curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &sent_bytes);
  return sent_bytes > 0;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  if (bytes_went_out(context)) {
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl gives the type */
static size_t take_header(char *line, size_t size, size_t count, void *context) {
  struct exchange *exchange = context;
  const struct exchange_sink *sink = exchange->request->sink;
  sv name;
  sv value;
  exchange->answer_began = true;
  /* Interim answers (1xx) have headers of their own; the status line has no colon that would matter. */
  if (sink && status_of(exchange) == 200 && sv_split((sv){line, size * count}, ':', &name, &value)) {
    sink->header(sink->context, name, sv_trim(value));
  }
  return size * count;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl gives the type */
static size_t take_body(char *piece, size_t size, size_t count, void *context) {
  struct exchange *exchange = context;
  const struct exchange_sink *sink = exchange->request->sink;
  curl_off_t total_bytes = -1;
  if (!sink || status_of(exchange) != 200) {
    return size * count;
  }
  curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total_bytes);
  return sink->body(sink->context, (sv){piece, size * count}, total_bytes) ? size * count : 0;
}

static void set_options(struct exchange *exchange) {
  CURL *easy = exchange->easy;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* also switches off http_proxy of the environment */
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_CONNECT_MS);
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, KEPT_IDLE_SECONDS);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
  curl_multi_setopt(exchange->multi, CURLMOPT_MAXCONNECTS, 1L);
}

bool exchange_open(struct exchange *exchange, struct err *e) {
  *exchange = (struct exchange){0};
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return err_set(e, ERR_NETWORK, "libcurl can't be initialised");
  }
  exchange->easy = curl_easy_init();
  exchange->multi = curl_multi_init();
  if (!exchange->easy || !exchange->multi) {
    exchange_close(exchange);
    return err_set(e, ERR_NETWORK, "libcurl has no memory for a connection");
  }
  set_options(exchange);
  return true;
}

void exchange_close(struct exchange *exchange) {
  curl_easy_cleanup(exchange->easy);
  curl_multi_cleanup(exchange->multi);
  curl_global_cleanup();
  *exchange = (struct exchange){0};
}

static void set_request(struct exchange *exchange, const struct exchange_request *request) {
  exchange->request = request;
  exchange->answer_began = false;
  exchange->status = 0;
  exchange->reason = "";
  curl_easy_setopt(exchange->easy, CURLOPT_URL, request->url);
  if (request->is_post) {
    curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDS, request->body.len ? request->body.ptr : ""); /* not copied */
    curl_easy_setopt(exchange->easy, CURLOPT_POST, 1L);
  } else {
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPGET, 1L);
  }
}

/* True when the transfer ended by itself, false when stop_fd ended it. */
static bool drive(struct exchange *exchange) {
  struct curl_waitfd stop = {.fd = exchange->request->stop_fd, .events = CURL_WAIT_POLLIN};
  unsigned watched = stop.fd == EXCHANGE_NOT_WATCHED ? 0 : 1;
  int running = 1;
  while (curl_multi_perform(exchange->multi, &running) == CURLM_OK && running) {
    if (watched && stop.revents) {
      if (!exchange->answer_began) {
        return false;
      }
      watched = 0;
    }
    if (curl_multi_poll(exchange->multi, &stop, watched, POLL_MS, NULL) != CURLM_OK) {
      return true;
    }
  }
  return true;
}

static enum exchange_end end_of(struct exchange *exchange) {
  int left = 0;
  const CURLMsg *message = curl_multi_info_read(exchange->multi, &left);
  CURLcode code = message ? message->data.result : CURLE_RECV_ERROR;
  if (code == CURLE_OK) {
    exchange->status = status_of(exchange);
    return EXCHANGE_ANSWERED;
  }
  exchange->reason = curl_easy_strerror(code);
  return bytes_went_out(exchange) ? EXCHANGE_LOST : EXCHANGE_NOT_SENT;
}

enum exchange_end exchange_run(struct exchange *exchange, const struct exchange_request *request) {
  struct curl_slist lines[EXCHANGE_HEADERS_COUNT];
  struct curl_slist *list = NULL;
  for (size_t i = EXCHANGE_HEADERS_COUNT; i-- > 0;) {
    if (request->headers[i]) {
      lines[i] = (struct curl_slist){.data = request->headers[i], .next = list};
      list = &lines[i];
    }
  }
  set_request(exchange, request);
  curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, list);
  if (request->sink) {
    request->sink->begin(request->sink->context);
  }
  curl_multi_add_handle(exchange->multi, exchange->easy);
  enum exchange_end end = drive(exchange) ? end_of(exchange) : EXCHANGE_STOPPED;
  curl_multi_remove_handle(exchange->multi, exchange->easy);
  curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, NULL);
  return end;
}
