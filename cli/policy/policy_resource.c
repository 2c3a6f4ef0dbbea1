/* Filling in patterns of resources. Inside of this program a wildcard is a control character, so that a '*' in a bucket's key stays
 * one key: IAM User Guide, "IAM policy elements: Variables", ${*}, ${?} and ${$}. */
#include "policy_resource.h"

#include <string.h>

#include "arena.h"
#include "limits.h"
#include "sb.h"

#define UNKNOWN '\x01'     /* '*' */
#define UNKNOWN_ONE '\x02' /* '?' */
#define RESOURCE_BYTES KIB(8)
#define SECRET_SUFFIX "-??????"

/* ---- values ---- */

/* Values are counted down to the one that is looked for. */
struct choice {
  size_t skip;
  size_t count;
  sv value;
};

static void choose(const json *value, sv path, struct choice *choice) {
  sv name = path;
  sv rest = SV("");
  sv text;
  if (json_type(value) == JSON_ARRAY) {
    for (const json *each = json_first(value); each; each = each->next) {
      choose(each, path, choice);
    }
  } else if (path.len) {
    sv_split(path, '.', &name, &rest);
    choose(json_get(value, name), rest, choice);
  } else if (json_scalar_text(value, &text)) {
    choice->value = choice->count++ <= choice->skip ? text : choice->value;
  } else if (json_type(value) == JSON_OBJECT) {
    choice->value = choice->count++ <= choice->skip ? SV(POLICY_UNKNOWN) : choice->value;
  }
}

/* What is not known as a whole may hold any member. */
static struct choice chosen(const json *arguments, sv path, size_t n) {
  struct choice choice = {.skip = n};
  sv first = sv_slice(path, 0, sv_find(path, '.'));
  const json *value = json_get(arguments, first);
  if (json_is_string(value) && first.len < path.len) {
    choice.count = 1;
    choice.value = SV(POLICY_UNKNOWN);
  } else {
    choose(arguments, path, &choice);
  }
  return choice;
}

bool policy_is_given(const json *arguments, const char *member) {
  sv name = sv_from(member);
  bool is_negated = sv_starts(name, SV("!"));
  name = sv_slice(name, is_negated ? 1 : 0, name.len);
  sv first = sv_slice(name, 0, sv_find(name, '.'));
  bool is_there = first.len == name.len ? json_get(arguments, name) != NULL : chosen(arguments, name, 0).count > 0;
  return !member || is_there != is_negated;
}

/* ---- transformations ---- */

static sv behind_last(sv text, char c) {
  size_t at = text.len;
  while (at > 0 && text.ptr[at - 1] != c) {
    at--;
  }
  return sv_slice(text, at, text.len);
}

static sv second_part(sv text) {
  sv rest = sv_slice(text, sv_find(text, '/') + 1, text.len);
  return sv_slice(rest, 0, sv_find(rest, '/'));
}

static sv transformed(sv value, sv how) {
  sv part = value;
  if (sv_eq(how, SV("name"))) {
    part = second_part(value);
  } else if (sv_eq(how, SV("base")) || sv_eq(how, SV("last"))) {
    part = behind_last(value, '/');
  } else if (sv_eq(how, SV("tail"))) {
    part = behind_last(value, ':');
  } else if (sv_eq(how, SV("path")) || sv_eq(how, SV("parameter"))) {
    size_t end = sv_eq(how, SV("path")) ? value.len : sv_find(value, ':');
    part = sv_slice(value, sv_starts(value, SV("/")) ? 1 : 0, end);
  }
  return part.len ? part : SV(POLICY_UNKNOWN);
}

static bool may_be_whole(sv how) {
  return how.len == 0 || sv_eq(how, SV("last")) || sv_eq(how, SV("path")) || sv_eq(how, SV("parameter"));
}

/* ---- filling in ---- */

/* "{Member:how|usual}" */
struct placeholder {
  sv member;
  sv how;
  sv usual;
};

struct filling {
  const struct policy_pattern *pattern;
  size_t n;
  size_t count; /* of the longest list */
  sv unknown;
  struct sb out;
};

static struct placeholder read_placeholder(sv text) {
  struct placeholder p = {.member = text, .how = SV(""), .usual = SV("")};
  sv rest = text;
  sv_split(rest, '|', &rest, &p.usual);
  p.member = rest;
  sv_split(rest, ':', &p.member, &p.how);
  return p;
}

static const sv *place_value(const struct policy_place *place, sv name) {
  if (sv_eq(name, SV("partition"))) {
    return &place->partition;
  }
  if (sv_eq(name, SV("region"))) {
    return &place->region;
  }
  return sv_eq(name, SV("account")) ? &place->account : NULL;
}

static void put_wild(struct sb *out, sv text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    sb_char(out, (char)(c == '*' ? UNKNOWN : c == '?' ? UNKNOWN_ONE : c));
  }
}

static bool is_arn(sv value) {
  return sv_starts(value, SV("arn:"));
}

/* An ARN of a secret may have the six characters that Secrets Manager puts behind names already. */
static bool has_suffix(sv arn) {
  if (arn.len < sizeof SECRET_SUFFIX || arn.ptr[arn.len - 7] != '-') {
    return false;
  }
  for (size_t i = arn.len - 6; i < arn.len; i++) {
    char c = arn.ptr[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == UNKNOWN_ONE)) {
      return false;
    }
  }
  return true;
}

/* An ARN with a '*' is as narrow as what its step made. A value of which nothing is left for its place is as good as unknown. */
static void note_unknown(struct filling *f, sv member, sv value, sv part) {
  bool was_wild = value.len && memchr(value.ptr, UNKNOWN, value.len);
  bool is_lost = !was_wild && sv_eq(part, SV(POLICY_UNKNOWN));
  if (((was_wild && !is_arn(value)) || is_lost) && f->unknown.len == 0) {
    f->unknown = member;
  }
}

/* Puts a member's value; `*rest` of the pattern may be part of the value already. */
static void put_member(struct filling *f, sv text, sv *rest) {
  struct placeholder p = read_placeholder(text);
  struct choice choice = chosen(f->pattern->arguments, p.member, f->n);
  sv value = choice.count ? choice.value : p.usual.len ? p.usual : SV(POLICY_UNKNOWN);
  f->count = choice.count > f->count ? choice.count : f->count;
  sv part = transformed(value, p.how);
  note_unknown(f, p.member, value, part);
  if (!is_arn(value) || !may_be_whole(p.how)) {
    sb_put(&f->out, part);
    return;
  }
  f->out = sb_new(f->pattern->arena, RESOURCE_BYTES);
  sb_put(&f->out, value);
  if (sv_eq(*rest, SV(SECRET_SUFFIX)) && has_suffix(value)) {
    *rest = SV("");
  }
}

static void fill(struct filling *f, sv text) {
  sv before;
  sv inside;
  sv rest = text;
  while (sv_split(rest, '{', &before, &rest) && sv_split(rest, '}', &inside, &rest)) {
    const sv *of_place = place_value(f->pattern->place, inside);
    put_wild(&f->out, before);
    if (of_place) {
      put_wild(&f->out, *of_place);
    } else {
      put_member(f, inside, &rest);
    }
  }
  put_wild(&f->out, rest);
}

bool policy_resource_make(const struct policy_pattern *pattern, size_t n, sv *out, sv *unknown) {
  struct filling f = {.pattern = pattern, .n = n, .count = 1, .unknown = SV("")};
  sv text = sv_from(pattern->text);
  f.out = sb_new(pattern->arena, RESOURCE_BYTES);
  if (!is_arn(text) && !sv_eq(text, SV("*"))) {
    fill(&f, SV("arn:{partition}:"));
    sb_put(&f.out, pattern->service);
    fill(&f, SV(":{region}:{account}:"));
  }
  fill(&f, text);
  *out = sb_view(&f.out);
  *unknown = f.unknown;
  return n < f.count && out->len;
}

sv policy_resource_present(struct arena *arena, sv resource) {
  struct sb out = sb_new(arena, RESOURCE_BYTES * 4);
  for (size_t i = 0; i < resource.len; i++) {
    char c = resource.ptr[i];
    if (c == UNKNOWN || c == UNKNOWN_ONE) {
      sb_char(&out, c == UNKNOWN ? '*' : '?');
    } else if (c == '*' || c == '?' || c == '$') {
      sb_format(&out, "${%c}", c);
    } else {
      sb_char(&out, c);
    }
  }
  return sb_view(&out);
}
