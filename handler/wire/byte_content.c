/* JSON has no bytes, and a text that happens to be base64 looks like any other. So bytes are an object of their own: what an answer
 * that is no text reads as can be sent on as it is, and a text is always sent as the text that it is (docs/adr/0009-bytes.md). */
#include "byte_content.h"

#include "base64.h"
#include "errinfo.h"
#include "sb.h"

static bool is_known_member(sv name) {
  return sv_eq(name, SV("base64")) || sv_eq(name, SV("contentType")) || sv_eq(name, SV("filename"));
}

bool byte_content_is(const json *value) {
  for (const json *member = json_first(value); member; member = member->next) {
    if (!member->string || !is_known_member(json_name(member)) || !json_is_string(member)) {
      return false;
    }
  }
  return json_get(value, SV("base64")) != NULL;
}

bool byte_content_decode(struct arena *arena, const json *value, sv *bytes, struct err *e) {
  return base64_decode(arena, json_string(json_get(value, SV("base64"))), bytes, e) || err_in(e, "base64");
}

json *byte_content_new(struct arena *arena, sv bytes, sv content_type) {
  json *made = json_new_object(arena);
  struct sb text = sb_new(arena, bytes.len / 3 * 4 + 4);
  base64_put(&text, bytes, BASE64_STANDARD);
  bool good = text.state == SB_OK && json_set(arena, made, SV("base64"), json_new_string(arena, sb_view(&text))) &&
              (!content_type.len || json_set(arena, made, SV("contentType"), json_new_string(arena, content_type)));
  return good ? made : NULL;
}
