/* Errors of structure are gathered first. What they spoiled must not be told of again in other words, so each is noted at the innermost
 * object or element that it is about; the compiler leaves out the steps and workflows that hold such a node, and is silent about
 * references to them (ERR_KNOWN). */
#include "findings.h"

#include "arena.h"
#include "gathering.h"

static bool mark(struct findings *findings, const json *node, struct err *e) {
  struct broken *made = arena_alloc(findings->arena, sizeof *made);
  if (!made) {
    err_clear(e);
    return err_memory(e);
  }
  *made = (struct broken){node, findings->broken};
  findings->broken = made;
  return true;
}

bool findings_are_gathered(const struct findings *findings) {
  return findings && findings->gathering;
}

bool findings_gather(struct findings *findings, const json *broken, struct err *one, struct err *all) {
  if (!findings_are_gathered(findings)) {
    return gather(NULL, one, all);
  }
  if (broken && !mark(findings, broken, one)) {
    return gather(NULL, one, all);
  }
  return gather(findings->gathering, one, all);
}

static bool is_marked(const struct findings *findings, const json *node) {
  for (const struct broken *each = findings->broken; each; each = each->next) {
    if (each->node == node) {
      return true;
    }
  }
  return false;
}

/* Recursion is as deep as the document, which its parser bounds. */
bool findings_is_whole(const struct findings *findings, const json *node) {
  if (!findings->broken || !node) {
    return true;
  }
  bool is_whole = !is_marked(findings, node);
  for (const json *each = json_first(node); each && is_whole; each = each->next) {
    is_whole = findings_is_whole(findings, each);
  }
  return is_whole;
}
