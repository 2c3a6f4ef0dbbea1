/* The canonical request's path, query and headers ("Create a signed AWS API request", IAM User Guide).
 *
 * The path. Most services: dot segments and repeated slashes are removed, then the path as it goes onto the wire is
 * encoded once more, since the service compares against what it received. S3: every object key is a path of its own, so
 * nothing is removed, and segments are brought into the one spelling that AWS uses (decode, then encode), so that "%2F"
 * stays within its segment. The query: names and values are decoded and encoded, so that "%3a", ":" and "%3A" sign
 * alike, and sorted by encoded name, then value; empty pairs ("a&&b") are skipped. '+' is a plus sign, never a space.
 *
 * All headers are signed but those that a proxy may change or that come after signing (NEVER_SIGNED). Values are
 * trimmed, inner white space (folded lines too) becomes one space, headers of one name are joined by commas in their
 * order. */
#include "sigv4_canonical.h"

#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"
#include "url.h"

/* A header, or a query parameter, on its way into its canonical place. */
struct pair {
  sv name;
  sv value;
  size_t order;
};

/* ---- Path ---- */

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
static bool put_respelled(struct sb *out, sv text, struct err *e) {
  sv plain;
  if (!percent_decode(out->arena, text, &plain, e)) {
    return false;
  }
  percent_put(out, plain, "");
  return true;
}

bool canonical_put_path(struct sb *out, sv path, struct canonical_path_rules rules, struct err *e) {
  path = path.len ? path : SV("/");
  if (rules.normalize && !normalized_path(out->arena, path, &path, e)) {
    return false;
  }
  if (rules.double_encode) {
    percent_put(out, path, "/");
    return true;
  }
  while (path.len) {
    sb_char(out, '/');
    if (!put_respelled(out, next_segment(&path), e)) {
      return false;
    }
  }
  return true;
}

/* ---- Query ---- */

static bool respell(struct arena *arena, sv text, sv *out, struct err *e) {
  struct sb spelled = sb_new(arena, 3 * LIMIT_URL_BYTES);
  return put_respelled(&spelled, text, e) && sb_finish(&spelled, "a query parameter", out, e);
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

/* The pairs of the query; `*out` has room for all of them. */
static bool read_parameters(struct arena *arena, sv query, struct pair **out, size_t *count, struct err *e) {
  struct pair *pairs = arena_array(arena, count_of(query, '&') + 1, sizeof *pairs);
  if (!pairs) {
    return err_memory(e);
  }
  *count = 0;
  while (query.len) {
    sv item = query;
    if (!sv_split(query, '&', &item, &query)) {
      query = SV("");
    }
    if (item.len && !take_parameter(arena, item, &pairs[(*count)++], e)) {
      return false;
    }
  }
  *out = pairs;
  return true;
}

bool canonical_put_query(struct sb *out, sv query, struct err *e) {
  struct pair *pairs = NULL;
  size_t count = 0;
  if (!read_parameters(out->arena, query, &pairs, &count, e)) {
    return false;
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

/* ---- Headers ---- */

static const char *const NEVER_SIGNED[] = {
    "authorization",    "connection", "expect",  "keep-alive",        "proxy-authorization", "te",
    "proxy-connection", "trailer",    "upgrade", "transfer-encoding", "user-agent",          "x-amzn-trace-id",
};

static bool is_signed(sv name, bool without_token) {
  for (size_t i = 0; i < sizeof NEVER_SIGNED / sizeof *NEVER_SIGNED; i++) {
    if (sv_eq_nocase(name, sv_from(NEVER_SIGNED[i]))) {
      return false;
    }
  }
  return !without_token || !sv_eq_nocase(name, SV("x-amz-security-token"));
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
static bool sort_headers(struct arena *arena, const struct http_headers *headers, bool without_token, struct pair **out,
                         size_t *count, struct err *e) {
  struct pair *pairs = arena_array(arena, headers->count, sizeof *pairs);
  if (!pairs) {
    return err_memory(e);
  }
  *count = 0;
  for (size_t i = 0; i < headers->count; i++) {
    const struct http_header *header = &headers->items[i];
    if (!is_signed(header->name, without_token)) {
      continue;
    }
    pairs[*count] = (struct pair){.value = header->value, .order = i};
    if (!lower_case(arena, header->name, &pairs[*count].name, e)) {
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

bool canonical_read_headers(struct arena *arena, const struct http_headers *headers, bool without_token,
                            struct canonical_headers *out, struct err *e) {
  struct pair *pairs = NULL;
  size_t count = 0;
  struct sb names = sb_new(arena, LIMIT_HEADER_BYTES);
  struct sb lines = sb_new(arena, LIMIT_CANONICAL_REQUEST_BYTES);
  if (!sort_headers(arena, headers, without_token, &pairs, &count, e)) {
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (i && sv_eq(pairs[i].name, pairs[i - 1].name)) {
      sb_char(&lines, ',');
    } else {
      sb_put(&lines, i ? SV("\n") : SV(""));
      sb_put(&lines, pairs[i].name);
      sb_char(&lines, ':');
      sb_put(&names, i ? SV(";") : SV(""));
      sb_put(&names, pairs[i].name);
    }
    put_folded(&lines, pairs[i].value);
  }
  return sb_finish(&names, "the list of signed headers", &out->names, e) &&
         sb_finish(&lines, "the canonical headers", &out->lines, e);
}
