/* Names of secrets ("Resource types defined by AWS Secrets Manager" and "… by AWS Systems Manager", Service Authorization
 * Reference). A name of Secrets Manager holds no ':' and no '#', so that what follows one of them is ours. */
#include "secret_reference.h"

#include "errinfo.h"
#include "pointer.h"

#define ARN_PARTS 7

static bool is_name(sv text, const char *others) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain && sv_find(sv_from(others), c) == sv_from(others).len) {
      return false;
    }
  }
  return text.len != 0;
}

/* The text is not repeated: it may be the secret itself. */
static bool refuse(struct err *e) {
  return err_set(e, ERR_SYNTAX,
                 "the text is no secret's name: write the ARN or name of a secret of Secrets Manager, the ARN of a "
                 "parameter of the Parameter Store or its name with a leading '/', and behind it #/json/pointer for a "
                 "part of it; never the secret itself");
}

/* "name" or "name:member". */
static bool read_secret_name(sv text, sv *name, struct secret_reference *out) {
  if (!sv_split(text, ':', name, &out->member)) {
    *name = text;
    out->member = SV("");
    return is_name(*name, "/_+=.@-");
  }
  return is_name(*name, "/_+=.@-") && out->member.len && sv_find(out->member, ':') == out->member.len &&
         out->pointer.len == 0;
}

/* arn:partition:service:region:account:resource[:name[:member]] */
static bool read_arn(sv text, struct secret_reference *out) {
  sv parts[ARN_PARTS];
  sv rest = text;
  size_t count = 0;
  while (count < ARN_PARTS - 1 && sv_split(rest, ':', &parts[count], &rest)) {
    count++;
  }
  sv last = rest;
  if (count < ARN_PARTS - 2 || !sv_starts(parts[1], SV("aws")) || !is_name(parts[3], "-") || parts[4].len == 0) {
    return false;
  }
  out->region = parts[3];
  if (sv_eq(parts[2], SV("ssm")) && count == ARN_PARTS - 2) {
    out->origin = SECRET_OF_PARAMETER_STORE;
    out->id = text;
    return sv_starts(last, SV("parameter/")) && is_name(last, "/_.-");
  }
  sv name = SV("");
  out->origin = SECRET_OF_SECRETS_MANAGER;
  if (count != ARN_PARTS - 1 || !sv_eq(parts[2], SV("secretsmanager")) || !sv_eq(parts[5], SV("secret")) ||
      !read_secret_name(last, &name, out)) {
    return false;
  }
  out->id = sv_slice(text, 0, (size_t)(name.ptr + name.len - text.ptr));
  return true;
}

static bool read_place(sv text, struct secret_reference *out) {
  const sv variable = SV("env:");
  if (sv_starts(text, SV("arn:"))) {
    return read_arn(text, out);
  }
  out->id = text;
  if (sv_starts(text, variable)) {
    out->origin = SECRET_OF_ENVIRONMENT;
    out->id = sv_slice(text, variable.len, text.len);
    return is_name(out->id, "_");
  }
  if (sv_starts(text, SV("/"))) {
    out->origin = SECRET_OF_PARAMETER_STORE;
    return is_name(text, "/_.-");
  }
  out->origin = SECRET_OF_SECRETS_MANAGER;
  return read_secret_name(text, &out->id, out);
}

bool secret_reference_read(struct arena *arena, sv text, struct secret_reference *out, struct err *e) {
  sv place = text;
  sv fragment = SV("");
  *out = (struct secret_reference){.id = text};
  bool has_fragment = sv_split(text, '#', &place, &fragment);
  if (has_fragment && (!sv_starts(fragment, SV("/")) || !pointer_from_fragment(arena, fragment, &out->pointer, e) ||
                       !pointer_check(out->pointer, e))) {
    return e->code == ERR_NONE ? refuse(e) : err_in(e, "behind '#'");
  }
  return read_place(place, out) || refuse(e);
}
