/* Writing request bodies: JSON. */
#include "request_body.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

bool request_body_build(struct arena *arena, const struct step_body *body, const struct scope *scope, json **value,
                        sv *bytes, bool *has_body, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_REQUEST_BODY_BYTES);
  if (!body->payload) {
    return true;
  }
  if (!template_eval(body->payload, scope, arena, value, NULL, e)) {
    return false;
  }
  if (!*value) {
    return true;
  }
  *has_body = true;
  json_write(&text, *value);
  return sb_finish(&text, "the request's body", bytes, e);
}
