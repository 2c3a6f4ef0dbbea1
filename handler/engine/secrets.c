/* Which values of a run are secrets: inputs whose schema says `format: password` (Arazzo 1.1.0, "Data Types"). The state and
 * the outputs hold them as they are, since the run needs the one and its caller asked for the other; log lines, errors and
 * lastStep do not.
 *
 * Not known here: credentials, which never reach a text, and what a service answers. A step's output that repeats an input
 * is hidden all the same, because its text is. */
#include "secrets.h"

#include "errinfo.h"
#include "masking.h"
#include "schema.h"

struct collecting {
  struct masking *masking;
  struct err *e;
};

static bool collect(void *context, sv secret) {
  struct collecting *c = context;
  return masking_add(c->masking, secret, c->e);
}

bool secrets_add(struct masking *masking, const struct workflow *workflow, const json *inputs, struct arena *arena,
                 struct err *e) {
  struct collecting c = {masking, e};
  return !workflow->inputs ||
         (schema_each_secret(workflow->inputs, arena, inputs, collect, &c, e) && e->code == ERR_NONE);
}
