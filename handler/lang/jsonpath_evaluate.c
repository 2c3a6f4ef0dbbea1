/* Evaluation of queries (RFC 9535 2.1.2, 2.3, 2.5), node list by node list.
 *
 * All node lists lie on one stack: a segment reads the part that the segment before it pushed, pushes its own nodes on top
 * and moves them down. A query in a filter works above that and leaves the stack as it found it, so that the memory is
 * that of the nodes alive, not of all nodes ever seen.
 *
 * Bounds: every node that is selected, or tried by a filter, is a visit; every link that is followed in cJSON's lists and
 * every piece of text that is compared is a step. Both are counted over the whole evaluation, filters within filters
 * included. The result is in the order of the document, descendants after their ancestors. */
#include "jsonpath_evaluate.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"

#define FIRST_CAPACITY ((size_t)64)
#define NODE_BYTES sizeof(const json *)
#define NAME_BYTES_PER_STEP 64

/* Trees that the program itself puts together may be deeper than one that it reads. */
#define DEPTH_MAX ((size_t)2 * LIMIT_JSON_DEPTH)

bool evaluation_spend(struct evaluation *ev, uint64_t steps) {
  if (steps > ev->steps) {
    return err_set(ev->e, ERR_LIMIT, "the JSONPath takes more than %d steps on this value; make it more specific",
                   LIMIT_JSONPATH_STEPS);
  }
  ev->steps -= steps;
  return true;
}

bool evaluation_visit(struct evaluation *ev) {
  if (++ev->visits > LIMIT_JSONPATH_NODES) {
    return err_set(ev->e, ERR_LIMIT, "the JSONPath visits more than %d nodes of this value; make it more specific",
                   LIMIT_JSONPATH_NODES);
  }
  return true;
}

bool evaluation_push(struct evaluation *ev, const json *node) {
  if (!evaluation_visit(ev)) {
    return false;
  }
  if (ev->node_count == ev->node_capacity) {
    size_t capacity = ev->node_capacity ? 2 * ev->node_capacity : FIRST_CAPACITY;
    const json **grown = arena_grow(ev->arena, ev->nodes, ev->node_capacity * NODE_BYTES, capacity * NODE_BYTES);
    if (!grown) {
      return err_memory(ev->e);
    }
    ev->nodes = grown;
    ev->node_capacity = capacity;
  }
  ev->nodes[ev->node_count++] = node;
  return true;
}

void evaluation_pop(struct evaluation *ev, const struct selection *selection) {
  ev->node_count = selection->base;
}

bool evaluate_member(struct evaluation *ev, const json *object, sv name, const json **out) {
  *out = NULL;
  if (json_type(object) != JSON_OBJECT) {
    return true;
  }
  for (const json *member = json_first(object); member; member = member->next) {
    sv candidate = json_name(member);
    if (!evaluation_spend(ev, 1 + candidate.len / NAME_BYTES_PER_STEP)) {
      return false;
    }
    if (sv_eq(candidate, name)) {
      *out = member;
      return true;
    }
  }
  return true;
}

/* RFC 9535 2.3.3.2: negative indexes count from the end. cJSON's first element knows the last one. */
bool evaluate_element(struct evaluation *ev, const json *array, int64_t index, const json **out) {
  *out = NULL;
  const json *first = json_type(array) == JSON_ARRAY ? json_first(array) : NULL;
  const json *at = index < 0 && first ? first->prev : first;
  for (int64_t i = index < 0 ? -index - 1 : index; at && i > 0; i--) {
    if (!evaluation_spend(ev, 1)) {
      return false;
    }
    at = index >= 0 ? at->next : at == first ? NULL : at->prev;
  }
  *out = at;
  return true;
}

/* RFC 9535 2.3.4.2.2: Normalize. */
static int64_t normalise(int64_t index, int64_t length) {
  return index >= 0 ? index : length + index;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high) {
  return value < low ? low : value > high ? high : value;
}

/* Pushes the elements from index `from`, which is `*at`, as far as but not including `to`, every `step`-th. */
static bool push_stepwise(struct evaluation *ev, const json *at, int64_t from, int64_t to, int64_t step) {
  bool forward = step > 0;
  int64_t until_next = 0;
  for (int64_t i = from; at && (forward ? i < to : i > to); i += forward ? 1 : -1) {
    if (!evaluation_spend(ev, 1)) {
      return false;
    }
    if (until_next == 0) {
      if (!evaluation_push(ev, at)) {
        return false;
      }
      until_next = forward ? step : -step;
    }
    until_next--;
    at = forward ? at->next : at->prev;
  }
  return true;
}

/* RFC 9535 2.3.4.2.2 */
static bool select_slice(struct evaluation *ev, const struct slice *slice, const json *node) {
  int64_t length = (int64_t)json_count(node);
  if (json_type(node) != JSON_ARRAY || slice->step == 0 || length == 0) {
    return true;
  }
  bool forward = slice->step > 0;
  int64_t start = slice->has_start ? normalise(slice->start, length) : forward ? 0 : length - 1;
  int64_t end = slice->has_end ? normalise(slice->end, length) : forward ? length : -1;
  int64_t low = forward ? 0 : -1;
  int64_t high = forward ? length : length - 1;
  int64_t from = clamp(start, low, high);
  const json *at = NULL;
  if (!evaluation_spend(ev, (uint64_t)length)) {
    return false;
  }
  return evaluate_element(ev, node, from < 0 ? length : from, &at) &&
         push_stepwise(ev, at, from, clamp(end, low, high), slice->step);
}

static bool select_all(struct evaluation *ev, const json *node) {
  for (const json *child = json_first(node); child; child = child->next) {
    if (!evaluation_push(ev, child)) {
      return false;
    }
  }
  return true;
}

/* RFC 9535 2.3.5.2: the children for which the expression holds. */
static bool select_filter(struct evaluation *ev, const struct logical *filter, const json *node) {
  for (const json *child = json_first(node); child; child = child->next) {
    enum verdict verdict = VERDICT_FAILS;
    if (!evaluation_visit(ev) || !evaluate_logical(ev, filter, child, &verdict)) {
      return false;
    }
    if (verdict == VERDICT_HOLDS && !evaluation_push(ev, child)) {
      return false;
    }
    ev->is_uncertain = ev->is_uncertain || verdict == VERDICT_UNKNOWN;
  }
  return true;
}

/* The node that a name or an index selects, or NULL. */
static bool select_one(struct evaluation *ev, const struct selector *selector, const json *node, const json **out) {
  if (selector->kind == SELECTOR_EXTERNAL) {
    return evaluate_external_selector(ev, selector, node, out);
  }
  return selector->kind == SELECTOR_NAME ? evaluate_member(ev, node, selector->name, out)
                                         : evaluate_element(ev, node, selector->index, out);
}

static bool apply_selector(struct evaluation *ev, const struct selector *selector, const json *node) {
  const json *one = NULL;
  switch (selector->kind) {
  case SELECTOR_NAME:
  case SELECTOR_INDEX:
  case SELECTOR_EXTERNAL:
    return select_one(ev, selector, node, &one) && (!one || evaluation_push(ev, one));
  case SELECTOR_WILDCARD:
    return select_all(ev, node);
  case SELECTOR_SLICE:
    return select_slice(ev, &selector->slice, node);
  case SELECTOR_FILTER:
    return select_filter(ev, selector->filter, node);
  }
  return true;
}

static bool apply_selectors(struct evaluation *ev, const struct segment *segment, const json *node) {
  for (const struct selector *selector = segment->selectors; selector; selector = selector->next) {
    if (!evaluation_spend(ev, 1) || !apply_selector(ev, selector, node)) {
      return false;
    }
  }
  return true;
}

/* RFC 9535 2.5.2.2: the node itself first, then its children, each with all of its descendants. */
static bool apply_to_descendants(struct evaluation *ev, const struct segment *segment, const json *node, size_t depth) {
  if (depth > DEPTH_MAX) {
    return err_set(ev->e, ERR_LIMIT, "the value nests more than %zu levels", DEPTH_MAX);
  }
  if (!evaluation_visit(ev) || !apply_selectors(ev, segment, node)) {
    return false;
  }
  for (const json *child = json_first(node); child; child = child->next) {
    if (!apply_to_descendants(ev, segment, child, depth + 1)) {
      return false;
    }
  }
  return true;
}

/* Replaces the nodes above `base` by what the segment selects from them. */
static bool apply_segment(struct evaluation *ev, const struct segment *segment, size_t base) {
  size_t end = ev->node_count;
  for (size_t i = base; i < end; i++) {
    const json *node = ev->nodes[i];
    if (!(segment->is_descendant ? apply_to_descendants(ev, segment, node, 0) : apply_selectors(ev, segment, node))) {
      return false;
    }
  }
  memmove(ev->nodes + base, ev->nodes + end, (ev->node_count - end) * NODE_BYTES);
  ev->node_count -= end - base;
  return true;
}

bool evaluate_segments(struct evaluation *ev, const struct segment *segments, const json *start,
                       struct selection *out) {
  bool outer_is_uncertain = ev->is_uncertain;
  ev->is_uncertain = false;
  out->base = ev->node_count;
  if (!evaluation_push(ev, start)) {
    return false;
  }
  for (const struct segment *segment = segments; segment; segment = segment->next) {
    if (!apply_segment(ev, segment, out->base)) {
      return false;
    }
  }
  out->count = ev->node_count - out->base;
  out->is_uncertain = ev->is_uncertain;
  ev->is_uncertain = outer_is_uncertain;
  return true;
}

bool evaluate_query(struct evaluation *ev, const struct query *query, const json *current, struct selection *out) {
  return evaluate_segments(ev, query->segments, query->is_absolute ? ev->root : current, out);
}

bool evaluate_singular(struct evaluation *ev, const struct query *query, const json *current, const json **out) {
  const json *node = query->is_absolute ? ev->root : current;
  for (const struct segment *segment = query->segments; segment && node; segment = segment->next) {
    if (!evaluation_spend(ev, 1) || !select_one(ev, segment->selectors, node, &node)) {
      return false;
    }
  }
  *out = node;
  return true;
}
