/* Run ids and tokens are digests with a prefix that says what they are of, so that an event id can't be taken for an execution
 * ARN with the same text. */
#include "identity.h"

#include "digest.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"
#include "token.h"

/* The member whose name comes next behind `after` (NULL: the first one) in the order of bytes. */
static const json *next_member(const json *object, const json *after) {
  const json *next = NULL;
  for (const json *each = json_first(object); each; each = each->next) {
    bool is_behind = !after || sv_compare(json_name(each), json_name(after)) > 0;
    if (is_behind && (!next || sv_compare(json_name(each), json_name(next)) < 0)) {
      next = each;
    }
  }
  return next;
}

/* As compact JSON with its members in the order of their names, since whoever passes an event on may reorder them. */
static void put_run(struct sb *out, const json *run) {
  char separator = '{';
  for (const json *member = next_member(run, NULL); member; member = next_member(run, member)) {
    sb_char(out, separator);
    quote_json(out, json_name(member));
    sb_char(out, ':');
    json_write(out, member);
    separator = ',';
  }
  sb_char(out, '}');
}

static void put_seed(const struct event *event, sv request_id, struct sb *out) {
  if (json_count(event->run) > 0) {
    sb_put(out, SV("run\n"));
    put_run(out, event->run);
  } else if (event->event_id.len) {
    sb_put(out, SV("event\n"));
    sb_put(out, event->event_id);
  } else {
    sb_put(out, SV("request\n"));
    sb_put(out, request_id);
  }
}

bool identity_run_id(struct arena *arena, const struct event *event, sv request_id, sv *out, struct err *e) {
  struct sb seed = sb_new(arena, LIMIT_EVENT_BYTES + KIB(1));
  struct sb id = sb_new(arena, KIB(1));
  struct sha256 digest;
  sv text;
  if (event->run_id.len) {
    *out = event->run_id;
    return true;
  }
  put_seed(event, request_id, &seed);
  if (!sb_finish(&seed, "what identifies the run", &text, e) || !sha256(text, &digest, e)) {
    return false;
  }
  token_put_uuid(&id, &digest);
  return sb_finish(&id, "the run's id", out, e);
}
