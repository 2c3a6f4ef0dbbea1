/* RFC 6749: the request is a form with grant_type=client_credentials (4.4.2); the client authenticates by HTTP Basic, its id and
 * secret encoded as form data before (2.3.1), which every server that issues secrets MUST take. The answer is JSON (5.1), or an
 * error with a code (5.2), which is told when it is made of letters and underscores. Redirects are not followed: the request
 * carries the secret. */
#include "oauth_token.h"

#include "base64.h"
#include "errinfo.h"
#include "form_text.h"
#include "json.h"
#include "limits.h"
#include "sb.h"
#include "url.h"

#define CODE_BYTES 64
#define LIFETIME_MAX_SECONDS 31536000

void basic_put(struct sb *out, struct arena *arena, sv user, sv password) {
  struct sb pair = sb_new(arena, LIMIT_HEADER_BYTES);
  sb_put(&pair, user);
  sb_char(&pair, ':');
  sb_put(&pair, password);
  sb_put(out, SV("Basic "));
  base64_put(out, sb_view(&pair), BASE64_STANDARD);
  if (pair.state != SB_OK) {
    out->state = pair.state;
  }
}

static bool check_url(sv text, struct url *url, struct err *e) {
  return url_parse(text, url, e) &&
         (sv_eq(url->scheme, SV("https")) || url_is_loopback(url) ||
          err_set(e, ERR_INVALID, "the token endpoint is at plain http, by which no secret is sent; use https"));
}

static bool make_authorization(struct arena *arena, const struct oauth_client *client, sv *out, struct err *e) {
  struct sb id = sb_new(arena, LIMIT_HEADER_BYTES);
  struct sb secret = sb_new(arena, LIMIT_HEADER_BYTES);
  struct sb text = sb_new(arena, LIMIT_HEADER_BYTES);
  form_put(&id, client->id);
  form_put(&secret, client->secret);
  basic_put(&text, arena, sb_view(&id), sb_view(&secret));
  return sb_check(&id, "the client's id", e) && sb_check(&secret, "the client's secret", e) &&
         sb_finish(&text, "the Authorization header", out, e);
}

static bool make_body(struct arena *arena, const struct oauth_client *client, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_HEADER_BYTES);
  sb_put(&text, SV("grant_type=client_credentials"));
  if (client->scope.len) {
    sb_put(&text, SV("&scope="));
    form_put(&text, client->scope);
  }
  return sb_finish(&text, "the token's request", out, e);
}

static bool send(const struct inquiry *inquiry, struct arena *arena, const struct oauth_client *client,
                 int64_t deadline_ms, struct http_response *response, struct err *e) {
  struct http_request request = {.method = SV("POST"), .url = client->token_url, .has_body = true};
  struct http_headers *headers = &request.headers;
  sv authorization;
  return make_body(arena, client, &request.body, e) && make_authorization(arena, client, &authorization, e) &&
         http_header_add(arena, headers, SV("Authorization"), authorization, e) &&
         http_header_add(arena, headers, SV("Content-Type"), SV("application/x-www-form-urlencoded"), e) &&
         http_header_add(arena, headers, SV("Accept"), SV("application/json"), e) &&
         inquiry_send(inquiry, arena, &request, NULL, NULL, deadline_ms, response, e);
}

static bool parse(struct arena *arena, sv body, json **root, struct err *e) {
  struct err why;
  err_clear(&why);
  if (!json_parse(arena, body, root, &why)) {
    *root = NULL;
    return why.code != ERR_MEMORY || err_memory(e);
  }
  return true;
}

/* An error's code as it may be printed. */
static sv printable_code(const json *root) {
  sv code = json_string(json_get(root, SV("error")));
  for (size_t i = 0; i < code.len; i++) {
    char c = code.ptr[i];
    if (i == CODE_BYTES || !((c >= 'a' && c <= 'z') || c == '_')) {
      return SV("");
    }
  }
  return code;
}

static bool read_token(const json *root, struct oauth_token *out, struct err *e) {
  int64_t seconds = 0;
  sv type = json_string(json_get(root, SV("token_type")));
  out->text = json_string(json_get(root, SV("access_token")));
  if (out->text.len == 0) {
    return err_set(e, ERR_UNRESOLVED, "its answer has no access_token");
  }
  if (type.len && !sv_eq_nocase(type, SV("bearer"))) {
    return err_set(e, ERR_UNSUPPORTED, "its token is not of the type Bearer, which alone can be sent");
  }
  bool is_told = json_to_int(json_get(root, SV("expires_in")), &seconds) && seconds > 0;
  seconds = seconds > LIFETIME_MAX_SECONDS ? LIFETIME_MAX_SECONDS : seconds;
  out->lifetime_ms = is_told ? seconds * 1000 : 0;
  return true;
}

bool oauth_token_fetch(const struct inquiry *inquiry, struct arena *arena, const struct oauth_client *client,
                       int64_t deadline_ms, struct oauth_token *out, struct err *e) {
  struct url url;
  struct http_response response;
  json *root = NULL;
  if (!check_url(client->token_url, &url, e)) {
    return false;
  }
  if (!send(inquiry, arena, client, deadline_ms, &response, e) || !parse(arena, response.body, &root, e)) {
    return err_in(e, "the token endpoint at %.*s", SV_ARG(url.host));
  }
  if (response.status != 200) {
    sv code = printable_code(root);
    err_set(e, ERR_UNRESOLVED, "it answered with status %d%s%.*s; look at the client's id, secret and scopes",
            response.status, code.len ? " " : "", SV_ARG(code));
  }
  return (response.status == 200 && read_token(root, out, e)) ||
         err_in(e, "the token endpoint at %.*s", SV_ARG(url.host));
}
