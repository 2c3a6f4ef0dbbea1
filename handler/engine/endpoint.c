/* Choosing a server. Published descriptions of AWS services list plain http first, give the region as a server variable with an
 * enum that lacks newer regions, and have entries of their own for China; none of that may decide where credentials go. */
#include "endpoint.h"

#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "url.h"

bool region_is_valid(sv region) {
  size_t dashes = 0;
  for (size_t i = 0; i < region.len; i++) {
    char c = region.ptr[i];
    if (c == '-') {
      dashes++;
      if (i == 0 || region.ptr[i - 1] == '-') {
        return false;
      }
    } else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
      return false;
    }
  }
  return region.len > 3 && region.len <= 63 && dashes >= 2 && region.ptr[region.len - 1] >= '0' &&
         region.ptr[region.len - 1] <= '9';
}

/* AWS_ENDPOINT_URL_<SERVICE>, with the service's name in upper case and '-', '.' and ' ' as '_'. */
static bool configured_url(struct arena *arena, const struct endpoint_settings *settings, sv service, sv *out,
                           const char **variable, struct err *e) {
  struct sb name = sb_new(arena, KIB(1));
  sb_put(&name, SV("AWS_ENDPOINT_URL_"));
  for (size_t i = 0; i < service.len; i++) {
    char c = service.ptr[i];
    bool is_letter = c >= 'a' && c <= 'z';
    bool is_other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    sb_char(&name, (char)(is_letter ? c - ('a' - 'A') : is_other ? c : '_'));
  }
  sb_char(&name, '\0');
  if (!sb_check(&name, "the name of an endpoint variable", e)) {
    return false;
  }
  *variable = sb_view(&name).ptr;
  if (!environment_get(settings->environment, *variable, out)) {
    *variable = "AWS_ENDPOINT_URL";
    environment_get(settings->environment, *variable, out);
  }
  return true;
}

/* AWS's region is where the function is; other APIs may call a variable "region", too. */
static sv variable_value(const struct operation *operation, const json *server, sv name,
                         const struct endpoint_settings *settings) {
  if (operation->signing == SIGNING_AWS_SIGV4 && sv_eq(name, SV("region"))) {
    return settings->region;
  }
  return json_string(json_get(json_get(json_get(server, SV("variables")), name), SV("default")));
}

/* Replaces {variables} of a server's URL. */
static bool fill_server(struct arena *arena, const struct operation *operation, const json *server,
                        const struct endpoint_settings *settings, sv *out, struct err *e) {
  struct sb url = sb_new(arena, LIMIT_URL_BYTES);
  sv rest = json_string(json_get(server, SV("url")));
  sv before;
  sv after;
  while (sv_split(rest, '{', &before, &after)) {
    sv name;
    sb_put(&url, before);
    if (!sv_split(after, '}', &name, &rest)) {
      return err_set(e, ERR_INVALID, "a server's URL has '{' without '}'");
    }
    sv value = variable_value(operation, server, name, settings);
    if (value.len == 0) {
      return err_set(e, ERR_INVALID, "the variable '%.*s' of the server's URL has no value", SV_ARG(name));
    }
    sb_put(&url, value);
  }
  sb_put(&url, rest);
  return sb_finish(&url, "a server's URL", out, e);
}

/* Better servers have higher ranks: the region's partition counts more than https. */
static int rank_server(sv url, sv region) {
  bool is_china = sv_starts(region, SV("cn-"));
  bool names_china = sv_contains(url, SV(".amazonaws.com.cn"));
  return (is_china == names_china ? 2 : 0) + (sv_starts(url, SV("https://")) ? 1 : 0);
}

/* The best server of the description; NULL when it has no absolute one. */
static const json *choose_server(const struct operation *operation, sv region) {
  const json *best = NULL;
  int best_rank = -1;
  for (const json *server = json_first(operation->servers); server; server = server->next) {
    sv url = json_string(json_get(server, SV("url")));
    int rank = rank_server(url, region);
    bool usable = sv_starts(url, SV("https://")) || sv_starts(url, SV("http://"));
    if (usable && rank > best_rank) {
      best = server;
      best_rank = rank;
    }
  }
  return best;
}

/* The signing name: as the description says, else the first label of the server's host. ERR_INVALID when neither tells. */
static bool read_signing_name(const struct operation *operation, const json *server, sv *out, struct err *e) {
  sv url = json_string(json_get(server, SV("url")));
  sv host = sv_starts(url, SV("https://")) ? sv_slice(url, 8, url.len) : sv_slice(url, 7, url.len);
  *out = operation->signing_name.len ? operation->signing_name : sv_slice(host, 0, sv_find(host, '.'));
  if (out->len == 0 || sv_contains(*out, SV("{")) || sv_contains(*out, SV("/")) || sv_contains(*out, SV(":"))) {
    return err_set(e, ERR_INVALID,
                   "the operation '%.*s' is signed for AWS, but neither 'x-aws-signingName' in 'info' nor the server's "
                   "host tells the service's name",
                   SV_ARG(operation->id));
  }
  return true;
}

static bool check_plain_http(const struct operation *operation, const struct url *url, bool is_configured,
                             struct err *e) {
  if (operation->signing == SIGNING_NONE || is_configured || sv_eq(url->scheme, SV("https")) || url_is_loopback(url)) {
    return true;
  }
  return err_set(e, ERR_INVALID,
                 "the description has no https server for the operation '%.*s', and signed requests are not sent over "
                 "plain http; configure AWS_ENDPOINT_URL",
                 SV_ARG(operation->id));
}

static sv without_slash(sv url) {
  return sv_ends(url, SV("/")) ? sv_slice(url, 0, url.len - 1) : url;
}

bool endpoint_choose(struct arena *arena, const struct operation *operation, const struct endpoint_settings *settings,
                     struct endpoint *out, struct err *e) {
  const json *server = choose_server(operation, settings->region);
  const char *variable = "--endpoint-url";
  sv chosen = settings->override_url;
  struct url url;
  *out = (struct endpoint){.region = settings->region};
  if (operation->signing == SIGNING_AWS_SIGV4) {
    if (!read_signing_name(operation, server, &out->service, e) ||
        (chosen.len == 0 && !configured_url(arena, settings, out->service, &chosen, &variable, e))) {
      return false;
    }
  }
  out->is_configured = chosen.len != 0;
  if (!out->is_configured && server && !fill_server(arena, operation, server, settings, &chosen, e)) {
    return false;
  }
  if (chosen.len == 0) {
    return err_set(e, ERR_INVALID, "the description has no absolute http(s) server for the operation '%.*s'",
                   SV_ARG(operation->id));
  }
  out->base_url = without_slash(chosen);
  if (!url_parse(out->base_url, &url, e)) {
    return out->is_configured && err_in(e, "%s", variable);
  }
  if (url.has_query) {
    err_set(e, ERR_INVALID, "the URL of an endpoint can't have a query: '%.*s'",
            SV_ARG(sv_slice(out->base_url, 0, 200)));
    return out->is_configured && err_in(e, "%s", variable);
  }
  return check_plain_http(operation, &url, out->is_configured, e);
}
