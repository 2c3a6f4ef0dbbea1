/* Where an operation is sent, and what it is signed for.
 *
 * A configured endpoint comes first, in the order of AWS's SDKs: --server, --endpoint-url, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL
 * (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"). <SERVICE> is the SDKs' id of the service: what the
 * description says, else what is known of the host's prefix; the signing name is taken as well.
 *
 * Else it is the description's best server. A host of AWS's that was written for any region is rewritten for the one at hand,
 * as the SDKs do: the partition's suffix, the one host of a service without regions, FIPS and dual-stack. A host that names
 * another region stays there, and is signed for that region; one that names none is signed for its partition's global one. */
#include "endpoint.h"

#include "endpoint_server.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define SERVICE_VARIABLE "AWS_ENDPOINT_URL_"

/* What a choice is made from. */
struct choosing {
  struct arena *arena;
  const struct operation *operation;
  const struct endpoint_settings *settings;
  struct endpoint_server server;
  bool has_server;
};

/* ---- The service ---- */

static sv service_prefix(const struct choosing *c, sv otherwise) {
  return c->has_server && c->server.is_aws ? c->server.host.prefix : otherwise;
}

/* The first label of a host that is not AWS's own, such as an emulator's. */
static sv first_label(sv host) {
  return sv_slice(host, 0, sv_find(host, '.'));
}

/* The signing name: as the description says, else by the server's host. ERR_INVALID when neither tells, or `why` there is no
 * server to tell. */
static bool read_signing_name(const struct choosing *c, const struct err *why, sv *out, struct err *e) {
  *out = c->operation->signing_name;
  if (out->len == 0 && c->has_server) {
    *out = c->server.is_aws ? aws_signing_name(c->server.host.prefix) : first_label(c->server.url.host);
  }
  if (out->len == 0 && why->code) {
    return err_set(e, why->code, "%s", why->text);
  }
  return out->len != 0 ||
         err_set(e, ERR_INVALID,
                 "the operation '%.*s' is signed for AWS, but neither 'x-aws-signingName' in 'info' nor the server's "
                 "host tells the service's name",
                 SV_ARG(c->operation->id));
}

/* ---- A configured endpoint ---- */

/* Looks at AWS_ENDPOINT_URL_<SERVICE>: the service's name in upper case, everything but letters and digits as '_'. */
static bool read_variable(const struct choosing *c, sv service, sv *out, const char **variable, struct err *e) {
  struct sb name = sb_new(c->arena, KIB(1));
  sb_put(&name, SV(SERVICE_VARIABLE));
  for (size_t i = 0; i < service.len; i++) {
    char letter = service.ptr[i];
    bool is_small = letter >= 'a' && letter <= 'z';
    bool is_other = (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    sb_char(&name, (char)(is_small ? letter - ('a' - 'A') : is_other ? letter : '_'));
  }
  sb_char(&name, '\0');
  if (!sb_check(&name, "the name of an endpoint variable", e)) {
    return false;
  }
  if (environment_get(c->settings->environment, sb_view(&name).ptr, out)) {
    *variable = sb_view(&name).ptr;
  }
  return true;
}

/* By the ids that the service goes by; `*out` stays empty when none of their variables is set. */
static bool read_service_variables(const struct choosing *c, sv signing_name, sv *out, const char **variable,
                                   struct err *e) {
  sv id = c->operation->service_id;
  if (id.len) {
    if (!read_variable(c, id, out, variable, e)) {
      return false;
    }
  } else {
    sv prefix = service_prefix(c, signing_name);
    for (size_t n = 0; out->len == 0 && aws_service_id(prefix, n, &id); n++) {
      if (!read_variable(c, id, out, variable, e)) {
        return false;
      }
    }
  }
  return out->len != 0 || read_variable(c, signing_name, out, variable, e);
}

/* `*out` stays empty when nothing is configured for the operation; `*variable` says where it is configured. */
static bool read_configured(const struct choosing *c, sv signing_name, sv *out, const char **variable, struct err *e) {
  *variable = c->settings->source_count ? "--server or --endpoint-url" : "--endpoint-url";
  *out = c->settings->override_url;
  if (out->len || signing_name.len == 0 || c->settings->ignores_environment) {
    return true;
  }
  if (!read_service_variables(c, signing_name, out, variable, e)) {
    return false;
  }
  if (out->len == 0 && environment_get(c->settings->environment, "AWS_ENDPOINT_URL", out)) {
    *variable = "AWS_ENDPOINT_URL";
  }
  return true;
}

/* An endpoint that is named as a whole has no other variant; AWS's SDKs refuse this, too. */
static bool check_variants(const struct endpoint_settings *settings, struct err *e) {
  if (settings->variant == AWS_VARIANT_PLAIN) {
    return true;
  }
  return err_set(e, ERR_INVALID,
                 "%s asks for another endpoint than the one that is configured; unset it, or leave the choice of the "
                 "endpoint to it",
                 aws_variant_variable(settings->variant));
}

/* A configured host of AWS's is signed for where it is; every other one for the region at hand. */
static sv region_of_host(sv host, sv otherwise) {
  struct aws_host parts;
  if (!aws_host_read(host, &parts)) {
    return otherwise;
  }
  return parts.region.len ? parts.region : sv_from(parts.partition->global_region);
}

/* ---- A server of the description ---- */

/* The region to make another host for; empty: the host stays as it is. */
static sv region_to_rewrite(const struct choosing *c, unsigned variant) {
  const struct aws_host *host = &c->server.host;
  sv region = c->settings->region;
  if (!host->is_regular || region.len == 0) {
    return SV("");
  }
  if (host->region.len && !sv_eq(host->region, region)) {
    return variant == host->variant ? SV("") : host->region;
  }
  if (host->region.len || host->partition != aws_partition_of(region) || aws_service_is_global(host->prefix, region)) {
    return region;
  }
  return variant == host->variant ? SV("") : sv_from(host->partition->global_region);
}

static bool rewrite(const struct choosing *c, sv region, unsigned variant, struct endpoint *out, struct err *e) {
  const struct url *url = &c->server.url;
  struct sb host = sb_new(c->arena, LIMIT_URL_BYTES);
  struct sb text = sb_new(c->arena, LIMIT_URL_BYTES);
  aws_host_put(&host, c->server.host.prefix, region, variant);
  if (!sb_check(&host, "the host of an endpoint", e)) {
    return false;
  }
  sb_format(&text, "%.*s://%.*s", SV_ARG(url->scheme), SV_ARG(sb_view(&host)));
  if (url->port) {
    sb_format(&text, ":%u", url->port);
  }
  sb_put(&text, url->path);
  out->region = aws_host_signing_region(sb_view(&host), region);
  return sb_finish(&text, "the URL of an endpoint", &out->base_url, e);
}

static bool use_server(const struct choosing *c, struct endpoint *out, struct err *e) {
  const struct aws_host *host = &c->server.host;
  unsigned variant = host->variant | c->settings->variant;
  out->base_url = c->server.text;
  if (!c->server.is_aws) {
    return true;
  }
  sv region = region_to_rewrite(c, variant);
  if (region.len) {
    return rewrite(c, region, variant, out, e);
  }
  out->region = host->region.len ? host->region : sv_from(host->partition->global_region);
  return true;
}

/* ---- The choice ---- */

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

static bool parse_base(const struct endpoint *endpoint, struct url *url, struct err *e) {
  if (!url_parse(endpoint->base_url, url, e)) {
    return false;
  }
  return !url->has_query || err_set(e, ERR_INVALID, "the URL of an endpoint can't have a query: '%.*s'",
                                    SV_ARG(sv_slice(endpoint->base_url, 0, 200)));
}

static bool use_configured(const struct choosing *c, sv chosen, const char *variable, struct endpoint *out,
                           struct err *e) {
  struct url url;
  out->is_configured = true;
  out->base_url = without_slash(chosen);
  if ((out->service.len && !check_variants(c->settings, e)) || !parse_base(out, &url, e)) {
    return err_in(e, "%s", variable);
  }
  out->region = region_of_host(url.host, out->region);
  return true;
}

static bool use_description(const struct choosing *c, const struct err *why, struct endpoint *out, struct err *e) {
  struct url url;
  if (!c->has_server) {
    return why->code
               ? err_set(e, why->code, "%s", why->text)
               : err_set(e, ERR_INVALID,
                         "the description has no absolute http(s) server for the operation '%.*s'; write where the API "
                         "is into its 'servers', as {url: 'https://host/base'}",
                         SV_ARG(c->operation->id));
  }
  if (!use_server(c, out, e)) {
    return false;
  }
  out->base_url = without_slash(out->base_url);
  return parse_base(out, &url, e) && check_plain_http(c->operation, &url, false, e);
}

bool endpoint_choose(struct arena *arena, const struct operation *operation, const struct endpoint_settings *settings,
                     struct endpoint *out, struct err *e) {
  struct choosing c = {.arena = arena, .operation = operation, .settings = settings};
  struct err why;
  const char *variable = NULL;
  sv chosen = SV("");
  err_clear(&why);
  *out = (struct endpoint){.region = settings->region};
  if (!endpoint_server_choose(arena, operation, settings->region, &c.server, &c.has_server, &why, e) ||
      (operation->signing == SIGNING_AWS_SIGV4 && !read_signing_name(&c, &why, &out->service, e)) ||
      !read_configured(&c, out->service, &chosen, &variable, e)) {
    return false;
  }
  return chosen.len ? use_configured(&c, chosen, variable, out, e) : use_description(&c, &why, out, e);
}

struct endpoint_settings endpoint_settings_for(const struct endpoint_settings *settings, sv source) {
  struct endpoint_settings own = *settings;
  for (size_t i = 0; i < settings->source_count; i++) {
    if (sv_eq(settings->sources[i].source, source)) {
      own.override_url = settings->sources[i].url;
    }
  }
  return own;
}
