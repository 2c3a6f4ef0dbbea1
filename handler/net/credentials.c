/* Credentials from the environment, where Lambda puts those of the execution role.
 *
 * A value that holds a space or a control character is refused here by the variable's name: it is nearly always a line
 * end that came along when it was pasted, and AWS would answer with a signature mismatch that explains nothing. Neither
 * the secret nor the token is ever part of an error. Not read: profiles, the container and instance metadata services.
 */
#include "credentials.h"

#include "environment.h"
#include "errinfo.h"

static bool check_characters(const char *name, sv value, struct err *e) {
  for (size_t i = 0; i < value.len; i++) {
    if (value.ptr[i] <= ' ' || value.ptr[i] > '~') {
      return err_set(
          e, ERR_INVALID,
          "%s holds a space, line end or other character that no AWS credential has (at byte %zu); set it again "
          "without it",
          name, i);
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
  return check_characters(name, *out, e);
}

bool credentials_from_environment(const struct environment *environment, struct credentials *out, struct err *e) {
  *out = (struct credentials){0};
  if (!environment_get(environment, "AWS_SESSION_TOKEN", &out->session_token)) {
    out->session_token = SV("");
  }
  return read_required(environment, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", &out->access_key_id, e) &&
         read_required(environment, "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", &out->secret_access_key, e) &&
         check_characters("AWS_SESSION_TOKEN", out->session_token, e);
}
