/* Plain http: whoever is between reads and changes what is sent. Descriptions often list http beside https; https is preferred whatever
 * the order, so only operations that have no other server are told of, once for each description. */
#include "lint.h"

static bool is_loopback(sv url) {
  sv rest = sv_slice(url, SV("http://").len, url.len);
  return sv_starts(rest, SV("localhost")) || sv_starts(rest, SV("127.")) || sv_starts(rest, SV("[::1]"));
}

static bool is_plain(sv url) {
  return sv_starts(url, SV("http://")) && !is_loopback(url);
}

/* The first server, if all of them are reached over plain http. */
static const struct server *plain_server(const struct server_list *servers) {
  for (size_t i = 0; i < servers->count; i++) {
    if (!is_plain(servers->items[i].url)) {
      return NULL;
    }
  }
  return servers->count ? &servers->items[0] : NULL;
}

static void check_step(struct lint *lint, const struct step *step) {
  const struct server *server = step->operation ? plain_server(&step->operation->servers) : NULL;
  if (server) {
    lint_warn(
        lint, "plain-http", step->workflow->document, json_get(step->source->node, SV("url")),
        "the operations of '%.*s' are called over plain http (%.*s), which anyone on the way can read and change; "
        "give the description a server with https",
        SV_ARG(step->source->name), SV_ARG(sv_slice(server->url, 0, 200)));
  }
}

void check_servers(struct lint *lint) {
  lint_each_step(lint, check_step);
}
