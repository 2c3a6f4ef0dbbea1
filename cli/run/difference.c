/* The first difference of two values, in document order: what is another value, is missing, or is new. What is hidden can't be compared. */
#include "difference.h"

#include "arena.h"
#include "limits.h"
#include "masking.h"
#include "sb.h"

#define VALUE_BYTES 200
#define PATH_BYTES KIB(4)

/* A value as JSON, cut. */
static void put_value(struct sb *out, const json *value) {
  struct sb text = sb_new(out->arena, LIMIT_RESPONSE_BODY_BYTES);
  if (!value) {
    sb_put(out, SV("not there"));
    return;
  }
  json_write(&text, value);
  sv view = sb_view(&text);
  sb_put(out, sv_slice(view, 0, VALUE_BYTES));
  sb_put(out, view.len > VALUE_BYTES ? SV("...") : SV(""));
}

static bool put_difference(struct sb *out, sv path, const json *now, const json *before) {
  sb_format(out, "%.*s is ", SV_ARG(path));
  put_value(out, now);
  sb_put(out, SV(", but was "));
  put_value(out, before);
  return true;
}

static sv path_to(struct sb *out, sv path, const json *part, bool is_member, size_t index) {
  struct sb text = sb_new(out->arena, PATH_BYTES);
  if (is_member) {
    sb_format(&text, "%.*s/%.*s", SV_ARG(path), SV_ARG(json_name(part)));
  } else {
    sb_format(&text, "%.*s/%zu", SV_ARG(path), index);
  }
  return text.state == SB_OK ? sb_view(&text) : path;
}

/* The part of `other` at the same place as `part`. */
static const json *counterpart(const json *other, const json *part, bool is_member, size_t index) {
  return is_member ? json_get(other, json_name(part)) : json_at(other, index);
}

static bool put_in_parts(struct sb *out, sv path, const json *now, const json *before, bool is_member) {
  size_t index = 0;
  for (const json *part = json_first(now); part; part = part->next, index++) {
    sv place = path_to(out, path, part, is_member, index);
    if (difference_put(out, place, part, counterpart(before, part, is_member, index))) {
      return true;
    }
  }
  index = 0;
  for (const json *part = json_first(before); part; part = part->next, index++) {
    if (!counterpart(now, part, is_member, index)) {
      return put_difference(out, path_to(out, path, part, is_member, index), NULL, part);
    }
  }
  return false;
}

/* Where `part` is in the text; its length when it is not. */
static size_t find(sv text, sv part) {
  size_t at = 0;
  while (at < text.len && !sv_starts(sv_slice(text, at, text.len), part)) {
    at++;
  }
  return part.len ? at : 0;
}

/* Whether the text is the other one with something in place of its masks. */
static bool fits(sv now, sv before) {
  sv mask = SV(MASKING_MASK);
  size_t end = find(before, mask);
  if (!sv_starts(now, sv_slice(before, 0, end))) {
    return false;
  }
  now = sv_slice(now, end, now.len);
  while (end < before.len) {
    before = sv_slice(before, end + mask.len, before.len);
    end = find(before, mask);
    sv part = sv_slice(before, 0, end);
    size_t at = end == before.len ? now.len - part.len : find(now, part);
    if (part.len > now.len || !sv_starts(sv_slice(now, at, now.len), part)) {
      return false;
    }
    now = sv_slice(now, at + part.len, now.len);
  }
  return now.len == 0;
}

static bool is_same(const json *now, const json *before) {
  sv text;
  bool is_hidden = sv_contains(json_string(before), SV(MASKING_MASK));
  return json_equal(now, before) || (is_hidden && json_scalar_text(now, &text) && fits(text, json_string(before)));
}

bool difference_put(struct sb *out, sv name, const json *now, const json *before) {
  bool are_alike = now && before && json_type(now) == json_type(before);
  if (are_alike && json_type(now) == JSON_OBJECT) {
    return put_in_parts(out, name, now, before, true);
  }
  if (are_alike && json_type(now) == JSON_ARRAY) {
    return put_in_parts(out, name, now, before, false);
  }
  return !is_same(now, before) && put_difference(out, name, now, before);
}
