/* Reading documents from URLs, for `arazzo … --fetch`. */
#ifndef ARAZZO_FETCHER_H
#define ARAZZO_FETCHER_H

#include "document.h"
#include "http.h"

struct fetcher {
  struct transport transport;
};

/* A reader of files, and of https URLs: at most LIMIT_RESPONSE_BODY_BYTES each, within LIMIT_REQUEST_MS, redirects not followed.
 * The fetcher must outlive the reader. ERR_NETWORK, ERR_TLS, ERR_TIMEOUT, ERR_INVALID, ERR_LIMIT, ERR_MEMORY. */
struct document_reader fetcher_reader(struct fetcher *fetcher);

#endif
