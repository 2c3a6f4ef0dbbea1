/* Proxies from the environment, by the names that curl and Python's requests read.
 *
 * HTTP_PROXY in capitals is not read: in a CGI-like process it is the header "Proxy" of whoever calls. Loopback is
 * always reached directly, so that a developer's proxy does not see what goes to an emulator. Exceptions (no_proxy) are
 * matched by libcurl: names with all below them, addresses, networks (10.0.0.0/8), "*"; ports are not looked at.
 *
 * A proxy that can't be one is refused here, by the name of its variable: libcurl would quote it in its error, password
 * included. */
#include "proxy.h"

#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "url.h"

/* What stands before "://", taken off; "http" when nothing does, as curl has it. */
static sv take_scheme(sv *rest) {
  sv all = *rest;
  for (size_t i = 0; i + 3 <= all.len; i++) {
    if (sv_starts(sv_slice(all, i, all.len), SV("://"))) {
      *rest = sv_slice(all, i + 3, all.len);
      return sv_slice(all, 0, i);
    }
  }
  return SV("http");
}

static bool is_scheme(sv scheme) {
  static const char *const schemes[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
    if (sv_eq_nocase(scheme, sv_from(schemes[i]))) {
      return true;
    }
  }
  return false;
}

/* Behind the last '@', since libcurl lets a password hold one. */
static sv without_login(sv rest) {
  sv authority = sv_slice(rest, 0, sv_find(rest, '/'));
  size_t begin = 0;
  for (size_t i = 0; i < authority.len; i++) {
    begin = authority.ptr[i] == '@' ? i + 1 : begin;
  }
  return sv_slice(rest, begin, rest.len);
}

static bool is_printable(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7f) {
      return false;
    }
  }
  return true;
}

static bool check_proxy(struct arena *arena, const char *name, sv value, struct err *e) {
  struct sb plain = sb_new(arena, LIMIT_URL_BYTES);
  struct err ignored = {0};
  struct url url;
  sv rest = value;
  bool ok = is_scheme(take_scheme(&rest)) && is_printable(value);
  sb_put(&plain, SV("http://"));
  sb_put(&plain, without_login(rest));
  if (plain.state == SB_NO_MEMORY) {
    return err_memory(e);
  }
  return (ok && plain.state == SB_OK && url_parse(sb_view(&plain), &url, &ignored)) ||
         err_set(e, ERR_INVALID,
                 "%s names no proxy: write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (or https, socks4, "
                 "socks4a, socks5, socks5h in place of http), with other characters in percent-encoding",
                 name);
}

/* The first of the variables that is set; a NULL name ends the list. */
static bool first_set(const struct environment *environment, const char *const *names, const char **name, sv *value) {
  for (; *names; names++) {
    if (environment_get(environment, *names, value)) {
      *name = *names;
      return true;
    }
  }
  return false;
}

static bool read_proxy(struct arena *arena, const struct environment *environment, const char *const *names,
                       const char *otherwise, const char **out, struct err *e) {
  const char *name = NULL;
  sv value;
  *out = otherwise;
  return !first_set(environment, names, &name, &value) ||
         (check_proxy(arena, name, value, e) && sv_to_text(arena, value, out, e));
}

static bool read_except(struct arena *arena, const struct environment *environment, const char **out, struct err *e) {
  static const char *const names[] = {"no_proxy", "NO_PROXY", NULL};
  const char *name = NULL;
  sv value;
  *out = "";
  return !first_set(environment, names, &name, &value) || sv_to_text(arena, value, out, e);
}

bool proxies_from_environment(struct arena *arena, const struct environment *environment, struct proxies *out,
                              struct err *e) {
  static const char *const all_names[] = {"all_proxy", "ALL_PROXY", NULL};
  static const char *const http_names[] = {"http_proxy", NULL};
  static const char *const https_names[] = {"https_proxy", "HTTPS_PROXY", NULL};
  const char *all = "";
  *out = (struct proxies){0};
  return read_proxy(arena, environment, all_names, "", &all, e) &&
         read_proxy(arena, environment, http_names, all, &out->http, e) &&
         read_proxy(arena, environment, https_names, all, &out->https, e) &&
         read_except(arena, environment, &out->except, e);
}

const char *proxies_for(const struct proxies *proxies, const struct url *url) {
  if (url_is_loopback(url) || url_is_container_host(url)) {
    return "";
  }
  return sv_eq(url->scheme, SV("https")) ? proxies->https : proxies->http;
}
