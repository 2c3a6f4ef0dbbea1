/* AWS error types, as the REST-JSON and JSON protocols carry them ("restJson1", "awsJson1.1" in the Smithy
 * specification).
 *
 * The type stands in the header x-amzn-errortype ("Name", "Name:http://…", "namespace#Name") or in a member of the
 * body. It is text of the server that ends in logs and answers, so that only a plain name is let through, and a body
 * that is malformed, too large or not JSON simply has no type. Which types are worth a retry is AWS's published list
 * ("Retry behavior", AWS SDKs and Tools Reference Guide), and Image Builder's own name for throttling.
 *
 * Quotas: ServiceQuotaExceededException never goes away by waiting. LimitExceededException is on AWS's list, though
 * some services mean a quota by it; a few retries of a request that was certainly not applied do no harm there. Not
 * read: XML bodies (EC2, S3), whose throttling answers are known by their status 503 or 429. */
#include "aws_error.h"

#include "errinfo.h"
#include "json.h"
#include "limits.h"

#define NAME_BYTES 128

struct known_type {
  const char *name;
  enum aws_error_kind kind;
};

static const struct known_type KNOWN[] = {
    {"BandwidthLimitExceeded", AWS_ERROR_THROTTLING},
    {"CallRateLimitExceededException", AWS_ERROR_THROTTLING},
    {"EC2ThrottledException", AWS_ERROR_THROTTLING},
    {"LimitExceededException", AWS_ERROR_THROTTLING},
    {"PriorRequestNotComplete", AWS_ERROR_THROTTLING},
    {"ProvisionedThroughputExceededException", AWS_ERROR_THROTTLING},
    {"RequestLimitExceeded", AWS_ERROR_THROTTLING},
    {"RequestThrottled", AWS_ERROR_THROTTLING},
    {"RequestThrottledException", AWS_ERROR_THROTTLING},
    {"SlowDown", AWS_ERROR_THROTTLING},
    {"ThrottledException", AWS_ERROR_THROTTLING},
    {"Throttling", AWS_ERROR_THROTTLING},
    {"ThrottlingException", AWS_ERROR_THROTTLING},
    {"TooManyRequestsException", AWS_ERROR_THROTTLING},
    {"TransactionInProgressException", AWS_ERROR_THROTTLING},
    {"ExpiredToken", AWS_ERROR_EXPIRED},
    {"ExpiredTokenException", AWS_ERROR_EXPIRED},
    {"RequestExpired", AWS_ERROR_EXPIRED},
    {"RequestTimeTooSkewed", AWS_ERROR_EXPIRED},
    {"InternalError", AWS_ERROR_TRANSIENT},
    {"InternalFailure", AWS_ERROR_TRANSIENT},
    {"InternalServerError", AWS_ERROR_TRANSIENT},
    {"InternalServerException", AWS_ERROR_TRANSIENT},
    {"RequestTimeout", AWS_ERROR_TRANSIENT},
    {"RequestTimeoutException", AWS_ERROR_TRANSIENT},
    {"ServiceQuotaExceeded", AWS_ERROR_QUOTA},
    {"ServiceQuotaExceededException", AWS_ERROR_QUOTA},
};

enum aws_error_kind aws_error_kind(sv error_type) {
  for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
    if (sv_eq(error_type, sv_from(KNOWN[i].name))) {
      return KNOWN[i].kind;
    }
  }
  return AWS_ERROR_OTHER;
}

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

static sv name_in_body(const json *body) {
  const sv members[] = {SV("__type"), SV("code"), SV("Code")};
  for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
    sv name = plain_name(json_string(json_get(body, members[i])));
    if (name.len) {
      return name;
    }
  }
  return SV("");
}

bool aws_error_type(struct arena *arena, const struct http_response *response, sv *out, struct err *e) {
  sv header;
  *out = http_header_get(&response->headers, SV("x-amzn-errortype"), &header) ? plain_name(header) : SV("");
  sv text = sv_trim(response->body);
  if (out->len || !sv_starts(text, SV("{")) || text.len > LIMIT_ERROR_BODY_BYTES) {
    return true;
  }
  json *body = NULL;
  struct err malformed = {0};
  if (json_parse(arena, text, &body, &malformed)) {
    *out = name_in_body(body);
  }
  return malformed.code != ERR_MEMORY || err_memory(e);
}
