/* AWS Signature Version 4 in the Authorization header ("Signature Version 4 signing process", AWS General Reference).
 *
 * Four stages, each of which leaves its text in struct sigv4_result:
 *   canonical request = method LF path LF query LF headers LF LF signed header names LF hash of the body
 *   string to sign    = algorithm LF time LF credential scope LF hash of the canonical request
 *   signing key       = HMAC chain over "AWS4" + secret: date, region, service, "aws4_request"
 *   Authorization     = credential, signed header names, signature
 *
 * The path. Most services: dot segments and repeated slashes are removed, then the path as it goes onto the wire is
 * encoded once more, since the service compares against what it received. S3: every object key is a path of its own, so
 * nothing is removed, and segments are brought into the one spelling that AWS uses (decode, then encode), so that "%2F"
 * stays within its segment. The query: names and values are decoded and encoded, so that "%3a", ":" and "%3A" sign
 * alike, and sorted by encoded name, then value; empty pairs ("a&&b") are skipped. '+' is a plus sign, never a space.
 *
 * All headers are signed but those that a proxy may change or that come after signing (NEVER_SIGNED). Values are
 * trimmed, inner white space (folded lines too) becomes one space, headers of one name are joined by commas in their
 * order.
 *
 * The "AWS4" + secret buffer and every derived key are wiped. Not done: signatures in the query, chunked bodies,
 * SigV4A. */
#include "sigv4.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"
#include "url.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define DATE_CHARACTERS 8                    /* yyyymmdd */
#define TIME_CHARACTERS 16                   /* yyyymmddThhmmssZ */
#define TIME_MS_MAX INT64_C(253402300799999) /* the end of the year 9999 */

/* What one signature is made from. */
struct signing {
  struct arena *arena;
  struct http_request *request;
  const struct sigv4_settings *settings;
  struct url url;
  char time[TIME_CHARACTERS + 1];
  sv scope;
  sv payload_hash;
};

/* A header, or a query parameter, on its way into its canonical place. */
struct pair {
  sv name;
  sv value;
  size_t order;
};

static sv signing_date(const struct signing *s) {
  return (sv){s->time, DATE_CHARACTERS};
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
  if (!sb_check(&text, "the signing time", e)) {
    return false;
  }
  memcpy(s->time, text.data, TIME_CHARACTERS);
  return http_header_set(s->arena, &s->request->headers, SV("X-Amz-Date"), sb_view(&text), e);
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

static bool add_token(struct signing *s, struct err *e) {
  sv token = s->settings->credentials.session_token;
  return token.len == 0 || http_header_set(s->arena, &s->request->headers, SV("X-Amz-Security-Token"), token, e);
}

/* A hash that the caller set wins: "UNSIGNED-PAYLOAD" is how S3 is told that the body is not signed. */
static bool set_payload_hash(struct signing *s, struct err *e) {
  const sv name = SV("x-amz-content-sha256");
  sv given;
  if (http_header_get(&s->request->headers, name, &given)) {
    s->payload_hash = sv_trim(given);
    return true;
  }
  return hash_hex(s->arena, s->request->body, &s->payload_hash, e) &&
         (!s->settings->sign_body || http_header_add(s->arena, &s->request->headers, name, s->payload_hash, e));
}

static bool prepare(struct signing *s, struct err *e) {
  return check_settings(s->request, s->settings, e) && url_parse(s->request->url, &s->url, e) && add_host(s, e) &&
         set_time(s, e) && (s->settings->omit_session_token || add_token(s, e)) && set_payload_hash(s, e);
}

/* ---- Canonical path ---- */

/* Takes the next segment off `path`, which starts at a '/' or is empty. */
static sv next_segment(sv *path) {
  sv after = sv_slice(*path, 1, path->len);
  size_t end = sv_find(after, '/');
  *path = sv_slice(after, end, after.len);
  return sv_slice(after, 0, end);
}

/* Takes the last segment and its '/' back. */
static void drop_segment(struct sb *out) {
  while (out->len && out->data[--out->len] != '/') {
  }
}

/* RFC 3986 5.2.4, with two habits of AWS's own signers: empty segments go, and a dot segment at the end leaves no
 * slash. */
static bool normalized_path(struct arena *arena, sv path, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_URL_BYTES);
  bool slash_at_end = sv_ends(path, SV("/"));
  while (path.len) {
    sv segment = next_segment(&path);
    if (sv_eq(segment, SV(".."))) {
      drop_segment(&text);
    } else if (segment.len && !sv_eq(segment, SV("."))) {
      sb_char(&text, '/');
      sb_put(&text, segment);
    }
  }
  if (text.len == 0 || slash_at_end) {
    sb_char(&text, '/');
  }
  return sb_finish(&text, "the normalised path", out, e);
}

/* Decodes and encodes `text`, which may be encoded, into AWS's one spelling. */
static bool put_respelled(struct arena *arena, struct sb *out, sv text, struct err *e) {
  sv plain;
  if (!percent_decode(arena, text, &plain, e)) {
    return false;
  }
  url_encode(out, plain, "");
  return true;
}

static bool put_path(struct signing *s, struct sb *out, struct err *e) {
  sv path = s->url.path.len ? s->url.path : SV("/");
  if (s->settings->normalize_path && !normalized_path(s->arena, path, &path, e)) {
    return false;
  }
  if (s->settings->double_encode_path) {
    url_encode(out, path, "/");
    return true;
  }
  while (path.len) {
    sb_char(out, '/');
    if (!put_respelled(s->arena, out, next_segment(&path), e)) {
      return false;
    }
  }
  return true;
}

/* ---- Canonical query ---- */

static bool respell(struct arena *arena, sv text, sv *out, struct err *e) {
  struct sb spelled = sb_new(arena, 3 * LIMIT_URL_BYTES);
  return put_respelled(arena, &spelled, text, e) && sb_finish(&spelled, "a query parameter", out, e);
}

static int compare_parameters(const void *a, const void *b) {
  const struct pair *left = a;
  const struct pair *right = b;
  int order = sv_compare(left->name, right->name);
  return order != 0 ? order : sv_compare(left->value, right->value);
}

static bool take_parameter(struct arena *arena, sv text, struct pair *out, struct err *e) {
  sv name = text;
  sv value = SV("");
  sv_split(text, '=', &name, &value);
  return respell(arena, name, &out->name, e) && respell(arena, value, &out->value, e);
}

static size_t count_of(sv text, char c) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) {
    count += text.ptr[i] == c ? 1 : 0;
  }
  return count;
}

static bool put_query(struct signing *s, struct sb *out, struct err *e) {
  size_t count = 0;
  sv rest = s->url.query;
  struct pair *pairs = arena_array(s->arena, count_of(rest, '&') + 1, sizeof *pairs);
  if (!pairs) {
    return err_memory(e);
  }
  while (rest.len) {
    sv item = rest;
    if (!sv_split(rest, '&', &item, &rest)) {
      rest = SV("");
    }
    if (item.len && !take_parameter(s->arena, item, &pairs[count++], e)) {
      return false;
    }
  }
  qsort(pairs, count, sizeof *pairs, compare_parameters);
  for (size_t i = 0; i < count; i++) {
    sb_put(out, i ? SV("&") : SV(""));
    sb_put(out, pairs[i].name);
    sb_char(out, '=');
    sb_put(out, pairs[i].value);
  }
  return true;
}

/* ---- Canonical headers ---- */

static const char *const NEVER_SIGNED[] = {
    "authorization",    "connection", "expect",  "keep-alive",        "proxy-authorization", "te",
    "proxy-connection", "trailer",    "upgrade", "transfer-encoding", "user-agent",          "x-amzn-trace-id",
};

static bool is_signed(const struct sigv4_settings *settings, sv name) {
  for (size_t i = 0; i < sizeof NEVER_SIGNED / sizeof *NEVER_SIGNED; i++) {
    if (sv_eq_nocase(name, sv_from(NEVER_SIGNED[i]))) {
      return false;
    }
  }
  return !settings->omit_session_token || !sv_eq_nocase(name, SV("x-amz-security-token"));
}

static int compare_headers(const void *a, const void *b) {
  const struct pair *left = a;
  const struct pair *right = b;
  int order = sv_compare(left->name, right->name);
  if (order != 0) {
    return order;
  }
  return left->order < right->order ? -1 : left->order > right->order;
}

static bool lower_case(struct arena *arena, sv text, sv *out, struct err *e) {
  char *copy = arena_alloc(arena, text.len + 1);
  if (!copy) {
    return err_memory(e);
  }
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    copy[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  }
  *out = (sv){copy, text.len};
  return true;
}

/* The headers to sign in canonical order: by lower-case name, those of one name as they came. */
static bool collect_headers(struct signing *s, struct pair **out, size_t *count, struct err *e) {
  const struct http_headers *headers = &s->request->headers;
  struct pair *pairs = arena_array(s->arena, headers->count, sizeof *pairs);
  if (!pairs) {
    return err_memory(e);
  }
  *count = 0;
  for (size_t i = 0; i < headers->count; i++) {
    const struct http_header *header = &headers->items[i];
    if (!is_signed(s->settings, header->name)) {
      continue;
    }
    pairs[*count] = (struct pair){.value = header->value, .order = i};
    if (!lower_case(s->arena, header->name, &pairs[*count].name, e)) {
      return false;
    }
    *count += 1;
  }
  qsort(pairs, *count, sizeof *pairs, compare_headers);
  *out = pairs;
  return true;
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void put_folded(struct sb *out, sv value) {
  value = sv_trim(value);
  for (size_t i = 0; i < value.len; i++) {
    if (!is_blank(value.ptr[i])) {
      sb_char(out, value.ptr[i]);
    } else if (!is_blank(value.ptr[i - 1])) {
      sb_char(out, ' ');
    }
  }
}

static bool put_headers(struct signing *s, struct sb *out, sv *signed_headers, struct err *e) {
  struct pair *pairs = NULL;
  size_t count = 0;
  struct sb names = sb_new(s->arena, LIMIT_HEADER_BYTES);
  if (!collect_headers(s, &pairs, &count, e)) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (i && sv_eq(pairs[i].name, pairs[i - 1].name)) {
      sb_char(out, ',');
    } else {
      sb_put(out, i ? SV("\n") : SV(""));
      sb_put(out, pairs[i].name);
      sb_char(out, ':');
      sb_put(&names, i ? SV(";") : SV(""));
      sb_put(&names, pairs[i].name);
    }
    put_folded(out, pairs[i].value);
  }
  return sb_finish(&names, "the list of signed headers", signed_headers, e);
}

/* ---- The four stages ---- */

static bool make_canonical_request(struct signing *s, struct sigv4_result *result, struct err *e) {
  struct sb out = sb_new(s->arena, LIMIT_CANONICAL_REQUEST_BYTES);
  sb_put(&out, s->request->method);
  sb_char(&out, '\n');
  if (!put_path(s, &out, e)) {
    return false;
  }
  sb_char(&out, '\n');
  if (!put_query(s, &out, e)) {
    return false;
  }
  sb_char(&out, '\n');
  if (!put_headers(s, &out, &result->signed_headers, e)) {
    return false;
  }
  sb_put(&out, SV("\n\n"));
  sb_put(&out, result->signed_headers);
  sb_char(&out, '\n');
  sb_put(&out, s->payload_hash);
  return sb_finish(&out, "the canonical request", &result->canonical_request, e);
}

static bool make_string_to_sign(struct signing *s, struct sigv4_result *result, struct err *e) {
  struct sb scope = sb_new(s->arena, LIMIT_HEADER_BYTES);
  struct sb out = sb_new(s->arena, LIMIT_CANONICAL_REQUEST_BYTES);
  sv hash;
  sb_format(&scope, "%.*s/%.*s/%.*s/aws4_request", SV_ARG(signing_date(s)), SV_ARG(s->settings->region),
            SV_ARG(s->settings->service));
  if (!sb_finish(&scope, "the credential scope", &s->scope, e) ||
      !hash_hex(s->arena, result->canonical_request, &hash, e)) {
    return false;
  }
  sb_format(&out, ALGORITHM "\n%s\n%.*s\n%.*s", s->time, SV_ARG(s->scope), SV_ARG(hash));
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

static bool make_authorization(struct signing *s, struct sigv4_result *result, struct err *e) {
  struct sb out = sb_new(s->arena, LIMIT_HEADER_BYTES);
  sb_format(&out, ALGORITHM " Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%.*s",
            SV_ARG(s->settings->credentials.access_key_id), SV_ARG(s->scope), SV_ARG(result->signed_headers),
            SV_ARG(result->signature));
  return sb_finish(&out, "the Authorization header", &result->authorization, e) &&
         http_header_set(s->arena, &s->request->headers, SV("Authorization"), result->authorization, e);
}

bool sigv4_sign(struct arena *arena, struct http_request *request, const struct sigv4_settings *settings,
                struct sigv4_result *result, struct err *e) {
  struct signing s = {.arena = arena, .request = request, .settings = settings};
  *result = (struct sigv4_result){0};
  return prepare(&s, e) && make_canonical_request(&s, result, e) && make_string_to_sign(&s, result, e) &&
         make_signature(&s, result, e) && make_authorization(&s, result, e) &&
         (!settings->omit_session_token || add_token(&s, e));
}
