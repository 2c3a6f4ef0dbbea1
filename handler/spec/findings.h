/* What is found out while documents are loaded: warnings, and errors where they are gathered. Internal to spec/. */
#ifndef ARAZZO_FINDINGS_H
#define ARAZZO_FINDINGS_H

#include "document.h"
#include "errinfo.h"

/* Nodes in which a mistake of structure was told: what needs them is not compiled. */
struct broken {
  const json *node;
  const struct broken *next;
};

struct findings {
  struct arena *arena;
  struct warning *warnings; /* LIMIT_WARNINGS of them */
  size_t warning_count;
  struct err refusal;          /* features that are not supported: refused when everything else was checked */
  struct gathering *gathering; /* NULL: the first error ends the load */
  const struct broken *broken;
};

/* gather (gathering.h), for an error in `broken` (may be NULL), which is noted. `findings` may be NULL: nothing is gathered. */
bool findings_gather(struct findings *findings, const json *broken, struct err *one, struct err *all);

/* Whether no mistake of structure was told in the node, or in what lies below it. */
bool findings_is_whole(const struct findings *findings, const json *node);

/* Whether the error is that of a document, and others are gathered beside it. */
bool findings_are_gathered(const struct findings *findings);

#endif
