/* Putting secrets into a request, after it was built and described: $request and $url do not hold them, and no state can. A secret
 * goes over https only, to a loopback host, or to an endpoint that was configured.
 *
 * What was fetched is kept (secret_store.h); an access token as long as it says, less LIMIT_TOKEN_MARGIN_MS. A client whose secret
 * was kept and is refused by the token endpoint is fetched once more, since it may have been rotated; what an API refuses is the
 * caller's to forget. */
#include "api_security.h"

#include "api_choice.h"
#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "percent.h"
#include "sb.h"
#include "url.h"

/* One request on its way. */
struct applying {
  const struct api_security *security;
  struct arena *arena;
  const struct api_call *call;
  struct http_request *request;
  struct api_authentication *out;
  struct err *e;
};

/* ---- what is kept ---- */

static bool note(struct applying *a, sv key, bool was_kept) {
  struct api_authentication *out = a->out;
  if (key.len == 0) {
    return err_memory(a->e);
  }
  if (out->count == sizeof out->keys / sizeof *out->keys) {
    return err_set(a->e, ERR_LIMIT, "the operation asks for more than %d schemes at once", LIMIT_SECURITY_SCHEMES);
  }
  out->keys[out->count++] = key;
  out->was_kept = out->was_kept || was_kept;
  return true;
}

/* The secret as text. It is hidden as a whole and in its parts. */
static bool get_secret(struct applying *a, const struct api_secret *secret, sv *out, bool *was_kept) {
  const struct secret_store *store = &a->security->store;
  sv whole;
  return secret_store_get(store, a->arena, &secret->reference, a->call->deadline_ms, &whole, was_kept, a->e) &&
         api_secret_part(a->arena, whole, &secret->reference, out, a->e) && masking_add(a->call->masking, *out, a->e) &&
         note(a, secret_store_key(store, a->arena, &secret->reference), *was_kept);
}

/* ---- places ---- */

static bool add_header(struct applying *a, sv name, sv value) {
  return http_header_set(a->arena, &a->request->headers, name, value, a->e);
}

static bool add_query(struct applying *a, sv name, sv value) {
  struct sb url = sb_new(a->arena, LIMIT_URL_BYTES);
  sb_put(&url, a->request->url);
  sb_char(&url, sv_find(a->request->url, '?') == a->request->url.len ? '?' : '&');
  percent_put(&url, name, "");
  sb_char(&url, '=');
  percent_put(&url, value, "");
  return sb_finish(&url, "the request's URL", &a->request->url, a->e);
}

/* RFC 6265 5.4: all cookies are one header. */
static bool add_cookie(struct applying *a, sv name, sv value) {
  struct sb text = sb_new(a->arena, LIMIT_HEADER_BYTES);
  sv others = SV("");
  sv all;
  if (http_header_get(&a->request->headers, SV("Cookie"), &others)) {
    sb_put(&text, others);
    sb_put(&text, SV("; "));
  }
  sb_put(&text, name);
  sb_char(&text, '=');
  percent_put(&text, value, "!#$&'()*+/:<=>?@[]^`{|}");
  return sb_finish(&text, "the Cookie header", &all, a->e) && add_header(a, SV("Cookie"), all);
}

static bool add_key(struct applying *a, const struct security_scheme *scheme, sv value) {
  switch (scheme->in) {
  case IN_HEADER:
    return add_header(a, scheme->parameter, value);
  case IN_QUERY:
    return add_query(a, scheme->parameter, value);
  case IN_COOKIE:
    return add_cookie(a, scheme->parameter, value);
  case IN_PATH:
  case IN_QUERYSTRING:
    break;
  }
  return err_set(a->e, ERR_INTERNAL, "an API key that is neither in a header nor in the query nor in a cookie");
}

static bool add_bearer(struct applying *a, sv token) {
  struct sb text = sb_new(a->arena, LIMIT_HEADER_BYTES);
  sv value;
  sb_put(&text, SV("Bearer "));
  sb_put(&text, token);
  return sb_finish(&text, "the Authorization header", &value, a->e) && add_header(a, SV("Authorization"), value);
}

/* ---- schemes ---- */

static bool apply_token(struct applying *a, const struct security_scheme *scheme, const struct api_secret *secret) {
  sv text;
  sv token;
  bool was_kept = false;
  return get_secret(a, secret, &text, &was_kept) && api_secret_token(a->arena, text, &token, a->e) &&
         masking_add(a->call->masking, token, a->e) &&
         (scheme->type == SECURITY_API_KEY ? add_key(a, scheme, token) : add_bearer(a, token));
}

static bool apply_basic(struct applying *a, const struct api_secret *secret) {
  struct sb header = sb_new(a->arena, LIMIT_HEADER_BYTES);
  sv text;
  sv user;
  sv password;
  sv value;
  bool was_kept = false;
  if (!get_secret(a, secret, &text, &was_kept) || !api_secret_login(a->arena, text, &user, &password, a->e)) {
    return false;
  }
  basic_put(&header, a->arena, user, password);
  return masking_add(a->call->masking, password, a->e) &&
         sb_finish(&header, "the Authorization header", &value, a->e) &&
         masking_add(a->call->masking, sv_slice(value, SV("Basic ").len, value.len), a->e) &&
         add_header(a, SV("Authorization"), value);
}

/* ---- access tokens ---- */

/* The scopes of the requirement; those of the secret overrule them. */
static bool complete_scope(struct applying *a, const struct security_requirement *requirement,
                           struct oauth_client *client) {
  struct sb text = sb_new(a->arena, LIMIT_HEADER_BYTES);
  for (size_t i = 0; i < requirement->scope_count; i++) {
    sb_put(&text, text.len ? SV(" ") : SV(""));
    sb_put(&text, requirement->scopes[i]);
  }
  return client->scope.len || sb_finish(&text, "the scopes", &client->scope, a->e);
}

/* OpenAPI 3.2, OAuth Flow Object: a token URL may be relative to the server. */
static bool complete_token_url(struct applying *a, const struct security_scheme *scheme, struct oauth_client *client) {
  struct sb text = sb_new(a->arena, LIMIT_URL_BYTES);
  struct url url;
  client->token_url = client->token_url.len ? client->token_url : scheme->token_url;
  if (!sv_starts(client->token_url, SV("/"))) {
    return true;
  }
  if (!url_parse(a->request->url, &url, a->e)) {
    return false;
  }
  sb_put(&text, url.scheme);
  sb_put(&text, SV("://"));
  url_put_host(&text, &url);
  sb_put(&text, client->token_url);
  return sb_finish(&text, "the token's URL", &client->token_url, a->e);
}

static bool make_token_key(struct applying *a, const struct api_secret *secret, const struct oauth_client *client,
                           sv *out) {
  struct sb key = sb_new(a->arena, LIMIT_URL_BYTES + LIMIT_HEADER_BYTES);
  sb_format(&key, "token %.*s %.*s ", SV_ARG(secret->name), SV_ARG(client->token_url));
  sb_put(&key, client->scope);
  return sb_finish(&key, "the token's URL and scopes", out, a->e);
}

/* Half of a short life is better than none. */
static int64_t use_for_ms(const struct oauth_token *token) {
  int64_t lifetime = token->lifetime_ms ? token->lifetime_ms : LIMIT_SECRET_AGE_MS;
  return lifetime > 2 * (int64_t)LIMIT_TOKEN_MARGIN_MS ? lifetime - LIMIT_TOKEN_MARGIN_MS : lifetime / 2;
}

static bool fetch_token(struct applying *a, const struct oauth_client *client, sv key, sv *out) {
  const struct secret_store *store = &a->security->store;
  int64_t now_ms = clock_wall_ms(&store->client.inquiry.clock);
  struct oauth_token token;
  if (!oauth_token_fetch(&store->client.inquiry, a->arena, client, a->call->deadline_ms, &token, a->e)) {
    return false;
  }
  *out = token.text;
  return secret_cache_put(store->cache, key, token.text, now_ms + use_for_ms(&token), a->e);
}

/* `*was_kept`: the token, or what it was fetched with. */
static bool get_token(struct applying *a, const struct security_requirement *requirement,
                      const struct api_secret *secret, sv *out, bool *was_kept) {
  const struct secret_store *store = &a->security->store;
  struct oauth_client client;
  sv text;
  sv key;
  if (!get_secret(a, secret, &text, was_kept) || !api_secret_client(a->arena, text, &client, a->e) ||
      !masking_add(a->call->masking, client.secret, a->e) || !complete_scope(a, requirement, &client) ||
      !complete_token_url(a, requirement->scheme, &client) || !make_token_key(a, secret, &client, &key)) {
    return false;
  }
  bool is_kept = secret_cache_get(store->cache, key, clock_wall_ms(&store->client.inquiry.clock), out);
  *out = is_kept ? sv_copy(a->arena, *out) : *out;
  return is_kept ? (out->len != 0 || err_memory(a->e)) && note(a, key, true)
                 : fetch_token(a, &client, key, out) && note(a, key, false);
}

static bool apply_client(struct applying *a, const struct security_requirement *requirement,
                         const struct api_secret *secret) {
  sv token;
  bool was_kept = false;
  if (!get_token(a, requirement, secret, &token, &was_kept)) {
    if (a->e->code != ERR_UNRESOLVED || !was_kept) {
      return false;
    }
    err_clear(a->e);
    secret_cache_drop(a->security->store.cache, secret_store_key(&a->security->store, a->arena, &secret->reference));
    if (!get_token(a, requirement, secret, &token, &was_kept)) {
      return false;
    }
  }
  return masking_add(a->call->masking, token, a->e) && add_bearer(a, token);
}

/* ---- the request ---- */

static bool apply_scheme(struct applying *a, const struct security_requirement *requirement,
                         const struct api_secret *secret) {
  switch (requirement->scheme->type) {
  case SECURITY_API_KEY:
  case SECURITY_HTTP_BEARER:
    return apply_token(a, requirement->scheme, secret);
  case SECURITY_HTTP_BASIC:
    return apply_basic(a, secret);
  case SECURITY_OAUTH2_CLIENT_CREDENTIALS:
    return apply_client(a, requirement, secret);
  case SECURITY_AWS_SIGV4:
  case SECURITY_OTHER:
    break;
  }
  return true;
}

static bool check_transport(sv text, bool is_configured, struct err *e) {
  struct url url;
  return url_parse(text, &url, e) && (is_configured || sv_eq(url.scheme, SV("https")) || url_is_loopback(&url) ||
                                      err_set(e, ERR_INVALID,
                                              "the description has no https server for the operation, and secrets are "
                                              "not sent over plain http"));
}

static bool apply_requirement(struct applying *a, const struct security_requirement *requirement) {
  const struct security_scheme *scheme = requirement->scheme;
  const struct api_secret *secret = api_choice_secret(&a->security->secrets, a->call->step, scheme);
  if (!secret || scheme->type == SECURITY_AWS_SIGV4 || api_choice_is_given(a->call->step, scheme, a->request)) {
    return true;
  }
  return (check_transport(a->request->url, a->call->endpoint->is_configured, a->e) &&
          apply_scheme(a, requirement, secret)) ||
         err_in(a->e, "the security scheme '%.*s'", SV_ARG(scheme->name));
}

bool api_security_apply(const struct api_security *security, struct arena *arena, const struct api_call *call,
                        struct http_request *request, struct api_authentication *out, struct err *e) {
  struct applying a = {security, arena, call, request, out, e};
  const struct security_alternative *chosen = api_choice_make(&security->secrets, call->step, request);
  *out = (struct api_authentication){.count = 0};
  for (size_t i = 0; chosen && i < chosen->count; i++) {
    if (!apply_requirement(&a, &chosen->items[i])) {
      return false;
    }
  }
  return true;
}

void api_security_forget(const struct api_security *security, const struct api_authentication *authentication) {
  for (size_t i = 0; i < authentication->count; i++) {
    secret_cache_drop(security->store.cache, authentication->keys[i]);
  }
}

bool api_security_check_step(const struct api_security *security, const struct step *step,
                             const struct endpoint *endpoint, struct err *e) {
  const struct security_alternative *chosen = api_choice_make(&security->secrets, step, NULL);
  for (size_t i = 0; chosen && i < chosen->count; i++) {
    const struct security_scheme *scheme = chosen->items[i].scheme;
    if (scheme->type != SECURITY_AWS_SIGV4 && api_choice_secret(&security->secrets, step, scheme) &&
        !api_choice_is_given(step, scheme, NULL) && !check_transport(endpoint->base_url, endpoint->is_configured, e)) {
      return err_in(e, "the security scheme '%.*s'", SV_ARG(scheme->name));
    }
  }
  return true;
}
