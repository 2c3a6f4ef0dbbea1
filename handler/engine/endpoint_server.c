/* Choosing a server. Published descriptions of AWS services list plain http first, give the region as a server variable with an
 * enum that lacks newer regions, and have entries of their own for China, for single regions and for no region at all; none of
 * that may decide where credentials go. So each server is filled in and ranked; the first of the highest rank is taken. */
#include "endpoint_server.h"

#include "errinfo.h"
#include "limits.h"
#include "sb.h"

/* ---- Filling in ---- */

/* The host of a server's URL, before its variables are filled in. */
static sv host_of_template(sv text) {
  sv scheme;
  sv rest = text;
  sv_split(text, ':', &scheme, &rest);
  rest = sv_starts(rest, SV("//")) ? sv_slice(rest, 2, rest.len) : rest;
  rest = sv_slice(rest, 0, sv_find(rest, '/'));
  return sv_slice(rest, 0, sv_find(rest, ':'));
}

/* AWS's region is where the function is; other APIs may call a variable "region", too. */
static bool takes_region(const struct operation *operation, sv text) {
  struct aws_host ignored;
  return operation->signing == SIGNING_AWS_SIGV4 || aws_host_read(host_of_template(text), &ignored);
}

static sv variable_value(const struct operation *operation, const struct server *server, sv name, sv region) {
  if (region.len && sv_eq_nocase(name, SV("region")) && takes_region(operation, server->url)) {
    return region;
  }
  for (size_t i = 0; i < server->variable_count; i++) {
    if (sv_eq(server->variables[i].name, name)) {
      return server->variables[i].value;
    }
  }
  return SV("");
}

/* Replaces {variables} of a server's URL. */
static bool fill_server(struct arena *arena, const struct operation *operation, const struct server *server, sv region,
                        sv *out, struct err *e) {
  struct sb url = sb_new(arena, LIMIT_URL_BYTES);
  sv rest = server->url;
  sv before;
  sv after;
  while (sv_split(rest, '{', &before, &after)) {
    sv name;
    sb_put(&url, before);
    if (!sv_split(after, '}', &name, &rest)) {
      return err_set(e, ERR_INVALID, "a server's URL has '{' without '}'");
    }
    sv value = variable_value(operation, server, name, region);
    if (value.len == 0) {
      return err_set(e, ERR_INVALID, "the variable '%.*s' of the server's URL has no value; give it a 'default'",
                     SV_ARG(name));
    }
    sb_put(&url, value);
  }
  sb_put(&url, rest);
  return sb_finish(&url, "a server's URL", out, e);
}

static bool read_server(struct arena *arena, const struct operation *operation, const struct server *server, sv region,
                        struct endpoint_server *out, struct err *e) {
  if (!fill_server(arena, operation, server, region, &out->text, e) || !url_parse(out->text, &out->url, e)) {
    return false;
  }
  out->is_aws = aws_host_read(out->url.host, &out->host);
  return true;
}

/* ---- Ranking ---- */

static bool is_of_partition(const struct endpoint_server *server, const struct aws_partition *partition) {
  sv host = server->url.host;
  return !server->is_aws ||
         (server->host.partition == partition &&
          (sv_ends(host, sv_from(partition->suffix)) || sv_ends(host, sv_from(partition->dual_stack_suffix))));
}

/* In the region: 2; without a region: 1; in another one: 0. */
static int rank_region(const struct endpoint_server *server, sv region) {
  if (!server->is_aws || sv_eq(server->host.region, region)) {
    return 2;
  }
  return server->host.region.len == 0;
}

static int rank_server(const struct endpoint_server *server, sv region) {
  return (is_of_partition(server, aws_partition_of(region)) ? 8 : 0) +
         (sv_eq(server->url.scheme, SV("https")) ? 4 : 0) + rank_region(server, region);
}

static bool is_absolute(const struct server *server) {
  return sv_starts(server->url, SV("https://")) || sv_starts(server->url, SV("http://"));
}

bool endpoint_server_choose(struct arena *arena, const struct operation *operation, sv region,
                            struct endpoint_server *out, bool *found, struct err *why, struct err *e) {
  int best = -1;
  *found = false;
  for (size_t i = 0; i < operation->servers.count; i++) {
    const struct server *each = &operation->servers.items[i];
    struct endpoint_server server = {.is_aws = false};
    struct err refusal;
    err_clear(&refusal);
    if (!is_absolute(each)) {
      continue;
    }
    if (!read_server(arena, operation, each, region, &server, &refusal)) {
      if (refusal.code == ERR_MEMORY) {
        return err_memory(e);
      }
      *why = why->code ? *why : refusal;
    } else if (rank_server(&server, region) > best) {
      best = rank_server(&server, region);
      *out = server;
      *found = true;
    }
  }
  return true;
}
