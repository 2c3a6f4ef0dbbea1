/* Credentials from a container's endpoint ("Container credential provider", AWS SDKs and Tools Reference Guide).
 *
 * The relative URI wins over the full one, the token's file over the token; the file is read each time, since its content is
 * renewed. Redirects are not followed. An endpoint that refuses (403, say) is final, one that is overloaded is not. The URI is
 * no part of an error: it may hold what gives access. */
#include "credentials_container.h"

#include "arena.h"
#include "credentials_json.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "text_file.h"
#include "url.h"

#define RELATIVE "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"

static bool check_full(sv text, struct err *e) {
  struct url url;
  struct err why;
  err_clear(&why);
  if (!url_parse(text, &url, &why)) {
    return err_set(e, ERR_INVALID, FULL " is not an absolute http or https URL");
  }
  return sv_eq(url.scheme, SV("https")) || url_is_loopback(&url) || url_is_container_host(&url) ||
         err_set(e, ERR_INVALID,
                 FULL " names '%.*s' over plain http; credentials are fetched over https, or by http from a loopback "
                      "host, 169.254.170.2, 169.254.170.23 and [fd00:ec2::23]",
                 SV_ARG(url.host));
}

/* `*name` is the variable that is set; NULL: none. */
static bool read_url(const struct environment *environment, struct arena *arena, const char **name, sv *out,
                     struct err *e) {
  sv text;
  struct sb url = sb_new(arena, LIMIT_URL_BYTES);
  *name = RELATIVE;
  if (environment_get(environment, RELATIVE, &text)) {
    sb_put(&url, SV("http://169.254.170.2"));
    sb_put(&url, sv_starts(text, SV("/")) ? SV("") : SV("/"));
    sb_put(&url, text);
    return sb_finish(&url, RELATIVE, out, e);
  }
  *name = environment_get(environment, FULL, out) ? FULL : NULL;
  return !*name || check_full(*out, e);
}

static bool read_token(const struct environment *environment, struct arena *arena, sv *out, struct err *e) {
  sv path;
  const char *name = TOKEN;
  if (!environment_get(environment, TOKEN_FILE, &path)) {
    environment_get(environment, TOKEN, out);
  } else {
    name = TOKEN_FILE;
    if (!text_file_read(arena, path, LIMIT_HEADER_BYTES, out, e)) {
      return err_in(e, "%s", name);
    }
    *out = sv_trim(*out);
  }
  return http_header_check(SV("Authorization"), *out, e) || err_in(e, "%s", name);
}

static bool ask(const struct credentials_world *world, struct arena *arena, sv url, int64_t deadline_ms,
                struct http_response *response, struct err *e) {
  struct http_request request = {.method = SV("GET"), .url = url};
  sv token = SV("");
  return read_token(world->environment, arena, &token, e) &&
         (token.len == 0 || http_header_add(arena, &request.headers, SV("Authorization"), token, e)) &&
         http_header_add(arena, &request.headers, SV("Accept"), SV("application/json"), e) &&
         inquiry_send(&world->inquiry, arena, &request, NULL, NULL, deadline_ms, response, e) &&
         (response->status == 200 ||
          err_set(e, ERR_INVALID,
                  "it answered with status %d; look at the role of the container or function, and at "
                  "the authorization token",
                  response->status));
}

bool credentials_from_container(const struct credentials_world *world, struct arena *arena, int64_t deadline_ms,
                                struct credentials_found *out, struct err *e) {
  const char *name = NULL;
  struct http_response response;
  sv url;
  *out = (struct credentials_found){.is_found = false};
  if (!read_url(world->environment, arena, &name, &url, e)) {
    return false;
  }
  if (!name) {
    return true;
  }
  return (ask(world, arena, url, deadline_ms, &response, e) &&
          credentials_read_json(arena, response.body, CREDENTIALS_OF_ENDPOINT, out, e)) ||
         err_in(e, "the credentials' endpoint (%s)", name);
}
