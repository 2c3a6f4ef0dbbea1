/* The forms that secrets have: those that AWS's console, its database rotation and people with a text field make. White space
 * around a text is dropped: it is the line end of whatever was pasted. */
#include "api_secret.h"

#include "arena.h"
#include "errinfo.h"
#include "json.h"
#include "limits.h"
#include "pointer.h"
#include "sb.h"

/* ---- ARAZZO_SECRETS ---- */

static bool read_one(struct arena *arena, const json *member, struct api_secret *out, struct err *e) {
  out->name = json_name(member);
  if (!json_is_string(member)) {
    return err_set(e, ERR_INVALID, "'%.*s' must be a text that names a secret, but is %s", SV_ARG(out->name),
                   json_type_name(member));
  }
  return secret_reference_read(arena, json_string(member), &out->reference, e) ||
         err_in(e, "'%.*s'", SV_ARG(out->name));
}

bool api_secrets_read(struct arena *arena, sv text, struct api_secrets *out, struct err *e) {
  json *root = NULL;
  struct api_secret *items = arena_array(arena, LIMIT_SECRETS, sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  if (!json_parse(arena, text, &root, e)) {
    return false;
  }
  if (json_type(root) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID, "it must be a JSON object, but is %s", json_type_name(root));
  }
  if (json_count(root) > LIMIT_SECRETS) {
    return err_set(e, ERR_LIMIT, "it names more than %d secrets", LIMIT_SECRETS);
  }
  *out = (struct api_secrets){.items = items};
  for (const json *member = json_first(root); member; member = member->next) {
    if (!read_one(arena, member, &items[out->count++], e)) {
      return false;
    }
  }
  return true;
}

/* ---- parts ---- */

/* `*root` is NULL when the text is not JSON; what the parser says would quote it. */
static bool parse(struct arena *arena, sv text, json **root, struct err *e) {
  struct err why;
  err_clear(&why);
  if (!json_parse(arena, text, root, &why)) {
    *root = NULL;
    return why.code != ERR_MEMORY || err_memory(e);
  }
  return true;
}

static bool write_part(struct arena *arena, const json *part, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_INQUIRY_BODY_BYTES);
  if (json_scalar_text(part, out)) {
    return true;
  }
  json_write(&text, part);
  return sb_finish(&text, "a secret", out, e);
}

bool api_secret_part(struct arena *arena, sv secret, const struct secret_reference *reference, sv *out, struct err *e) {
  json *root = NULL;
  *out = sv_trim(secret);
  if (reference->member.len == 0 && reference->pointer.len == 0) {
    return true;
  }
  if (!parse(arena, secret, &root, e)) {
    return false;
  }
  const json *part = reference->member.len ? json_get(root, reference->member) : pointer_get(root, reference->pointer);
  if (json_type(part) == JSON_NULL) {
    return err_set(e, ERR_INVALID, "the secret %s '%.*s'", root ? "has no" : "is not JSON, and so has no",
                   SV_ARG(reference->member.len ? reference->member : reference->pointer));
  }
  return write_part(arena, part, out, e);
}

/* ---- forms ---- */

/* The object that the secret is; NULL when it is anything else, which is taken as text. */
static bool as_object(struct arena *arena, sv secret, json **out, struct err *e) {
  *out = NULL;
  if (!sv_starts(secret, SV("{"))) {
    return true;
  }
  if (!parse(arena, secret, out, e)) {
    return false;
  }
  return true;
}

/* The first of two members that is there. */
static sv text_of(const json *object, const char *name, const char *other) {
  sv text = json_string(json_get(object, sv_from(name)));
  return text.len ? text : json_string(json_get(object, sv_from(other)));
}

static bool check(bool good, const char *form, struct err *e) {
  return good || err_set(e, ERR_INVALID, "the secret must be %s", form);
}

bool api_secret_token(struct arena *arena, sv secret, sv *out, struct err *e) {
  json *object = NULL;
  if (!as_object(arena, secret, &object, e)) {
    return false;
  }
  *out = object ? text_of(object, "value", "token") : secret;
  return check(out->len != 0,
               "a text, or a JSON object with \"value\" or \"token\"; another member is named behind ':'", e);
}

bool api_secret_login(struct arena *arena, sv secret, sv *user, sv *password, struct err *e) {
  json *object = NULL;
  if (!as_object(arena, secret, &object, e)) {
    return false;
  }
  if (object) {
    *user = text_of(object, "username", "user");
    *password = json_string(json_get(object, SV("password")));
  } else if (!sv_split(secret, ':', user, password)) {
    *user = *password = SV("");
  }
  /* RFC 7617 2: a user-id MUST NOT hold a colon. */
  bool good = (user->len || password->len) && sv_find(*user, ':') == user->len;
  return check(good, "user:password, or a JSON object with \"username\" and \"password\"", e);
}

bool api_secret_client(struct arena *arena, sv secret, struct oauth_client *out, struct err *e) {
  json *object = NULL;
  if (!as_object(arena, secret, &object, e)) {
    return false;
  }
  *out = (struct oauth_client){
      .id = text_of(object, "client_id", "clientId"),
      .secret = text_of(object, "client_secret", "clientSecret"),
      .scope = text_of(object, "scope", "scopes"),
      .token_url = text_of(object, "token_url", "tokenUrl"),
  };
  return check(out->id.len && out->secret.len, "a JSON object with \"client_id\" and \"client_secret\"", e);
}
