/* Messages of AWS services. Only the first line is repeated: a refused signature is explained with the canonical request in
 * the lines behind it, which holds the session token. A message that holds a secret all the same is left out. */
#include "service_message.h"

#include "sb.h"

#define MESSAGE_BYTES 400
#define SECRET_START_BYTES 16

/* Whether the text holds the beginning of a secret: a message that is cut may hold no more of it. */
static bool repeats_secret(const struct credentials *credentials, sv text) {
  sv secret = credentials->secret_access_key;
  sv token = credentials->session_token;
  return (secret.len && sv_contains(text, sv_slice(secret, 0, SECRET_START_BYTES))) ||
         (token.len && sv_contains(text, sv_slice(token, 0, SECRET_START_BYTES)));
}

/* The first line; where it is cut it ends in "...", by which masking knows a secret that was cut with it. */
static sv first_line(struct arena *arena, sv text) {
  sv line = sv_slice(text, 0, sv_find(text, '\n'));
  struct sb cut = sb_new(arena, MESSAGE_BYTES + 3);
  if (line.len <= MESSAGE_BYTES) {
    return line;
  }
  sb_put(&cut, sv_slice(line, 0, MESSAGE_BYTES));
  sb_put(&cut, SV("..."));
  return sb_view(&cut);
}

sv service_message(const struct credentials *credentials, sv message, struct arena *arena) {
  return repeats_secret(credentials, message) ? SV("(its message repeats a secret)") : first_line(arena, message);
}
