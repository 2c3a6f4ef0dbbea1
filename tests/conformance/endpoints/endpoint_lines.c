/* Reads one JSON object a line ({"prefix", "region", "variant"}) and prints, as one JSON object a line, the host that we make of
 * it, the region that it is signed for, and the names of the service. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "aws_endpoint.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"

static sv text_of(const cJSON *data, const char *member) {
  return sv_from(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, member)));
}

static void put_ids(struct sb *out, sv prefix) {
  sv id;
  for (size_t n = 0; aws_service_id(prefix, n, &id); n++) {
    sb_put(out, n ? SV(",") : SV(""));
    quote_json(out, id);
  }
}

static void put_answer(struct sb *out, const cJSON *data) {
  sv prefix = text_of(data, "prefix");
  sv region = text_of(data, "region");
  struct sb host = sb_new(out->arena, KIB(1));
  aws_host_put(&host, prefix, region, (unsigned)cJSON_GetNumberValue(cJSON_GetObjectItem(data, "variant")));
  sb_put(out, SV("{\"host\":"));
  quote_json(out, sb_view(&host));
  sb_put(out, SV(",\"region\":"));
  quote_json(out, aws_host_signing_region(sb_view(&host), region));
  sb_put(out, SV(",\"signingName\":"));
  quote_json(out, aws_signing_name(prefix));
  sb_put(out, SV(",\"ids\":["));
  put_ids(out, prefix);
  sb_put(out, SV("]}"));
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    struct arena *arena = arena_new(MIB(1));
    struct sb out = sb_new(arena, KIB(64));
    cJSON *data = cJSON_Parse(line);
    put_answer(&out, data);
    printf("%.*s\n", SV_ARG(sb_view(&out)));
    cJSON_Delete(data);
    arena_drop(arena);
  }
  free(line);
  return EXIT_SUCCESS;
}
