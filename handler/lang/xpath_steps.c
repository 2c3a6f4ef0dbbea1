/* Location steps (XPath 1.0 2): for each node of a set, the nodes on an axis that pass a test and the predicates.
 *
 * The document is one array in document order, so an axis is a walk over a range of it. Node-sets lie on one stack of
 * indexes; a step puts its result above the set that it starts from, and moves it down. What more than one node selects
 * is put in order by a bit for each node of the document, which takes time in proportion to the set, however often a node was
 * selected; a set in progress that has grown to several times the document is put in order before it grows on. */
#include <string.h>

#include "arena.h"
#include "xpath_evaluate.h"

#define FIRST_CAPACITY ((size_t)256)
#define WORD_BITS 64u
#define GROWN_TIMES 4u
#define BYTES_PER_STEP 16u

static bool push(struct xevaluation *ev, uint32_t node) {
  if (ev->node_count == ev->node_capacity) {
    size_t capacity = ev->node_capacity ? 2 * ev->node_capacity : FIRST_CAPACITY;
    uint32_t *grown = arena_grow(ev->arena, ev->nodes, ev->node_capacity * sizeof *grown, capacity * sizeof *grown);
    if (!grown) {
      return err_memory(ev->e);
    }
    ev->nodes = grown;
    ev->node_capacity = capacity;
  }
  ev->nodes[ev->node_count++] = node;
  return true;
}

/* ---- order ---- */

static bool is_arranged(const struct xevaluation *ev, size_t base) {
  for (size_t i = base + 1; i < ev->node_count; i++) {
    if (ev->nodes[i - 1] >= ev->nodes[i]) {
      return false;
    }
  }
  return true;
}

/* The nodes whose bits are set in one word; clears it. */
static void take_word(struct xevaluation *ev, size_t word) {
  for (uint64_t bits = ev->seen[word]; bits; bits &= bits - 1) {
    ev->nodes[ev->node_count++] = (uint32_t)(word * WORD_BITS) + (uint32_t)__builtin_ctzll(bits);
  }
  ev->seen[word] = 0;
}

bool nodes_arrange(struct xevaluation *ev, size_t base) {
  if (!xevaluation_spend(ev, ev->node_count - base)) {
    return false;
  }
  if (is_arranged(ev, base)) {
    return true;
  }
  if (!ev->seen) {
    ev->seen = arena_array(ev->arena, ev->document->count / WORD_BITS + 1, sizeof *ev->seen);
  }
  if (!ev->seen) {
    return err_memory(ev->e);
  }
  uint32_t low = ev->nodes[base];
  uint32_t high = low;
  for (size_t i = base; i < ev->node_count; i++) {
    uint32_t node = ev->nodes[i];
    low = node < low ? node : low;
    high = node > high ? node : high;
    ev->seen[node / WORD_BITS] |= (uint64_t)1 << (node % WORD_BITS);
  }
  ev->node_count = base;
  for (size_t word = low / WORD_BITS; word <= high / WORD_BITS; word++) {
    take_word(ev, word);
  }
  return xevaluation_spend(ev, 1 + (high - low) / WORD_BITS);
}

/* ---- node tests ---- */

/* XPath 1.0 2.3: the principal node type of an axis. */
static enum xml_kind principal(enum axis axis) {
  return axis == AXIS_ATTRIBUTE ? XML_ATTRIBUTE : axis == AXIS_NAMESPACE ? XML_NAMESPACE : XML_ELEMENT;
}

static bool is_in_namespace(const struct xevaluation *ev, const struct step *step, const struct xml_node *node) {
  if (step->prefix) {
    sv uri = ev->uris[step->prefix->index];
    return uri.ptr && sv_eq(uri, node->uri);
  }
  /* XPath 2.0 2.1.1: the host sets the default namespace of element names; here it is the document's. XPath 1.0 2.3: an
   * unprefixed name is in no namespace. */
  return node->uri.len == 0 || (node->kind == XML_ELEMENT && ev->default_uri.len && sv_eq(ev->default_uri, node->uri));
}

static bool passes(const struct xevaluation *ev, const struct step *step, const struct xml_node *node) {
  switch (step->test) {
  case TEST_NAME:
    return node->kind == principal(step->axis) && sv_eq(node->name, step->name) && is_in_namespace(ev, step, node);
  case TEST_ANY_NAME:
    return node->kind == principal(step->axis);
  case TEST_ANY_IN:
    return node->kind == principal(step->axis) && is_in_namespace(ev, step, node);
  case TEST_NODE:
    return true;
  case TEST_TEXT:
    return node->kind == XML_TEXT;
  case TEST_COMMENT:
    return node->kind == XML_COMMENT;
  case TEST_INSTRUCTION:
    return node->kind == XML_INSTRUCTION && (!step->has_target || sv_eq(node->name, step->name));
  }
  return false;
}

/* A document chooses how long its names and namespaces are, which are compared for each node. */
static uint64_t compared_bytes(const struct step *step, const struct xml_node *node) {
  bool is_named = node->name.len == step->name.len;
  return (is_named ? node->name.len : 0) + (is_named || step->test == TEST_ANY_IN ? node->uri.len : 0);
}

static bool visit(struct xevaluation *ev, const struct step *step, uint32_t index) {
  const struct xml_node *node = &ev->document->nodes[index];
  return xevaluation_spend(ev, 1 + compared_bytes(step, node) / BYTES_PER_STEP) &&
         (!passes(ev, step, node) || push(ev, index));
}

/* ---- axes ---- */

static bool is_beside(const struct xml_node *node) {
  return node->kind == XML_ATTRIBUTE || node->kind == XML_NAMESPACE;
}

/* Siblings from `at` on, before `end`. */
static bool walk_siblings(struct xevaluation *ev, const struct step *step, uint32_t at, uint32_t end) {
  for (; at < end; at = ev->document->nodes[at].end) {
    if (!visit(ev, step, at)) {
      return false;
    }
  }
  return true;
}

/* All nodes from `at` on, before `end`, but attributes and namespaces. */
static bool walk_range(struct xevaluation *ev, const struct step *step, uint32_t at, uint32_t end) {
  for (; at < end; at++) {
    bool ok = is_beside(&ev->document->nodes[at]) ? xevaluation_spend(ev, 1) : visit(ev, step, at);
    if (!ok) {
      return false;
    }
  }
  return true;
}

/* Attributes or namespaces of an element. */
static bool walk_beside(struct xevaluation *ev, const struct step *step, uint32_t node) {
  const struct xml_node *nodes = ev->document->nodes;
  for (uint32_t at = node + 1; nodes[node].kind == XML_ELEMENT && at < nodes[node].children; at++) {
    bool ok = nodes[at].kind == principal(step->axis) ? visit(ev, step, at) : xevaluation_spend(ev, 1);
    if (!ok) {
      return false;
    }
  }
  return true;
}

static bool walk_ancestors(struct xevaluation *ev, const struct step *step, uint32_t node) {
  while (node) {
    node = ev->document->nodes[node].parent;
    if (!visit(ev, step, node)) {
      return false;
    }
  }
  return true;
}

/* XPath 1.0 2.2: what is before a node, but its ancestors; the nearest first. */
static bool walk_preceding(struct xevaluation *ev, const struct step *step, uint32_t node) {
  const struct xml_node *nodes = ev->document->nodes;
  for (uint32_t at = node; at-- > 1;) {
    bool skipped = is_beside(&nodes[at]) || nodes[at].end > node;
    if (!(skipped ? xevaluation_spend(ev, 1) : visit(ev, step, at))) {
      return false;
    }
  }
  return true;
}

static void reverse(struct xevaluation *ev, size_t base) {
  for (size_t i = base, j = ev->node_count; i + 1 < j; i++) {
    uint32_t node = ev->nodes[i];
    ev->nodes[i] = ev->nodes[--j];
    ev->nodes[j] = node;
  }
}

static bool walk_sibling_axis(struct xevaluation *ev, const struct step *step, uint32_t node) {
  const struct xml_node *nodes = ev->document->nodes;
  if (node == 0 || is_beside(&nodes[node])) {
    return true;
  }
  const struct xml_node *parent = &nodes[nodes[node].parent];
  if (step->axis == AXIS_FOLLOWING_SIBLING) {
    return walk_siblings(ev, step, nodes[node].end, parent->end);
  }
  size_t base = ev->node_count;
  bool ok = walk_siblings(ev, step, parent->children, node);
  reverse(ev, base);
  return ok;
}

/* XPath 1.0 2.2: pushes the nodes on the axis that pass the test, in the order of the axis. */
static bool walk_axis(struct xevaluation *ev, const struct step *step, uint32_t node) {
  const struct xml_node *at = &ev->document->nodes[node];
  switch (step->axis) {
  case AXIS_ANCESTOR:
    return walk_ancestors(ev, step, node);
  case AXIS_ANCESTOR_OR_SELF:
    return visit(ev, step, node) && walk_ancestors(ev, step, node);
  case AXIS_ATTRIBUTE:
  case AXIS_NAMESPACE:
    return walk_beside(ev, step, node);
  case AXIS_CHILD:
    return walk_siblings(ev, step, at->children, at->end);
  case AXIS_DESCENDANT:
    return walk_range(ev, step, at->children, at->end);
  case AXIS_DESCENDANT_OR_SELF:
    return visit(ev, step, node) && walk_range(ev, step, at->children, at->end);
  case AXIS_FOLLOWING:
    return walk_range(ev, step, at->end, ev->document->count);
  case AXIS_PARENT:
    return node == 0 || visit(ev, step, at->parent);
  case AXIS_PRECEDING:
    return walk_preceding(ev, step, node);
  case AXIS_FOLLOWING_SIBLING:
  case AXIS_PRECEDING_SIBLING:
    return walk_sibling_axis(ev, step, node);
  case AXIS_SELF:
    return visit(ev, step, node);
  }
  return false;
}

/* ---- predicates and paths ---- */

/* XPath 1.0 2.4: a number is compared with the position; all else is a boolean. */
static bool holds(struct xevaluation *ev, const struct expr *predicate, struct focus focus, bool *out) {
  struct xvalue value = {0};
  size_t mark = ev->node_count;
  if (!xpath_evaluate(ev, predicate, focus, &value)) {
    return false;
  }
  ev->node_count = mark;
  *out = value.type == XPATH_NUMBER ? value.number == (double)focus.position : xvalue_boolean(&value);
  return true;
}

/* Keeps, of the nodes from `base` up, those for which the predicate holds. */
static bool filter(struct xevaluation *ev, const struct expr *predicate, size_t base) {
  size_t size = ev->node_count - base;
  size_t kept = base;
  for (size_t i = 0; i < size; i++) {
    bool is_kept = false;
    uint32_t node = ev->nodes[base + i];
    if (!holds(ev, predicate, (struct focus){node, i + 1, size}, &is_kept)) {
      return false;
    }
    ev->nodes[kept] = node;
    kept += is_kept;
  }
  ev->node_count = kept;
  return true;
}

static bool filter_all(struct xevaluation *ev, const struct expr *predicates, size_t base) {
  for (const struct expr *predicate = predicates; predicate; predicate = predicate->next) {
    if (!filter(ev, predicate, base)) {
      return false;
    }
  }
  return true;
}

/* Replaces the nodes from `base` up by what the step selects from them. */
static bool take_step(struct xevaluation *ev, const struct step *step, size_t base) {
  size_t made = ev->node_count;
  for (size_t i = base; i < made; i++) {
    size_t selected = ev->node_count;
    if (!walk_axis(ev, step, ev->nodes[i]) || !filter_all(ev, step->predicates, selected)) {
      return false;
    }
    bool has_grown = ev->node_count - made > GROWN_TIMES * (size_t)ev->document->count;
    if (has_grown && !nodes_arrange(ev, made)) {
      return false;
    }
  }
  if (!nodes_arrange(ev, made)) {
    return false;
  }
  size_t count = ev->node_count - made;
  if (count) {
    memmove(ev->nodes + base, ev->nodes + made, count * sizeof *ev->nodes);
  }
  ev->node_count = base + count;
  return true;
}

/* Pushes the nodes that the path starts from. */
static bool begin_path(struct xevaluation *ev, const struct expr *path, struct focus focus) {
  struct xvalue start = {0};
  if (!path->first) {
    return push(ev, path->is_absolute ? 0 : focus.node);
  }
  return xpath_evaluate(ev, path->first, focus, &start) && filter_all(ev, path->predicates, start.base);
}

bool xpath_path_nodes(struct xevaluation *ev, const struct expr *path, struct focus focus, struct xvalue *out) {
  size_t base = ev->node_count;
  if (!begin_path(ev, path, focus)) {
    return false;
  }
  for (const struct step *step = path->steps; step; step = step->next) {
    if (!take_step(ev, step, base)) {
      return false;
    }
  }
  *out = (struct xvalue){.type = XPATH_NODES, .base = base, .count = ev->node_count - base};
  return true;
}
