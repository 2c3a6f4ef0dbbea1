/* Idempotency tokens are derived, not random: the same use of a workflow in the same run has the same ones, however often an
 * event is delivered. */
#include "token.h"

#include "arena.h"
#include "digest.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

/* RFC 9562 5.8: version 8 leaves everything but version and variant to the application. */
void token_put_uuid(struct sb *out, const struct sha256 *digest) {
  struct sha256 bits = *digest;
  bits.bytes[6] = (uint8_t)((bits.bytes[6] & 0x0F) | 0x80);
  bits.bytes[8] = (uint8_t)((bits.bytes[8] & 0x3F) | 0x80);
  struct sha256_hex hex = sha256_to_hex(&bits);
  sb_format(out, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.text, hex.text + 8, hex.text + 12, hex.text + 16, hex.text + 20);
}

bool token_derive(struct arena *arena, sv pass, sv workflow_id, sv name, sv *out, struct err *e) {
  struct sb seed = sb_new(arena, KIB(64));
  struct sb token = sb_new(arena, LIMIT_TOKEN_BYTES + 1);
  struct sha256 digest;
  sv text;
  sb_format(&seed, "token\n%.*s\n%.*s\n%.*s", SV_ARG(workflow_id), SV_ARG(pass), SV_ARG(name));
  if (!sb_finish(&seed, "what identifies the token", &text, e) || !sha256(text, &digest, e)) {
    return false;
  }
  token_put_uuid(&token, &digest);
  return sb_finish(&token, "the token", out, e);
}
