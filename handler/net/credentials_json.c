/* An expiration that can't be read is an error: what is kept for ever although it ends would fail at some later step. */
#include "credentials_json.h"

#include "errinfo.h"
#include "json.h"
#include "timestamp.h"

static bool read_member(const json *root, const char *name, bool is_required, sv *out, struct err *e) {
  const json *member = json_get(root, sv_from(name));
  bool is_absent = json_type(member) == JSON_NULL;
  *out = json_string(member);
  if (is_required ? out->len == 0 : !is_absent && !json_is_string(member)) {
    return err_set(e, ERR_INVALID, "the JSON has no text as its member '%s'", name);
  }
  return credentials_check_text(name, *out, e);
}

static bool read_expiration(const json *root, int64_t *out, struct err *e) {
  const json *member = json_get(root, SV("Expiration"));
  *out = 0;
  return json_type(member) == JSON_NULL || timestamp_parse(json_string(member), out) ||
         err_set(e, ERR_INVALID, "the member 'Expiration' is not a time such as 2026-01-13T08:05:09Z");
}

/* What the parser says of a text may quote it. */
static bool parse(struct arena *arena, sv text, json **root, struct err *e) {
  struct err why;
  err_clear(&why);
  if (!json_parse(arena, text, root, &why)) {
    return why.code == ERR_MEMORY
               ? err_memory(e)
               : err_set(e, ERR_INVALID, "what it gave is not JSON (line %u, column %u)", why.line, why.column);
  }
  return json_type(*root) == JSON_OBJECT ||
         err_set(e, ERR_INVALID, "what it gave is not a JSON object, but %s", json_type_name(*root));
}

static bool check_version(const json *root, struct err *e) {
  int64_t version = 0;
  return (json_to_int(json_get(root, SV("Version")), &version) && version == 1) ||
         err_set(e, ERR_INVALID, "the JSON has no member \"Version\": 1");
}

bool credentials_read_json(struct arena *arena, sv text, enum credentials_form form, struct credentials_found *out,
                           struct err *e) {
  json *root = NULL;
  bool is_process = form == CREDENTIALS_OF_PROCESS;
  *out = (struct credentials_found){.is_found = true};
  return parse(arena, text, &root, e) && (!is_process || check_version(root, e)) &&
         read_member(root, "AccessKeyId", true, &out->credentials.access_key_id, e) &&
         read_member(root, "SecretAccessKey", true, &out->credentials.secret_access_key, e) &&
         read_member(root, is_process ? "SessionToken" : "Token", false, &out->credentials.session_token, e) &&
         read_expiration(root, &out->expires_ms, e);
}
