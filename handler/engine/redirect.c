/* Redirects (RFC 9110 15.4). None is followed: a signature holds for one host and path, credentials and inputs were meant for
 * the server of the description, and after 301, 302 and 303 clients disagree on whether POST stays POST. The answer is judged like any other; where
 * it fails its step, these words say where it leads to and what to set.
 *
 * S3 answers requests for a bucket of another region with 301 PermanentRedirect (often without Location; the host is in <Endpoint>),
 * shortly after a bucket was made with 307 TemporaryRedirect, and a signature for the wrong region with 400
 * AuthorizationHeaderMalformed; the region is in the header x-amz-bucket-region or in <Region>.
 *
 * A location may carry a signature or a token in its query, and a user's name in front of its host: only scheme, host and path
 * are repeated. */
#include "redirect.h"

#include "aws_endpoint.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "url.h"

#define SHOWN_BYTES 400

bool redirect_is(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static sv without_query(sv location) {
  sv place = sv_slice(location, 0, sv_find(location, '#'));
  return sv_slice(place, 0, sv_find(place, '?'));
}

/* RFC 9110 10.2.2: Location is a URI reference: absolute, or relative to the request's own. */
static void put_location(struct sb *text, sv location) {
  struct url url;
  struct err unread = {0};
  sv place = without_query(sv_trim(location));
  if (url_parse(place, &url, &unread)) {
    sb_format(text, "%.*s", SV_ARG(sv_slice(place, 0, SHOWN_BYTES)));
  } else if (sv_starts(place, SV("/")) && !sv_starts(place, SV("//"))) {
    sb_format(text, "'%.*s' on the same server", SV_ARG(sv_slice(place, 0, SHOWN_BYTES)));
  } else {
    sb_put(text, SV("an address that is no plain http or https URL"));
  }
}

static void put_target(struct sb *text, const struct http_response *response, const struct aws_error *error) {
  sv location;
  if (http_header_get(&response->headers, SV("Location"), &location)) {
    sb_put(text, SV("; it leads to "));
    put_location(text, location);
  } else if (error->endpoint.len) {
    sb_format(text, "; it leads to the host %.*s", SV_ARG(sv_slice(error->endpoint, 0, SHOWN_BYTES)));
  }
}

/* Whether the answer names another region than the one that was signed for. */
static bool is_elsewhere(const struct endpoint *endpoint, const struct http_response *response,
                         const struct aws_error *error) {
  return endpoint->service.len && (redirect_is(response->status) || response->status == 400) &&
         region_is_valid(error->region) && !sv_eq(error->region, endpoint->region);
}

static void put_region(struct sb *text, const struct endpoint *endpoint, const struct aws_error *error) {
  sb_format(text,
            "; the bucket is in %.*s, but the request was signed for %.*s: run the workflow in %.*s (AWS_REGION), or "
            "give it a bucket of %.*s",
            SV_ARG(error->region), SV_ARG(endpoint->region), SV_ARG(error->region), SV_ARG(endpoint->region));
}

void redirect_describe(const struct endpoint *endpoint, const struct http_response *response,
                       const struct aws_error *error, struct sb *text) {
  bool is_redirect = redirect_is(response->status);
  bool elsewhere = is_elsewhere(endpoint, response, error);
  if (is_redirect) {
    put_target(text, response, error);
    sb_put(text, SV("; redirects are not followed"));
  }
  if (elsewhere) {
    put_region(text, endpoint, error);
  } else if (is_redirect) {
    sb_format(text, ": %s",
              endpoint->is_configured ? "configure the endpoint that answers by itself"
                                      : "put the server that answers by itself into the description's servers");
  }
}
