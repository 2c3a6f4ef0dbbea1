/* AWS Signature Version 4 ("Create a signed AWS API request", IAM User Guide; "Authenticating Requests: Using Query
 * Parameters", Amazon S3 API Reference).
 *
 * Four stages, each of which leaves its text in struct sigv4_result:
 *   canonical request = method LF path LF query LF headers LF LF signed header names LF hash of the body
 *   string to sign    = algorithm LF time LF credential scope LF hash of the canonical request
 *   signing key       = HMAC chain over "AWS4" + secret: date, region, service, "aws4_request"
 *   Authorization     = credential, signed header names, signature
 * In the query form time, credential, signed header names and token are query parameters, which are signed with the rest of
 * the query, and the signature is the last one. How path, query and headers are spelled is in sigv4_canonical.c.
 *
 * The "AWS4" + secret buffer and every derived key are wiped. Not done: chunked bodies, SigV4A. */
#include "sigv4.h"

#include <openssl/crypto.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "errinfo.h"
#include "http_token.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"
#include "sigv4_canonical.h"
#include "url.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define HASH_HEADER "x-amz-content-sha256"
#define DATE_CHARACTERS 8                    /* yyyymmdd */
#define TIME_CHARACTERS 16                   /* yyyymmddThhmmssZ */
#define TIME_MS_MAX INT64_C(253402300799999) /* the end of the year 9999 */

/* What one signature is made from. */
struct signing {
  struct arena *arena;
  struct http_request *request;
  const struct sigv4_settings *settings;
  struct url url;
  sv time;
  sv scope;
  sv payload_hash;
  struct canonical_headers headers;
};

static sv signing_date(const struct signing *s) {
  return sv_slice(s->time, 0, DATE_CHARACTERS);
}

static bool hash_hex(struct arena *arena, sv data, sv *out, struct err *e) {
  struct sha256 digest;
  const char *text = NULL;
  if (!sha256(data, &digest, e)) {
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  bool copied = sv_to_text(arena, sv_from(hex.text), &text, e);
  *out = sv_from(text);
  return copied;
}

/* ---- What has to be true, and to be there, before signing ---- */

static bool check_settings(const struct http_request *request, const struct sigv4_settings *settings, struct err *e) {
  if (!http_is_token(request->method)) {
    return err_set(e, ERR_INVALID, "\"%.*s\" is not an HTTP method", SV_ARG(request->method));
  }
  if (settings->region.len == 0) {
    return err_set(e, ERR_INVALID, "no region to sign for: set AWS_REGION");
  }
  if (settings->service.len == 0) {
    return err_set(e, ERR_INVALID, "no signing name of the AWS service to sign for");
  }
  if (settings->credentials.access_key_id.len == 0 || settings->credentials.secret_access_key.len == 0) {
    return err_set(e, ERR_INVALID, "no credentials to sign with: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  if (settings->time_ms < 0 || settings->time_ms > TIME_MS_MAX) {
    return err_set(e, ERR_INVALID, "the signing time lies outside the years 1970 to 9999");
  }
  return true;
}

static bool set_time(struct signing *s, struct err *e) {
  struct clock_utc utc = clock_utc_from(s->settings->time_ms);
  struct sb text = sb_new(s->arena, TIME_CHARACTERS);
  sb_format(&text, "%04d%02d%02dT%02d%02d%02dZ", utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second);
  return sb_finish(&text, "the signing time", &s->time, e);
}

static bool add_host(struct signing *s, struct err *e) {
  sv host;
  if (http_header_get(&s->request->headers, SV("Host"), &host)) {
    return true;
  }
  struct sb text = sb_new(s->arena, LIMIT_URL_BYTES);
  url_put_host(&text, &s->url);
  return sb_finish(&text, "the host", &host, e) && http_header_add(s->arena, &s->request->headers, SV("Host"), host, e);
}

/* A hash that the caller put into the header wins. */
static bool set_payload_hash(struct signing *s, struct err *e) {
  if (s->settings->body == SIGV4_BODY_UNSIGNED) {
    s->payload_hash = SV("UNSIGNED-PAYLOAD");
    return true;
  }
  sv given;
  if (http_header_get(&s->request->headers, SV(HASH_HEADER), &given)) {
    s->payload_hash = sv_trim(given);
    return true;
  }
  return hash_hex(s->arena, s->request->body, &s->payload_hash, e);
}

static bool set_scope(struct signing *s, struct err *e) {
  struct sb scope = sb_new(s->arena, LIMIT_HEADER_BYTES);
  sb_format(&scope, "%.*s/%.*s/%.*s/aws4_request", SV_ARG(signing_date(s)), SV_ARG(s->settings->region),
            SV_ARG(s->settings->service));
  return sb_finish(&scope, "the credential scope", &s->scope, e);
}

static bool prepare(struct signing *s, struct err *e) {
  return check_settings(s->request, s->settings, e) && url_parse(s->request->url, &s->url, e) && add_host(s, e) &&
         set_time(s, e) && set_scope(s, e) && set_payload_hash(s, e);
}

static bool read_headers(struct signing *s, struct sigv4_result *result, struct err *e) {
  bool good = canonical_read_headers(s->arena, &s->request->headers, s->settings->omit_session_token, &s->headers, e);
  result->signed_headers = s->headers.names;
  return good;
}

/* ---- The stages that both forms share ---- */

static bool make_canonical_request(struct signing *s, struct sigv4_result *result, struct err *e) {
  struct sb out = sb_new(s->arena, LIMIT_CANONICAL_REQUEST_BYTES);
  struct canonical_path_rules rules = {s->settings->normalize_path, s->settings->double_encode_path};
  sb_put(&out, s->request->method);
  sb_char(&out, '\n');
  if (!canonical_put_path(&out, s->url.path, rules, e)) {
    return false;
  }
  sb_char(&out, '\n');
  if (!canonical_put_query(&out, s->url.query, e)) {
    return false;
  }
  sb_format(&out, "\n%.*s\n\n%.*s\n%.*s", SV_ARG(s->headers.lines), SV_ARG(s->headers.names), SV_ARG(s->payload_hash));
  return sb_finish(&out, "the canonical request", &result->canonical_request, e);
}

static bool make_string_to_sign(struct signing *s, struct sigv4_result *result, struct err *e) {
  struct sb out = sb_new(s->arena, LIMIT_CANONICAL_REQUEST_BYTES);
  sv hash;
  if (!hash_hex(s->arena, result->canonical_request, &hash, e)) {
    return false;
  }
  sb_format(&out, ALGORITHM "\n%.*s\n%.*s\n%.*s", SV_ARG(s->time), SV_ARG(s->scope), SV_ARG(hash));
  return sb_finish(&out, "the string to sign", &result->string_to_sign, e);
}

/* HMAC of each text under the digest of the one before; the last digest stays in `*digest`. */
static bool hmac_chain(sv first_key, const sv *texts, size_t count, struct sha256 *digest, struct err *e) {
  sv key = first_key;
  struct sha256 next;
  bool ok = true;
  for (size_t i = 0; ok && i < count; i++) {
    ok = hmac_sha256(key, texts[i], &next, e);
    *digest = next;
    key = sha256_view(digest);
  }
  OPENSSL_cleanse(&next, sizeof next);
  return ok;
}

static bool make_signature(struct signing *s, struct sigv4_result *result, struct err *e) {
  const sv prefix = SV("AWS4");
  sv secret = s->settings->credentials.secret_access_key;
  const sv texts[] = {signing_date(s), s->settings->region, s->settings->service, SV("aws4_request"),
                      result->string_to_sign};
  size_t length = prefix.len + secret.len;
  char *key = arena_alloc(s->arena, length);
  struct sha256 digest;
  const char *text = NULL;
  if (!key) {
    return err_memory(e);
  }
  memcpy(key, prefix.ptr, prefix.len);
  memcpy(key + prefix.len, secret.ptr, secret.len);
  bool ok = hmac_chain((sv){key, length}, texts, sizeof texts / sizeof *texts, &digest, e);
  OPENSSL_cleanse(key, length);
  if (!ok) {
    OPENSSL_cleanse(&digest, sizeof digest);
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  ok = sv_to_text(s->arena, sv_from(hex.text), &text, e);
  result->signature = sv_from(text);
  return ok;
}

static bool make_stages(struct signing *s, struct sigv4_result *result, struct err *e) {
  return make_canonical_request(s, result, e) && make_string_to_sign(s, result, e) && make_signature(s, result, e);
}

/* ---- The signature in the Authorization header ---- */

static bool add_token(struct signing *s, struct err *e) {
  sv token = s->settings->credentials.session_token;
  return token.len == 0 || http_header_set(s->arena, &s->request->headers, SV("X-Amz-Security-Token"), token, e);
}

static bool add_payload_hash(struct signing *s, struct err *e) {
  return s->settings->body == SIGV4_BODY_IMPLIED ||
         http_header_set(s->arena, &s->request->headers, SV(HASH_HEADER), s->payload_hash, e);
}

static bool make_authorization(struct signing *s, struct sigv4_result *result, struct err *e) {
  struct sb out = sb_new(s->arena, LIMIT_HEADER_BYTES);
  sb_format(&out, ALGORITHM " Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s",
            SV_ARG(s->settings->credentials.access_key_id), SV_ARG(s->scope), SV_ARG(result->signed_headers),
            SV_ARG(result->signature));
  return sb_finish(&out, "the Authorization header", &result->authorization, e) &&
         http_header_set(s->arena, &s->request->headers, SV("Authorization"), result->authorization, e);
}

bool sigv4_keeps_path(sv service) {
  static const char *const names[] = {"s3", "s3-outposts", "s3-object-lambda", "s3express"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (sv_eq(service, sv_from(names[i]))) {
      return true;
    }
  }
  return false;
}

bool sigv4_sign(struct arena *arena, struct http_request *request, const struct sigv4_settings *settings,
                struct sigv4_result *result, struct err *e) {
  struct signing s = {.arena = arena, .request = request, .settings = settings};
  *result = (struct sigv4_result){0};
  return prepare(&s, e) && http_header_set(arena, &request->headers, SV("X-Amz-Date"), s.time, e) &&
         (settings->omit_session_token || add_token(&s, e)) && add_payload_hash(&s, e) && read_headers(&s, result, e) &&
         make_stages(&s, result, e) && make_authorization(&s, result, e) &&
         (!settings->omit_session_token || add_token(&s, e));
}

/* ---- The signature in the query ---- */

static bool check_expires(unsigned seconds, struct err *e) {
  return (seconds > 0 && seconds <= LIMIT_PRESIGN_SECONDS) ||
         err_set(e, ERR_INVALID, "a presigned URL is valid for 1 to %d seconds, not %u", LIMIT_PRESIGN_SECONDS,
                 seconds);
}

/* Two signatures in one query contradict each other. */
static bool check_unsigned(struct signing *s, struct err *e) {
  static const char *const names[] = {"X-Amz-Algorithm",      "X-Amz-Credential", "X-Amz-Date",         "X-Amz-Expires",
                                      "X-Amz-Security-Token", "X-Amz-Signature",  "X-Amz-SignedHeaders"};
  for (sv rest = s->url.query, item = rest; rest.len; item = rest) {
    if (!sv_split(rest, '&', &item, &rest)) {
      rest = SV("");
    }
    sv name;
    if (!percent_decode(s->arena, sv_slice(item, 0, sv_find(item, '=')), &name, e)) {
      return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
      if (sv_eq(name, sv_from(names[i]))) {
        return err_set(e, ERR_INVALID, "the URL to sign has the parameter '%s' already; leave it out", names[i]);
      }
    }
  }
  return true;
}

static void put_parameter(struct sb *url, const char *name, sv value) {
  sb_format(url, "&%s=", name);
  percent_put(url, value, "");
}

static void put_token(struct sb *url, const struct signing *s) {
  sv token = s->settings->credentials.session_token;
  if (token.len) {
    put_parameter(url, "X-Amz-Security-Token", token);
  }
}

/* The URL with all that is signed of the signing parameters. */
static bool put_parameters(struct signing *s, unsigned expires_seconds, struct sb *url, struct err *e) {
  sv before = s->request->url;
  struct sb credential = sb_new(s->arena, LIMIT_HEADER_BYTES);
  sb_format(&credential, "%.*s/%.*s", SV_ARG(s->settings->credentials.access_key_id), SV_ARG(s->scope));
  if (!sb_check(&credential, "the credential", e)) {
    return false;
  }
  sb_put(url, before);
  sb_put(url, !s->url.has_query ? SV("?") : s->url.query.len && !sv_ends(before, SV("&")) ? SV("&") : SV(""));
  sb_put(url, SV("X-Amz-Algorithm=" ALGORITHM));
  put_parameter(url, "X-Amz-Credential", sb_view(&credential));
  put_parameter(url, "X-Amz-Date", s->time);
  put_parameter(url, "X-Amz-SignedHeaders", s->headers.names);
  sb_format(url, "&X-Amz-Expires=%u", expires_seconds);
  if (!s->settings->omit_session_token) {
    put_token(url, s);
  }
  return true;
}

/* Signs what `url` holds so far, then completes it. */
static bool make_url(struct signing *s, struct sb *url, struct sigv4_result *result, struct err *e) {
  sv text;
  if (!sb_finish(url, "the presigned URL", &text, e) || !url_parse(text, &s->url, e) || !make_stages(s, result, e)) {
    return false;
  }
  if (s->settings->omit_session_token) {
    put_token(url, s);
  }
  put_parameter(url, "X-Amz-Signature", result->signature);
  return sb_finish(url, "the presigned URL", &s->request->url, e);
}

bool sigv4_presign(struct arena *arena, struct http_request *request, const struct sigv4_settings *settings,
                   unsigned expires_seconds, struct sigv4_result *result, struct err *e) {
  struct signing s = {.arena = arena, .request = request, .settings = settings};
  struct sb url = sb_new(arena, LIMIT_URL_BYTES);
  *result = (struct sigv4_result){0};
  return check_expires(expires_seconds, e) && prepare(&s, e) && check_unsigned(&s, e) && read_headers(&s, result, e) &&
         put_parameters(&s, expires_seconds, &url, e) && make_url(&s, &url, result, e);
}
