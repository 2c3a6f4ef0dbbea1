/* URLs: splitting, and the Host header's value.
 *
 * RFC 3986: the text is cut at "://", then at the first '/' or '?', so that each byte is looked at a fixed number of
 * times. Only what an HTTP client needs is accepted: http and https, a host name or address, a port, a path, a query.
 * Userinfo is refused because passwords in URLs end in logs, a fragment because it is never sent. A host is a DNS name
 * in ASCII (an internationalised one is written in its xn-- form), an IPv4 address or an IPv6 address in brackets;
 * percent-encoded hosts are refused, because libraries disagree about what they name. Nothing is normalised here: a URL
 * that was signed has to reach the wire as it is. */
#include "url.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define PORT_MAX 65535
#define HTTP_PORT 80
#define HTTPS_PORT 443

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool check_text(sv text, struct err *e) {
  if (text.len > LIMIT_URL_BYTES) {
    return err_set(e, ERR_LIMIT, "the URL is longer than %zu bytes", LIMIT_URL_BYTES);
  }
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c < 0x20 || c == 0x7F) {
      return err_set(e, ERR_INVALID, "the URL holds the control character 0x%02X at byte %zu; percent-encode it", c, i);
    }
    if (c == '#') {
      return err_set(e, ERR_INVALID,
                     "the URL holds a fragment ('#' at byte %zu), which is never sent; leave it out, or write %%23", i);
    }
  }
  return true;
}

static bool take_scheme(sv text, struct url *out, sv *rest, struct err *e) {
  const sv schemes[] = {SV("http://"), SV("https://")};
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
    if (sv_eq_nocase(sv_slice(text, 0, schemes[i].len), schemes[i])) {
      out->scheme = sv_slice(schemes[i], 0, sv_find(schemes[i], ':'));
      *rest = sv_slice(text, schemes[i].len, text.len);
      return true;
    }
  }
  return err_set(e, ERR_INVALID, "\"%.*s\" is not an absolute URL: it has to start with http:// or https://",
                 SV_ARG(sv_slice(text, 0, sv_find(text, '?'))));
}

static bool parse_ipv6(sv host, struct in6_addr *out) {
  char text[INET6_ADDRSTRLEN];
  if (host.len < 2 || host.ptr[host.len - 1] != ']' || host.len - 2 >= sizeof text) {
    return false;
  }
  memcpy(text, host.ptr + 1, host.len - 2);
  text[host.len - 2] = '\0';
  return inet_pton(AF_INET6, text, out) == 1;
}

static bool check_host(sv host, struct err *e) {
  struct in6_addr address;
  if (host.len == 0) {
    return err_set(e, ERR_INVALID, "the URL has no host name");
  }
  if (host.ptr[0] == '[') {
    return parse_ipv6(host, &address) ||
           err_set(e, ERR_INVALID, "\"%.*s\" is not an IPv6 address in brackets", SV_ARG(host));
  }
  for (size_t i = 0; i < host.len; i++) {
    char c = host.ptr[i];
    if (!is_alphanumeric(c) && c != '-' && c != '.' && c != '_') {
      return err_set(e, ERR_INVALID,
                     "the URL's host \"%.*s\" holds a character that is not a letter, digit, '-', '.' or '_'; "
                     "write an international name in its xn-- form",
                     SV_ARG(host));
    }
  }
  return true;
}

static bool check_port(sv text, unsigned *out, struct err *e) {
  unsigned long long port = 0;
  if (text.len && (!sv_to_uint(text, PORT_MAX, &port) || port == 0)) {
    return err_set(e, ERR_INVALID, "the URL's port \"%.*s\" is not a number from 1 to %d", SV_ARG(text), PORT_MAX);
  }
  *out = (unsigned)port;
  return true;
}

/* RFC 3986 3.2: authority = [ userinfo "@" ] host [ ":" port ]; the port may be empty. */
static bool split_authority(sv authority, struct url *out, struct err *e) {
  if (sv_find(authority, '@') != authority.len) {
    return err_set(e, ERR_INVALID, "the URL holds a user name or password before '@'; leave it out and use a header");
  }
  size_t host_end = sv_find(authority, ':');
  if (authority.len && authority.ptr[0] == '[') {
    host_end = sv_find(authority, ']');
    host_end += host_end < authority.len ? 1 : 0;
  }
  out->host = sv_slice(authority, 0, host_end);
  sv port = sv_slice(authority, host_end, authority.len);
  if (!check_host(out->host, e)) {
    return false;
  }
  if (port.len && port.ptr[0] != ':') {
    return err_set(e, ERR_INVALID, "\"%.*s\" follows the URL's host; only ':' and a port may", SV_ARG(port));
  }
  return check_port(sv_slice(port, 1, port.len), &out->port, e);
}

static size_t authority_end(sv rest) {
  size_t slash = sv_find(rest, '/');
  size_t question = sv_find(rest, '?');
  return slash < question ? slash : question;
}

bool url_parse(sv text, struct url *out, struct err *e) {
  sv rest;
  *out = (struct url){0};
  if (!check_text(text, e) || !take_scheme(text, out, &rest, e)) {
    return false;
  }
  size_t end = authority_end(rest);
  sv target = sv_slice(rest, end, rest.len);
  out->has_query = sv_split(target, '?', &out->path, &out->query);
  if (!out->has_query) {
    out->path = target;
    out->query = SV("");
  }
  return split_authority(sv_slice(rest, 0, end), out, e);
}

void url_put_host(struct sb *out, const struct url *url) {
  unsigned usual = sv_eq(url->scheme, SV("https")) ? HTTPS_PORT : HTTP_PORT;
  sb_put(out, url->host);
  if (url->port && url->port != usual) {
    sb_format(out, ":%u", url->port);
  }
}

static bool is_ipv4_loopback(sv host) {
  char text[INET_ADDRSTRLEN];
  struct in_addr address;
  if (host.len >= sizeof text) {
    return false;
  }
  memcpy(text, host.ptr, host.len);
  text[host.len] = '\0';
  return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

bool url_is_loopback(const struct url *url) {
  static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
  struct in6_addr address;
  if (sv_starts(url->host, SV("["))) {
    return parse_ipv6(url->host, &address) && memcmp(&address, &loopback, sizeof address) == 0;
  }
  return sv_eq_nocase(url->host, SV("localhost")) || is_ipv4_loopback(url->host);
}

bool url_is_container_host(const struct url *url) {
  static const struct in6_addr eks = {.s6_addr = {0xfd, 0x00, 0x0e, 0xc2, [15] = 0x23}};
  struct in6_addr address;
  if (sv_starts(url->host, SV("["))) {
    return parse_ipv6(url->host, &address) && memcmp(&address, &eks, sizeof address) == 0;
  }
  return sv_eq(url->host, SV("169.254.170.2")) || sv_eq(url->host, SV("169.254.170.23"));
}
