/* Proxies from the environment, by the names that curl and Python's requests read.
 *
 * HTTP_PROXY in capitals is not read: in a CGI-like process it is the header "Proxy" of whoever calls. Loopback is
 * always reached directly, so that a developer's proxy does not see what goes to an emulator. Exceptions (no_proxy) are
 * matched by libcurl. */
#include "proxy.h"

#include "environment.h"
#include "errinfo.h"
#include "url.h"

/* The first of the variables that is set (a NULL name ends the list), else `otherwise`. */
static bool first_set(struct arena *arena, const struct environment *environment, const char *const *names,
                      const char *otherwise, const char **out, struct err *e) {
  sv value;
  for (; *names; names++) {
    if (environment_get(environment, *names, &value)) {
      return sv_to_text(arena, value, out, e);
    }
  }
  *out = otherwise;
  return true;
}

bool proxies_from_environment(struct arena *arena, const struct environment *environment, struct proxies *out,
                              struct err *e) {
  static const char *const all_names[] = {"all_proxy", "ALL_PROXY", NULL};
  static const char *const http_names[] = {"http_proxy", NULL};
  static const char *const https_names[] = {"https_proxy", "HTTPS_PROXY", NULL};
  static const char *const except_names[] = {"no_proxy", "NO_PROXY", NULL};
  const char *all = "";
  *out = (struct proxies){0};
  return first_set(arena, environment, all_names, "", &all, e) &&
         first_set(arena, environment, http_names, all, &out->http, e) &&
         first_set(arena, environment, https_names, all, &out->https, e) &&
         first_set(arena, environment, except_names, "", &out->except, e);
}

const char *proxies_for(const struct proxies *proxies, const struct url *url) {
  if (url_is_loopback(url)) {
    return "";
  }
  return sv_eq(url->scheme, SV("https")) ? proxies->https : proxies->http;
}
