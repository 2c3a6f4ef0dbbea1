/* Credentials from the environment, where Lambda puts those of the execution role; and the check that all sources share.
 *
 * A value that holds a space or a control character is refused by its name: it is nearly always a line end that came along when
 * it was pasted, and AWS would answer with a signature mismatch that explains nothing. One of the two keys without the other is
 * an error, too: it is a mistake, and another source would hide it. */
#include "credentials.h"

#include "environment.h"
#include "errinfo.h"

bool credentials_check_text(const char *what, sv value, struct err *e) {
  for (size_t i = 0; i < value.len; i++) {
    if (value.ptr[i] <= ' ' || value.ptr[i] > '~') {
      return err_set(
          e, ERR_INVALID,
          "%s holds a space, line end or other character that no AWS credential has (at byte %zu); set it again "
          "without it",
          what, i);
    }
  }
  return true;
}

static bool read_required(const struct environment *environment, const char *name, const char *with, sv *out,
                          struct err *e) {
  if (!environment_get(environment, name, out)) {
    return err_set(e, ERR_UNRESOLVED,
                   "%s is not set: signing a request for AWS needs it together with %s (Lambda sets both from the "
                   "function's execution role)",
                   name, with);
  }
  return credentials_check_text(name, *out, e);
}

bool credentials_from_environment(const struct credentials_world *world, struct arena *arena, int64_t deadline_ms,
                                  struct credentials_found *out, struct err *e) {
  const struct environment *environment = world->environment;
  struct credentials *keys = &out->credentials;
  sv ignored;
  (void)arena;
  (void)deadline_ms;
  *out = (struct credentials_found){.is_found = environment_get(environment, "AWS_ACCESS_KEY_ID", &ignored) ||
                                                environment_get(environment, "AWS_SECRET_ACCESS_KEY", &ignored)};
  if (!out->is_found) {
    return true;
  }
  environment_get(environment, "AWS_SESSION_TOKEN", &keys->session_token);
  return read_required(environment, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", &keys->access_key_id, e) &&
         read_required(environment, "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", &keys->secret_access_key, e) &&
         credentials_check_text("AWS_SESSION_TOKEN", keys->session_token, e);
}
