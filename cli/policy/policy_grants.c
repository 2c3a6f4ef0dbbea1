/* From permissions to statements: sorted, those of one resource have their actions together; then resources with the same actions
 * have one statement. Both are lists of texts, joined and compared. */
#include "policy_grants.h"

#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"

static int compare(const void *a, const void *b) {
  const struct policy_grant *left = a;
  const struct policy_grant *right = b;
  int order = sv_compare(left->passed_to, right->passed_to);
  order = order ? order : sv_compare(left->resource, right->resource);
  return order ? order : sv_compare(left->action, right->action);
}

bool policy_grants_add(struct policy_grants *grants, const struct policy_grant *grant, struct err *e) {
  for (size_t i = 0; i < grants->count; i++) {
    if (compare(&grants->items[i], grant) == 0) {
      return true;
    }
  }
  if (grants->count == grants->capacity) {
    size_t more = grants->capacity ? grants->capacity * 2 : 16;
    struct policy_grant *items = arena_array(grants->arena, more, sizeof *items);
    if (!items) {
      return err_memory(e);
    }
    for (size_t i = 0; i < grants->count; i++) {
      items[i] = grants->items[i];
    }
    grants->items = items;
    grants->capacity = more;
  }
  grants->items[grants->count++] = *grant;
  return true;
}

static bool is_everywhere(const struct policy_grants *grants, const struct policy_grant *grant) {
  for (size_t i = 0; i < grants->count; i++) {
    const struct policy_grant *each = &grants->items[i];
    if (sv_eq(each->resource, SV("*")) && sv_eq(each->action, grant->action) &&
        sv_eq(each->passed_to, grant->passed_to)) {
      return !sv_eq(grant->resource, SV("*"));
    }
  }
  return false;
}

static void drop_repeated(struct policy_grants *grants) {
  size_t kept = 0;
  for (size_t i = 0; i < grants->count; i++) {
    if (!is_everywhere(grants, &grants->items[i])) {
      grants->items[kept++] = grants->items[i];
    }
  }
  grants->count = kept;
}

static json *texts_of(struct arena *arena, sv text) {
  json *list = json_new_array(arena);
  return json_append(list, json_new_string(arena, text)) ? list : NULL;
}

/* {"StringEquals": {"iam:PassedToService": "…"}} */
static json *condition_of(struct arena *arena, sv passed_to) {
  json *test = json_new_object(arena);
  json *condition = json_new_object(arena);
  bool good = json_set(arena, test, SV("iam:PassedToService"), json_new_string(arena, passed_to)) &&
              json_set(arena, condition, SV("StringEquals"), test);
  return good ? condition : NULL;
}

static json *new_statement(struct arena *arena, const struct policy_grant *grant) {
  json *statement = json_new_object(arena);
  bool good =
      json_set(arena, statement, SV("Effect"), json_new_string(arena, SV("Allow"))) &&
      json_set(arena, statement, SV("Action"), texts_of(arena, grant->action)) &&
      json_set(arena, statement, SV("Resource"), texts_of(arena, grant->resource)) &&
      (grant->passed_to.len == 0 || json_set(arena, statement, SV("Condition"), condition_of(arena, grant->passed_to)));
  return good ? statement : NULL;
}

/* A statement for each resource, in the order of the grants. */
static bool by_resource(const struct policy_grants *grants, json *list, struct err *e) {
  json *statement = NULL;
  for (size_t i = 0; i < grants->count; i++) {
    const struct policy_grant *grant = &grants->items[i];
    bool is_next = i > 0 && sv_eq(grant->resource, grant[-1].resource) && sv_eq(grant->passed_to, grant[-1].passed_to);
    if (is_next) {
      if (!json_append(json_get(statement, SV("Action")), json_new_string(grants->arena, grant->action))) {
        return err_memory(e);
      }
      continue;
    }
    statement = new_statement(grants->arena, grant);
    if (!json_append(list, statement)) {
      return err_memory(e);
    }
  }
  return true;
}

/* The statement of the list that allows the same; NULL when there is none. */
static json *same_actions(const json *list, const json *statement) {
  for (json *each = json_first(list); each; each = each->next) {
    if (json_equal(json_get(each, SV("Action")), json_get(statement, SV("Action"))) &&
        json_equal(json_get(each, SV("Condition")), json_get(statement, SV("Condition")))) {
      return each;
    }
  }
  return NULL;
}

static bool merge(struct arena *arena, const json *list, json *out, struct err *e) {
  for (const json *each = json_first(list); each; each = each->next) {
    json *same = same_actions(out, each);
    const json *resource = json_at(json_get(each, SV("Resource")), 0);
    bool good = same ? json_append(json_get(same, SV("Resource")), json_copy(arena, resource))
                     : json_append(out, json_copy(arena, each));
    if (!good) {
      return err_memory(e);
    }
  }
  return true;
}

bool policy_grants_write(struct policy_grants *grants, json **out, struct err *e) {
  struct arena *arena = grants->arena;
  json *list = json_new_array(arena);
  json *statements = json_new_array(arena);
  *out = json_new_object(arena);
  drop_repeated(grants);
  if (grants->count) {
    qsort(grants->items, grants->count, sizeof *grants->items, compare);
  }
  return by_resource(grants, list, e) && merge(arena, list, statements, e) &&
         ((json_set(arena, *out, SV("Version"), json_new_string(arena, SV("2012-10-17"))) &&
           json_set(arena, *out, SV("Statement"), statements)) ||
          err_memory(e));
}
