/* Source descriptions that are URLs. Nothing is signed and no credential is sent; plain http is for loopback only, since what is
 * fetched decides what will be called. */
#include "fetcher.h"

#include "errinfo.h"
#include "limits.h"
#include "url.h"

static bool check_url(sv text, struct err *e) {
  struct url url;
  if (!url_parse(text, &url, e)) {
    return false;
  }
  return sv_eq(url.scheme, SV("https")) || url_is_loopback(&url) ||
         err_set(e, ERR_INVALID, "'%.*s' is not fetched over plain http; use https", SV_ARG(text));
}

static bool fetch(const struct fetcher *fetcher, sv url, struct arena *arena, sv *text, struct err *e) {
  struct http_request request = {.method = SV("GET"), .url = url};
  struct http_response response;
  enum http_progress progress = HTTP_NOT_SENT;
  const struct transport *transport = &fetcher->transport;
  if (!transport->send(transport->context, &request, LIMIT_REQUEST_MS, arena, &response, &progress, e)) {
    return false;
  }
  *text = response.body;
  return response.status == 200 ||
         err_set(e, ERR_INVALID, "'%.*s' answered with status %d; it must be 200, since redirects are not followed",
                 SV_ARG(url), response.status);
}

static bool read_any(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  struct document_reader files = document_file_reader();
  if (!sv_contains(path, SV("://"))) {
    return files.read(files.context, path, arena, text, e);
  }
  return check_url(path, e) && fetch(context, path, arena, text, e);
}

struct document_reader fetcher_reader(struct fetcher *fetcher) {
  return (struct document_reader){.read = read_any, .fetches = true, .context = fetcher};
}
