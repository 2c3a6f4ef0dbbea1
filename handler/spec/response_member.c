/* Walking from a response's schema to the schema of one of its members: `properties`, `items`, `allOf`, with references followed.
 * Schemas are not compiled for this, since only checks need them; so the tree of the description is read.
 *
 * The answer is for warnings: whatever is not certain is "nothing is said". That is so behind oneOf and anyOf, with several
 * successful responses, and for other types than JSON. An object that has no `required` at all says nothing of what is
 * optional: descriptions that are made from models of AWS are like that. */
#include "response_member.h"

#include <limits.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "openapi_compile.h"
#include "pointer.h"
#include "source_set.h"

/* One search. */
struct search {
  struct source_set *files;
  struct place at; /* a schema */
  struct response_member *out;
};

static bool follow(const struct search *search, struct place *place) {
  struct err ignored;
  err_clear(&ignored);
  return place->node && reference_follow(search->files, place, &ignored);
}

static bool has_text(const json *list, sv text) {
  for (const json *each = json_first(list); each; each = each->next) {
    if (sv_eq(json_string(each), text)) {
      return true;
    }
  }
  return false;
}

/* What the parts of a schema say of whether a member is required. */
struct demand {
  bool is_told;
  bool is_required;
};

static void read_demand(const struct search *search, struct place schema, sv name, struct demand *out, unsigned depth) {
  if (!follow(search, &schema) || depth > LIMIT_REFERENCES) {
    return;
  }
  const json *required = json_get(schema.node, SV("required"));
  out->is_told = out->is_told || json_type(required) == JSON_ARRAY;
  out->is_required = out->is_required || has_text(required, name);
  struct place parts = place_get(schema, SV("allOf"));
  for (const json *each = json_first(parts.node); each; each = each->next) {
    read_demand(search, (struct place){parts.source, each}, name, out, depth + 1);
  }
}

/* The schema of a member, in the object's own properties or in a part of it. */
static bool find_property(const struct search *search, struct place schema, sv name, struct place *out,
                          unsigned depth) {
  if (!follow(search, &schema) || depth > LIMIT_REFERENCES) {
    return false;
  }
  *out = place_get(place_get(schema, SV("properties")), name);
  struct place parts = place_get(schema, SV("allOf"));
  for (const json *each = json_first(parts.node); each && !out->node; each = each->next) {
    find_property(search, (struct place){parts.source, each}, name, out, depth + 1);
  }
  return out->node != NULL;
}

static bool step_into(struct search *search, sv name) {
  unsigned long long index = 0;
  struct place schema = search->at;
  struct demand demand = {false, false};
  if (!follow(search, &schema)) {
    return false;
  }
  if (json_get(schema.node, SV("oneOf")) || json_get(schema.node, SV("anyOf"))) {
    return false;
  }
  struct place items = place_get(schema, SV("items"));
  if (items.node && sv_to_uint(name, ULLONG_MAX, &index)) {
    search->at = items;
    return true;
  }
  if (!find_property(search, schema, name, &search->at, 0)) {
    return false;
  }
  read_demand(search, schema, name, &demand, 0);
  search->out->is_optional = search->out->is_optional || (demand.is_told && !demand.is_required);
  return true;
}

static const struct operation_entry *entry_in(const struct operation_list *list, const struct operation *operation) {
  for (size_t i = 0; i < list->count; i++) {
    if (list->items[i].compiled == operation) {
      return &list->items[i];
    }
  }
  return NULL;
}

/* The schema of a response's JSON; Swagger has it in the response itself. */
static bool find_schema(const struct search *search, struct place response, struct place *out) {
  if (!follow(search, &response)) {
    return false;
  }
  *out = place_get(response, SV("schema"));
  struct place content = place_get(response, SV("content"));
  for (const json *each = json_first(content.node); each && !out->node; each = each->next) {
    if (media_type_kind(json_name(each)) == MEDIA_JSON) {
      *out = place_get((struct place){content.source, each}, SV("schema"));
    }
  }
  return out->node != NULL;
}

/* That of the only successful response that has one. */
static bool find_success(struct search *search, struct place responses) {
  size_t count = 0;
  for (const json *each = json_first(responses.node); each; each = each->next) {
    struct place schema;
    if (sv_starts(json_name(each), SV("2")) && find_schema(search, (struct place){responses.source, each}, &schema)) {
      search->at = schema;
      count++;
    }
  }
  return count == 1;
}

static const json *values_of(const struct search *search) {
  struct place schema = search->at;
  return follow(search, &schema) ? json_get(schema.node, SV("enum")) : NULL;
}

bool response_member_find(struct openapi *openapi, const struct operation *operation, sv pointer,
                          struct response_member *out) {
  struct search search = {.files = openapi->files, .out = out};
  const struct operation_entry *entry = entry_in(&openapi->index.own, operation);
  struct err ignored;
  err_clear(&ignored);
  *out = (struct response_member){NULL, false};
  entry = entry ? entry : entry_in(&openapi->index.referred, operation);
  if (!entry || !find_success(&search, place_get(entry->node, SV("responses")))) {
    return false;
  }
  sv token;
  bool found = true;
  while (pointer_next_token(openapi->files->arena, &pointer, &token, &found, &ignored) && found) {
    if (!step_into(&search, token)) {
      return false;
    }
  }
  out->values = values_of(&search);
  return ignored.code == ERR_NONE;
}
