/* The shared files ("Shared config and credentials files", AWS SDKs and Tools Reference Guide), read line by line.
 *
 * A line is blank, a comment (its first character is # or ;), a section header, a property, or, when it begins with a space or tab,
 * the continuation of a property. A value ends at a # or ; that has a space before it. Sections of one name are one profile, and of
 * two properties of one name the later one counts; names of properties are compared without case. In a config file [profile
 * default] replaces [default], and sections that are no profile are passed over. Continuations are nested settings, which nothing
 * here reads; a property that is read and has one is marked, so that nobody works with half a value. */
#include "profile_file.h"

#include "errinfo.h"

/* A file under way. */
struct reading {
  sv path;
  enum profile_file_kind kind;
  sv name;
  struct profile *out;
  unsigned line;
  bool is_inside;              /* of the profile */
  bool has_property;           /* a property came since the section's header */
  bool is_long;                /* [profile default] was seen: [default] counts no more */
  struct profile_value *value; /* of the last property, when it is one that is read; NULL */
  struct err *e;
};

const char *profile_key_name(enum profile_key key) {
  static const char *const names[PROFILE_KEYS_COUNT] = {
      "aws_access_key_id", "aws_secret_access_key",   "aws_session_token", "region",        "credential_process",
      "role_arn",          "web_identity_token_file", "sso_session",       "sso_start_url", "login_session"};
  return names[key];
}

static bool is_space(char c) {
  return c == ' ' || c == '\t';
}

static bool refuse(const struct reading *r, const char *text) {
  err_set(r->e, ERR_SYNTAX, "%s", text);
  return err_at(r->e, r->path, r->line, 0);
}

static sv without_quotes(sv text) {
  bool is_quoted =
      text.len >= 2 && (text.ptr[0] == '"' || text.ptr[0] == '\'') && text.ptr[text.len - 1] == text.ptr[0];
  return is_quoted ? sv_slice(text, 1, text.len - 1) : text;
}

/* The profile that a section of a config file is: "default", or what follows "profile". False for other sections. */
static bool config_profile(sv section, sv *name, bool *is_long) {
  const sv word = SV("profile");
  *is_long = sv_starts(section, word) && section.len > word.len && is_space(section.ptr[word.len]);
  *name = *is_long ? without_quotes(sv_trim(sv_slice(section, word.len, section.len))) : section;
  return *is_long || sv_eq(section, SV("default"));
}

static void forget(struct profile *profile) {
  for (size_t i = 0; i < PROFILE_KEYS_COUNT; i++) {
    profile->values[i] = (struct profile_value){.line = 0};
  }
}

static bool is_wanted(struct reading *r, sv section) {
  bool is_long = false;
  sv name = section;
  if (r->kind == PROFILE_FILE_CREDENTIALS) {
    return sv_eq(name, r->name);
  }
  if (!config_profile(section, &name, &is_long) || !sv_eq(name, r->name) || (r->is_long && !is_long)) {
    return false;
  }
  if (is_long && !r->is_long) {
    forget(r->out);
    r->is_long = true;
  }
  return true;
}

static bool take_header(struct reading *r, sv line) {
  size_t end = sv_find(line, ']');
  if (end == line.len) {
    return refuse(r, "a section's header has '[' without ']'");
  }
  r->is_inside = is_wanted(r, sv_trim(sv_slice(line, 1, end)));
  r->has_property = false;
  r->value = NULL;
  r->out->line = r->is_inside && r->out->line == 0 ? r->line : r->out->line;
  return true;
}

static sv without_comment(sv text) {
  for (size_t i = 1; i < text.len; i++) {
    if ((text.ptr[i] == '#' || text.ptr[i] == ';') && is_space(text.ptr[i - 1])) {
      return sv_slice(text, 0, i);
    }
  }
  return text;
}

static struct profile_value *find_value(struct profile *profile, sv name) {
  for (size_t i = 0; i < PROFILE_KEYS_COUNT; i++) {
    if (sv_eq_nocase(name, sv_from(profile_key_name((enum profile_key)i)))) {
      return &profile->values[i];
    }
  }
  return NULL;
}

static bool take_property(struct reading *r, sv line) {
  sv name;
  sv value;
  if (!r->is_inside) {
    return true;
  }
  if (!sv_split(line, '=', &name, &value) || sv_trim(name).len == 0) {
    return refuse(r, "the line is no property, as in 'name = value', no comment and no section");
  }
  r->has_property = true;
  r->value = find_value(r->out, sv_trim(name));
  if (r->value) {
    *r->value = (struct profile_value){.text = sv_trim(without_comment(value)), .line = r->line};
  }
  return true;
}

static bool take_continuation(struct reading *r) {
  if (r->is_inside && !r->has_property) {
    return refuse(r, "the line is indented, but there is no property before it that it could continue");
  }
  if (r->value) {
    r->value->is_continued = true;
  }
  return true;
}

static bool take_line(struct reading *r, sv line) {
  sv content = sv_trim(line);
  r->line++;
  if (content.len == 0 || content.ptr[0] == '#' || content.ptr[0] == ';') {
    return true;
  }
  if (is_space(line.ptr[0])) {
    return take_continuation(r);
  }
  return content.ptr[0] == '[' ? take_header(r, content) : take_property(r, line);
}

static sv without_byte_order_mark(sv text) {
  const sv mark = SV("\xEF\xBB\xBF");
  return sv_starts(text, mark) ? sv_slice(text, mark.len, text.len) : text;
}

bool profile_file_read(sv path, sv text, enum profile_file_kind kind, sv name, struct profile *out, struct err *e) {
  struct reading r = {.path = path, .kind = kind, .name = name, .out = out, .e = e};
  sv rest = without_byte_order_mark(text);
  *out = (struct profile){.path = path};
  while (rest.len) {
    sv line = rest;
    sv tail = SV("");
    sv_split(rest, '\n', &line, &tail);
    if (!take_line(&r, line)) {
      return false;
    }
    rest = tail;
  }
  return true;
}
