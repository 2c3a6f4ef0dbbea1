/* Pointers are schedules, too, as those are all the memory that there is: "wake-ARN-RUN", of the digests of both. A list of those with one
 * ARN tells which runs wait for it; the run's newest schedule is what it waits with. */
#include "wake.h"

#include "arena.h"
#include "digest.h"
#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"
#include "url.h"

#define ARN_KEY_DIGITS 24

/* ---- names ---- */

static bool arn_key(struct arena *arena, sv arn, sv *out, struct err *e) {
  struct sha256 digest;
  if (!sha256(arn, &digest, e)) {
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  *out = sv_copy(arena, sv_slice(sv_from(hex.text), 0, ARN_KEY_DIGITS));
  return out->len || err_memory(e);
}

/* "wake-" and the key, and the run's key unless that is empty. */
static bool pointer_name(struct arena *arena, sv key, sv run_key, sv *out, struct err *e) {
  struct sb name = sb_new(arena, KIB(1));
  sb_format(&name, "wake-%.*s-%.*s", SV_ARG(key), SV_ARG(run_key));
  return sb_finish(&name, "a pointer's name", out, e);
}

static bool is_arn(sv text) {
  return sv_starts(text, SV("arn:"));
}

/* ---- an ARN in a URL ---- */

/* The first of the parts between `separator` that is an ARN once it is decoded; of "name=value" the value. Empty: none is. */
static bool find_arn(struct arena *arena, sv parts, char separator, sv *out, struct err *e) {
  *out = SV("");
  while (parts.len && out->len == 0) {
    sv part = parts;
    sv rest = SV("");
    sv name;
    sv text;
    sv_split(parts, separator, &part, &rest);
    if (!percent_decode(arena, sv_split(part, '=', &name, &text) ? text : part, &text, e)) {
      return false;
    }
    *out = is_arn(text) ? text : SV("");
    parts = rest;
  }
  return true;
}

static bool arn_of_url(struct arena *arena, sv text, sv *out, struct err *e) {
  struct url url;
  if (!url_parse(text, &url, e) || !find_arn(arena, url.query, '&', out, e)) {
    return false;
  }
  return out->len || find_arn(arena, url.path, '/', out, e);
}

/* ---- pointers ---- */

static bool has_key(const json *pointers, sv key) {
  for (const json *item = json_first(pointers); item; item = item->next) {
    if (sv_eq(json_string(item), key)) {
      return true;
    }
  }
  return false;
}

static bool add_key(struct chain *chain, sv key, struct err *e) {
  json *pointers =
      chain->place.pointers ? json_copy(chain->arena, chain->place.pointers) : json_new_array(chain->arena);
  chain->place.pointers = pointers;
  return json_append(pointers, json_new_string(chain->arena, key)) || err_memory(e);
}

/* One that exists already was made by an invocation that did not come to its end. */
static bool create_pointer(const struct chain *chain, sv key, int64_t end_ms, struct err *e) {
  struct schedule pointer = {.at_ms = end_ms, .function_arn = chain->function_arn};
  enum scheduler_answer answer = SCHEDULER_DONE;
  const struct chain_place nowhere = {.sequence = 0};
  return pointer_name(chain->arena, key, chain->key, &pointer.name, e) &&
         chain_token(chain, "wake", &pointer.client_token, e) &&
         schedule_input_write_over(chain->arena, chain->run_id, &nowhere, NULL, &pointer.input, e) &&
         scheduler_create(chain->scheduler, chain->arena, &pointer, chain->deadline_ms, &answer, e);
}

bool wake_point(struct chain *chain, sv url, int64_t end_ms, struct err *e) {
  sv arn;
  sv key;
  if (!arn_of_url(chain->arena, url, &arn, e)) {
    return false;
  }
  if (arn.len == 0 || json_count(chain->place.pointers) == LIMIT_WAKE_POINTERS) {
    return true;
  }
  return arn_key(chain->arena, arn, &key, e) &&
         (has_key(chain->place.pointers, key) || (create_pointer(chain, key, end_ms, e) && add_key(chain, key, e)));
}

bool wake_forget(const struct chain *chain, struct err *e) {
  for (const json *key = json_first(chain->place.pointers); key; key = key->next) {
    enum scheduler_answer answer = SCHEDULER_DONE;
    sv name;
    if (!pointer_name(chain->arena, json_string(key), chain->key, &name, e) ||
        !scheduler_delete(chain->scheduler, chain->arena, name, chain->deadline_ms, &answer, e)) {
      return false;
    }
  }
  return true;
}

/* ---- events ---- */

/* What an event can find at the end of a pointer. */
enum found { FOUND_NOTHING, FOUND_END, FOUND_WAIT };

/* The input of the run's newest schedule; empty when there is none. */
static bool read_newest(const struct chain *chain, sv run_key, sv *input, struct err *e) {
  sv name;
  enum scheduler_answer answer = SCHEDULER_DONE;
  *input = SV("");
  return chain_newest(chain, run_key, &name, e) &&
         (name.len == 0 || scheduler_get(chain->scheduler, chain->arena, name, chain->deadline_ms, input, &answer, e));
}

/* In a group that functions share, the run may be another one's: its number of an event says nothing here. */
static bool is_ours(const struct chain *chain, const json *root, sv run_key) {
  struct err ignored;
  sv key;
  err_clear(&ignored);
  return chain_key(chain, json_string(json_get(root, SV("runId"))), &key, &ignored) && sv_eq(key, run_key);
}

/* A lease is no wait: the step is under way, or died. A retry waits as long as its author says. The end of a run is there for an event whose
 * first delivery brought it about. */
static enum found judge(const struct chain *chain, sv input, sv run_key) {
  struct chain_place place;
  struct err ignored;
  json *root = NULL;
  bool is_over = false;
  err_clear(&ignored);
  if (input.len == 0 || !json_parse(chain->arena, input, &root, &ignored) ||
      !schedule_input_read(json_get(root, SV("continuation")), &place, &is_over, &ignored) ||
      !is_ours(chain, root, run_key)) {
    return FOUND_NOTHING;
  }
  return is_over ? FOUND_END : (place.is_poll ? FOUND_WAIT : FOUND_NOTHING);
}

/* Looks at the run with this key, and keeps in `input` what is better than what `*best` says of it. */
static bool look_at(const struct chain *chain, sv run_key, enum found *best, sv *input, struct err *e) {
  sv text;
  if (!read_newest(chain, run_key, &text, e)) {
    return false;
  }
  enum found found = judge(chain, text, run_key);
  if (found > *best) {
    *best = found;
    *input = text;
  }
  return true;
}

/* Of more runs than are looked at, the others wait as long as they would. */
static bool find_by_arn(const struct chain *chain, sv arn, enum found *best, sv *input, struct err *e) {
  struct schedule_names pointers;
  sv key;
  sv prefix;
  if (!arn_key(chain->arena, arn, &key, e) || !pointer_name(chain->arena, key, SV(""), &prefix, e) ||
      !scheduler_list(chain->scheduler, chain->arena, prefix, chain->deadline_ms, &pointers, e)) {
    return false;
  }
  for (size_t i = 0; i < pointers.count && *best != FOUND_WAIT; i++) {
    if (!look_at(chain, sv_slice(pointers.items[i], prefix.len, pointers.items[i].len), best, input, e)) {
      return false;
    }
  }
  return true;
}

bool wake_find(const struct chain *chain, const json *resources, sv *input, struct err *e) {
  enum found best = FOUND_NOTHING;
  size_t looked_at = 0;
  *input = SV("");
  for (const json *item = json_first(resources); item && looked_at < LIMIT_WAKE_RESOURCES; item = item->next) {
    looked_at++;
    if (best != FOUND_WAIT && is_arn(json_string(item)) && !find_by_arn(chain, json_string(item), &best, input, e)) {
      return false;
    }
  }
  return true;
}
