/* A chain of schedules, one for each event of a run. The schedule of the next number is this event's lock first (created before the
 * step: who can't create it is not the first), then its insurance (it repeats the step, should the invocation die), and at last
 * the timer and the memory of what comes next (updated behind the step). Behind the last step it stays for a while, so that late
 * deliveries find it. docs/adr/0012 says why. */
#include "continuation.h"

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "errinfo.h"
#include "limits.h"
#include "logger.h"
#include "sb.h"

#define KEY_DIGITS 32 /* of a run: 128 bits */

/* ---- names ---- */

bool chain_key(const struct chain *chain, sv run_id, sv *out, struct err *e) {
  struct sb text = sb_new(chain->arena, KIB(4));
  struct sha256 digest;
  sv whole;
  sb_format(&text, "%.*s\n%.*s", SV_ARG(chain->home), SV_ARG(run_id));
  if (!sb_finish(&text, "a run's key", &whole, e) || !sha256(whole, &digest, e)) {
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  *out = sv_copy(chain->arena, sv_slice(sv_from(hex.text), 0, KEY_DIGITS));
  return out->len || err_memory(e);
}

/* "0123…ef-7" */
static bool make_name(const struct chain *chain, int64_t sequence, sv *out, struct err *e) {
  struct sb name = sb_new(chain->arena, KIB(1));
  sb_format(&name, "%.*s-%lld", SV_ARG(chain->key), (long long)sequence);
  return sb_finish(&name, "a schedule's name", out, e);
}

/* 0 for a name that is not one of a chain. */
static int64_t sequence_of(sv name) {
  sv key;
  sv number;
  unsigned long long value = 0;
  return sv_split(name, '-', &key, &number) && sv_to_uint(number, LIMIT_SEQUENCE_MAX + 1, &value) ? (int64_t)value : 0;
}

/* The names of the schedules of the run with this key. */
static bool list(const struct chain *chain, sv key, struct schedule_names *names, struct err *e) {
  struct sb prefix = sb_new(chain->arena, KIB(1));
  sv text;
  sb_format(&prefix, "%.*s-", SV_ARG(key));
  return sb_finish(&prefix, "a schedule's name", &text, e) &&
         scheduler_list(chain->scheduler, chain->arena, text, chain->deadline_ms, names, e) &&
         (names->is_all || err_set(e, ERR_UNRESOLVED,
                                   "there are more than %d schedules of one run, so those that fired are not deleted: "
                                   "allow scheduler:DeleteSchedule on the group's schedules",
                                   LIMIT_SCHEDULE_NAMES));
}

/* Empty when there is none. */
static sv newest_of(const struct schedule_names *names) {
  sv newest = SV("");
  for (size_t i = 0; i < names->count; i++) {
    newest = sequence_of(names->items[i]) > sequence_of(newest) ? names->items[i] : newest;
  }
  return newest;
}

/* Whether there is a schedule behind the next one: the run has gone on from this event. */
static bool has_gone_on(const struct chain *chain, const struct schedule_names *names) {
  return sequence_of(newest_of(names)) > chain->place.sequence + 1;
}

bool chain_newest(const struct chain *chain, sv key, sv *name, struct err *e) {
  struct schedule_names names = {.count = 0};
  bool good = list(chain, key, &names, e);
  *name = newest_of(&names);
  return good;
}

/* What the schedule brings; NULL: there is none. */
static bool read(const struct chain *chain, sv name, json **out, struct err *e) {
  enum scheduler_answer answer = SCHEDULER_DONE;
  sv input;
  *out = NULL;
  return scheduler_get(chain->scheduler, chain->arena, name, chain->deadline_ms, &input, &answer, e) &&
         (answer != SCHEDULER_DONE || json_parse(chain->arena, input, out, e));
}

/* Whether the schedule is of the event's own run. */
static bool is_own(const struct chain *chain, sv name, bool *out, struct err *e) {
  struct chain_place place;
  bool is_over = false;
  json *root = NULL;
  if (!read(chain, name, &root, e) || !schedule_input_read(json_get(root, SV("continuation")), &place, &is_over, e)) {
    return false;
  }
  *out = root && place.started_ms == chain->place.started_ms;
  return true;
}

static bool sweep_one(const struct chain *chain, sv name, struct err *e) {
  enum scheduler_answer ignored = SCHEDULER_DONE;
  bool is_it = false;
  if (sequence_of(name) > chain->place.sequence) {
    return true;
  }
  return is_own(chain, name, &is_it, e) &&
         (!is_it || scheduler_delete(chain->scheduler, chain->arena, name, chain->deadline_ms, &ignored, e));
}

bool chain_sweep(const struct chain *chain, struct err *e) {
  struct schedule_names names = {.count = 0};
  bool good = list(chain, chain->key, &names, e);
  for (size_t i = 0; good && i < names.count; i++) {
    good = sweep_one(chain, names.items[i], e);
  }
  return good;
}

/* ---- schedules ---- */

bool chain_token(const struct chain *chain, const char *what, sv *out, struct err *e) {
  struct sb token = sb_new(chain->arena, KIB(1));
  sb_format(&token, "%.*s-%s", SV_ARG(chain->client_token), what);
  return sb_finish(&token, "a client token", out, e);
}

static int64_t now_ms(const struct chain *chain) {
  return clock_wall_ms(&chain->scheduler->client.inquiry.clock);
}

/* The next schedule, with what it brings. */
static bool make_next(const struct chain *chain, json *state, const struct chain_place *place, int64_t at_ms,
                      struct schedule *out, struct err *e) {
  *out = (struct schedule){.at_ms = at_ms, .function_arn = chain->function_arn};
  return make_name(chain, place->sequence, &out->name, e) &&
         chain_token(chain, place->is_lease ? "lease" : "next", &out->client_token, e) &&
         schedule_input_write(chain->arena, chain->run, state, place, &out->input, e);
}

static struct chain_place next_place(const struct chain *chain) {
  return (struct chain_place){
      .sequence = chain->place.sequence + 1, .started_ms = chain->run->started_ms, .pointers = chain->place.pointers};
}

/* ---- claiming ---- */

static bool create_lease(const struct chain *chain, json *state, enum scheduler_answer *answer, struct err *e) {
  struct chain_place place = next_place(chain);
  struct schedule lease;
  place.is_lease = true;
  place.repeats = chain->place.repeats + 1;
  return make_next(chain, state, &place, chain->deadline_ms + LIMIT_LEASE_SECONDS * INT64_C(1000), &lease, e) &&
         scheduler_create(chain->scheduler, chain->arena, &lease, chain->deadline_ms, answer, e);
}

/* What fired, or was taken early, is no longer needed. If it can't be deleted, the next invocation does it. */
static void delete_older(const struct chain *chain, const struct schedule_names *names) {
  for (size_t i = 0; i < names->count; i++) {
    enum scheduler_answer answer = SCHEDULER_DONE;
    struct err why;
    err_clear(&why);
    if (sequence_of(names->items[i]) <= chain->place.sequence &&
        !scheduler_delete(chain->scheduler, chain->arena, names->items[i], chain->deadline_ms, &answer, &why)) {
      LOG(chain->logger, LOG_WARN, "a schedule that is no longer needed could not be deleted",
          log_text("error", sv_from(why.text)));
    }
  }
}

/* If the lease can't be deleted, it fires, finds out that it is late, and ends. */
static void give_back(const struct chain *chain) {
  enum scheduler_answer answer = SCHEDULER_DONE;
  struct err ignored;
  sv name;
  err_clear(&ignored);
  if (make_name(chain, chain->place.sequence + 1, &name, &ignored)) {
    (void)scheduler_delete(chain->scheduler, chain->arena, name, chain->deadline_ms, &answer, &ignored);
  }
}

/* What can't be found out gives the claim back, so that the event can be delivered again. */
static bool look_ahead(const struct chain *chain, bool *is_late, struct err *e) {
  struct schedule_names names = {.count = 0};
  bool good = list(chain, chain->key, &names, e);
  *is_late = has_gone_on(chain, &names);
  if (!good || *is_late) {
    give_back(chain);
  } else {
    delete_older(chain, &names);
  }
  return good;
}

bool chain_claim(const struct chain *chain, json *state, enum claim *out, struct err *e) {
  enum scheduler_answer answer = SCHEDULER_DONE;
  bool is_late = false;
  if (chain->place.repeats > LIMIT_LEASES) {
    return err_set(
        e, ERR_LIMIT,
        "%d invocations in a row ended in the middle of the step %.*s; look into the function's log why, and "
        "replay this event from the dead-letter queue with \"delivery\": {\"retryCount\": 1}",
        LIMIT_LEASES, SV_ARG(chain->run->top->next->id));
  }
  if (!create_lease(chain, state, &answer, e)) {
    return false;
  }
  if (answer == SCHEDULER_MISSING) {
    return err_set(e, ERR_UNRESOLVED, "there is no schedule group '%.*s' (ARAZZO_SCHEDULER_GROUP)",
                   SV_ARG(chain->scheduler->group));
  }
  if (answer == SCHEDULER_CONFLICT) {
    *out = CLAIM_TAKEN;
    return true;
  }
  if (!look_ahead(chain, &is_late, e)) {
    return false;
  }
  *out = is_late ? CLAIM_LATE : CLAIM_OURS;
  return true;
}

/* ---- going on and ending ---- */

/* The lease is gone. Either somebody deleted it: the run is handed on all the same. Or this delivery came late, just when nothing told so,
 * and the next one has deleted it: another schedule would make the run fork. */
static bool create_instead(const struct chain *chain, struct schedule *schedule, enum scheduler_answer *answer,
                           bool *is_late, struct err *e) {
  struct schedule_names names = {.count = 0};
  if (!list(chain, chain->key, &names, e)) {
    return false;
  }
  *is_late = has_gone_on(chain, &names);
  return *is_late || (chain_token(chain, "again", &schedule->client_token, e) &&
                      scheduler_create(chain->scheduler, chain->arena, schedule, chain->deadline_ms, answer, e));
}

static bool replace(const struct chain *chain, struct schedule *schedule, bool *is_late, struct err *e) {
  enum scheduler_answer answer = SCHEDULER_DONE;
  *is_late = false;
  if (!scheduler_update(chain->scheduler, chain->arena, schedule, chain->deadline_ms, &answer, e) ||
      (answer == SCHEDULER_MISSING && !create_instead(chain, schedule, &answer, is_late, e))) {
    return false;
  }
  return *is_late || answer == SCHEDULER_DONE ||
         err_set(e, ERR_NETWORK, "the schedule %.*s is being changed by somebody else", SV_ARG(schedule->name));
}

/* What fits must fit as the lease of the next claim, too. */
static bool check_room(const struct schedule *next, struct err *e) {
  size_t most = LIMIT_SCHEDULE_INPUT_BYTES - LIMIT_SCHEDULE_LEASE_BYTES;
  return next->input.len <= most ||
         err_set(e, ERR_LIMIT, "the run's state is too large for a schedule: %zu bytes; the limit is %zu",
                 next->input.len, most);
}

/* While Scheduler throttled, the schedule's time may have passed, and it refuses such a time. */
static bool replace_late(const struct chain *chain, struct schedule *next, int64_t wait_seconds, bool *is_late,
                         struct err *e) {
  if (now_ms(chain) < next->at_ms) {
    return false;
  }
  err_clear(e);
  next->at_ms = now_ms(chain) + wait_seconds * 1000;
  return chain_token(chain, "later", &next->client_token, e) && replace(chain, next, is_late, e);
}

bool chain_hand_on(const struct chain *chain, json *state, int64_t wait_seconds, bool is_poll, bool *is_late,
                   struct err *e) {
  struct chain_place place = next_place(chain);
  struct schedule next;
  int64_t wait = wait_seconds > LIMIT_SCHEDULE_LEAD_SECONDS ? wait_seconds : LIMIT_SCHEDULE_LEAD_SECONDS;
  place.is_poll = is_poll;
  return make_next(chain, state, &place, now_ms(chain) + wait * 1000, &next, e) && check_room(&next, e) &&
         (replace(chain, &next, is_late, e) || replace_late(chain, &next, wait, is_late, e));
}

/* A result that is too long for a schedule is told once only. */
static bool write_end(const struct chain *chain, sv response, sv *out, struct err *e) {
  json *result = NULL;
  struct chain_place place = next_place(chain);
  if (!json_parse(chain->arena, response, &result, e) ||
      !schedule_input_write_over(chain->arena, chain->run_id, &place, result, out, e)) {
    return false;
  }
  return out->len <= LIMIT_SCHEDULE_INPUT_BYTES ||
         schedule_input_write_over(chain->arena, chain->run_id, &place, NULL, out, e);
}

bool chain_end(const struct chain *chain, sv response, bool *is_late, struct err *e) {
  struct schedule stone = {.at_ms = now_ms(chain) + LIMIT_END_SECONDS * INT64_C(1000),
                           .function_arn = chain->function_arn};
  return make_name(chain, chain->place.sequence + 1, &stone.name, e) &&
         chain_token(chain, "end", &stone.client_token, e) && write_end(chain, response, &stone.input, e) &&
         replace(chain, &stone, is_late, e);
}

bool chain_result(const struct chain *chain, sv *out, struct err *e) {
  json *root = NULL;
  sv name;
  *out = SV("");
  if (!make_name(chain, chain->place.sequence + 1, &name, e) || !read(chain, name, &root, e)) {
    return false;
  }
  if (!root) {
    return err_set(e, ERR_NETWORK, "the schedule %.*s is there, says Scheduler, and is not", SV_ARG(name));
  }
  const json *result = json_get(root, SV("result"));
  struct sb text = sb_new(chain->arena, LIMIT_RESPONSE_BYTES);
  json_write(&text, result);
  return !result || sb_finish(&text, "the run's result", out, e);
}
