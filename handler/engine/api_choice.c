/* OpenAPI 3.1, Security Requirement Object: one of the alternatives must be met, all schemes of an alternative together. The order
 * of the alternatives is a preference only here. An empty alternative (the request may be anonymous) is met by every request, so
 * that one with a secret goes before it: whoever configures a secret wants it to be used.
 *
 * Published workflows give the header themselves (`Authorization: Bearer $inputs.token`). That is the author's decision, and
 * nothing is added then. An operation that is signed for AWS takes only alternatives with the signature, such as that of API
 * Gateway with a key beside it. */
#include "api_choice.h"

/* ---- secrets ---- */

static bool is_qualified(sv name, sv source, sv scheme) {
  return name.len == source.len + 1 + scheme.len && sv_starts(name, source) && name.ptr[source.len] == '.' &&
         sv_ends(name, scheme);
}

static bool is_exact(const struct api_secret *secret, const struct step *step, sv scheme) {
  return step->source && is_qualified(secret->name, step->source->name, scheme);
}

bool api_choice_names(const struct api_secret *secret, const struct step *step, sv scheme) {
  return is_exact(secret, step, scheme) || sv_eq(secret->name, scheme);
}

const struct api_secret *api_choice_secret(const struct api_secrets *secrets, const struct step *step,
                                           const struct security_scheme *scheme) {
  const struct api_secret *found = NULL;
  for (size_t i = 0; i < secrets->count; i++) {
    const struct api_secret *secret = &secrets->items[i];
    if (is_exact(secret, step, scheme->name)) {
      return secret;
    }
    found = sv_eq(secret->name, scheme->name) ? secret : found;
  }
  return found;
}

/* ---- what is given ---- */

/* Where the scheme's value goes. What is no API key goes into Authorization. */
static sv parameter_of(const struct security_scheme *scheme, enum parameter_in *in) {
  bool is_key = scheme->type == SECURITY_API_KEY;
  *in = is_key ? scheme->in : IN_HEADER;
  return is_key ? scheme->parameter : SV("Authorization");
}

/* True when one of the text's pairs, which `separator` divides, has this name. */
static bool has_pair(sv text, char separator, sv name) {
  while (text.len) {
    sv pair = text;
    sv rest = SV("");
    sv_split(text, separator, &pair, &rest);
    pair = sv_trim(pair);
    if (sv_eq(sv_slice(pair, 0, sv_find(pair, '=')), name)) {
      return true;
    }
    text = rest;
  }
  return false;
}

static bool request_has(const struct http_request *request, enum parameter_in in, sv name) {
  sv value;
  sv url;
  sv query = SV("");
  switch (in) {
  case IN_HEADER:
    return http_header_get(&request->headers, name, &value);
  case IN_COOKIE:
    return http_header_get(&request->headers, SV("Cookie"), &value) && has_pair(value, ';', name);
  case IN_QUERY:
    sv_split(request->url, '?', &url, &query);
    return has_pair(query, '&', name);
  case IN_PATH:
  case IN_QUERYSTRING:
    break;
  }
  return false;
}

static bool step_has(const struct step *step, enum parameter_in in, sv name) {
  for (size_t i = 0; i < step->parameter_count; i++) {
    const struct step_parameter *parameter = &step->parameters[i];
    bool is_same = in == IN_HEADER ? sv_eq_nocase(parameter->name, name) : sv_eq(parameter->name, name);
    if (parameter->in == in && is_same) {
      return true;
    }
  }
  return false;
}

bool api_choice_is_given(const struct step *step, const struct security_scheme *scheme,
                         const struct http_request *request) {
  enum parameter_in in = IN_HEADER;
  sv name = parameter_of(scheme, &in);
  return request ? request_has(request, in, name) : step_has(step, in, name);
}

/* ---- alternatives ---- */

static bool is_met(const struct api_secrets *secrets, const struct step *step, const struct security_scheme *scheme,
                   const struct http_request *request) {
  if (scheme->type == SECURITY_AWS_SIGV4) {
    return step->operation->signing == SIGNING_AWS_SIGV4;
  }
  return api_choice_is_given(step, scheme, request) ||
         (scheme->type != SECURITY_OTHER && api_choice_secret(secrets, step, scheme));
}

static bool is_all_met(const struct api_secrets *secrets, const struct step *step,
                       const struct security_alternative *alternative, const struct http_request *request) {
  bool is_signed = false;
  for (size_t i = 0; i < alternative->count; i++) {
    const struct security_scheme *scheme = alternative->items[i].scheme;
    if (!is_met(secrets, step, scheme, request)) {
      return false;
    }
    is_signed = is_signed || scheme->type == SECURITY_AWS_SIGV4;
  }
  return alternative->count && is_signed == (step->operation->signing == SIGNING_AWS_SIGV4);
}

const struct security_alternative *api_choice_make(const struct api_secrets *secrets, const struct step *step,
                                                   const struct http_request *request) {
  const struct security *security = &step->operation->security;
  for (size_t i = 0; i < security->count; i++) {
    if (is_all_met(secrets, step, &security->items[i], request)) {
      return &security->items[i];
    }
  }
  return NULL;
}
