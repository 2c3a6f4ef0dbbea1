/* Secrets in documents: texts that look like one wherever they stand, and literals where a password or key belongs. Messages never
 * quote them. What is plainly a placeholder (<token>, YOUR_KEY, ...EXAMPLE) is let through, and so are the `example` and
 * `examples` of schemas, but for the texts that can be nothing else than keys. */
#include "literals.h"
#include "word.h"

#define KEY_ID_BYTES 20     /* AKIA and 16 characters */
#define BEARER_LEAST 20     /* characters of a token that is taken for a real one */
#define CREDENTIALS_LEAST 8 /* the same, behind "Basic " */

static bool is_upper_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_token_char(char c) {
  return is_upper_or_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' || c == '~' || c == '+' ||
         c == '/' || c == '=';
}

static size_t length_of(sv text, bool (*is_part)(char c)) {
  size_t length = 0;
  while (length < text.len && is_part(text.ptr[length])) {
    length++;
  }
  return length;
}

/* The part of a text behind the first occurrence of `mark`; empty when there is none. */
static sv behind(sv text, sv mark) {
  for (size_t at = 0; at + mark.len <= text.len; at++) {
    if (sv_starts(sv_slice(text, at, text.len), mark)) {
      return sv_slice(text, at + mark.len, text.len);
    }
  }
  return SV("");
}

static bool contains_nocase(sv text, const char *part) {
  sv wanted = sv_from(part);
  for (size_t at = 0; at + wanted.len <= text.len; at++) {
    if (sv_eq_nocase(sv_slice(text, at, at + wanted.len), wanted)) {
      return true;
    }
  }
  return false;
}

static bool is_placeholder(sv text) {
  static const char *const marks[] = {"example",   "your",  "<",           "{",        "xxx",
                                      "***",       "...",   "placeholder", "changeme", "change-me",
                                      "change_me", "dummy", "sample",      "redacted", NULL};
  for (const char *const *mark = marks; *mark; mark++) {
    if (contains_nocase(text, *mark)) {
      return true;
    }
  }
  return false;
}

/* ---- texts that look like secrets ---- */

/* AWS's documentation uses ids that end in EXAMPLE. */
static bool has_key_id(sv text) {
  static const char *const marks[] = {"AKIA", "ASIA", NULL};
  for (const char *const *mark = marks; *mark; mark++) {
    sv rest = behind(text, sv_from(*mark));
    bool is_long = length_of(rest, is_upper_or_digit) == KEY_ID_BYTES - 4;
    if (is_long && !sv_ends(sv_slice(rest, 0, KEY_ID_BYTES - 4), SV("EXAMPLE"))) {
      return true;
    }
  }
  return false;
}

static bool has_private_key(sv text) {
  return sv_contains(text, SV("-----BEGIN ")) && sv_contains(text, SV("PRIVATE KEY-----"));
}

static bool has_bearer(sv text) {
  sv token = behind(text, SV("Bearer "));
  size_t length = length_of(token, is_token_char);
  return length >= BEARER_LEAST && !is_placeholder(sv_slice(token, 0, length));
}

/* Tokens that say by their beginning what they are: of GitHub, GitLab, Slack, Stripe. */
static bool has_known_token(sv text) {
  static const char *const marks[] = {"ghp_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk_live_", "rk_live_", NULL};
  for (const char *const *mark = marks; *mark; mark++) {
    sv token = behind(text, sv_from(*mark));
    size_t length = length_of(token, is_token_char);
    if (length >= BEARER_LEAST - 4 && !is_placeholder(sv_slice(token, 0, length))) {
      return true;
    }
  }
  return false;
}

static const char *kind_of(sv text) {
  if (has_private_key(text)) {
    return "a private key";
  }
  if (has_key_id(text)) {
    return "the id of an AWS access key";
  }
  if (has_bearer(text)) {
    return "a bearer token";
  }
  return has_known_token(text) ? "an access token" : NULL;
}

/* Recursion is as deep as the document. */
static void check_texts(struct lint *lint, const struct document *document, const json *value) {
  const char *kind = json_is_string(value) ? kind_of(json_string(value)) : NULL;
  if (kind) {
    lint_warn(
        lint, "secret", document, value,
        "this text holds %s; revoke it, since whoever reads the document has it, and pass it as an input of format "
        "password",
        kind);
  }
  for (const json *each = json_first(value); each; each = each->next) {
    check_texts(lint, document, each);
  }
}

/* ---- literals where secrets belong ---- */

static const char *const secret_words[] = {
    "password",        "passwd",      "passphrase", "clientsecret", "secretkey", "apikey",     "xapikey",
    "secretaccesskey", "accesstoken", "authtoken",  "privatekey",   "apisecret", "xauthtoken", NULL};
static const char *const header_words[] = {"authorization", "proxyauthorization", NULL};

static bool is_credentials(sv text) {
  sv basic = behind(text, SV("Basic "));
  return length_of(basic, is_token_char) >= CREDENTIALS_LEAST;
}

static bool is_secret(const struct literal *literal) {
  bool is_format = sv_eq(json_string(json_get(literal->schema, SV("format"))), SV("password"));
  if (is_placeholder(literal->text) || kind_of(literal->text)) {
    return false; /* the second is told already */
  }
  if (literal->role == LITERAL_PARAMETER && word_is_among(literal->name, header_words)) {
    return is_credentials(literal->text);
  }
  return is_format || word_is_among(literal->name, secret_words);
}

static void check_literal(struct lint *lint, const struct document *document, const struct literal *literal) {
  static const char *const roles[] = {"the parameter", "the member", "the default of the input"};
  if (is_secret(literal)) {
    lint_warn(
        lint, "secret", document, literal->node,
        "%s '%.*s' is a secret that stands in the document; revoke it, and pass it as an input of format password, "
        "without a default",
        roles[literal->role], SV_ARG(literal->name));
  }
}

void check_secrets(struct lint *lint) {
  for (size_t i = 0; i < lint->set->count; i++) {
    check_texts(lint, lint->set->items[i], lint->set->items[i]->source->root);
  }
  literals_each(lint, check_literal);
}
