/* The rules of `arazzo validate`: what errors are called, and what is warned of. docs/rules.md explains each. */
#ifndef ARAZZO_RULE_H
#define ARAZZO_RULE_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct lint;

struct rule {
  const char *id; /* NULL ends the list */
  bool is_error;
  const char *summary;              /* one sentence */
  const char *mend;                 /* what to do, in general */
  void (*check)(struct lint *lint); /* NULL: the loader finds it, or another rule's check does */
};

/* All rules, errors first. Their order and ids are part of the output: SARIF refers to them. */
extern const struct rule rules[];

/* The rule of this name; NULL when there is none. */
const struct rule *rule_find(const char *id);

/* The rule of an error of the loader. */
const struct rule *rule_of_error(const struct err *e);

#endif
