/* The response from which a run can go on, whatever happens to the process: kept in memory, and with `--save FILE` on the disk. */
#ifndef ARAZZO_CHECKPOINT_H
#define ARAZZO_CHECKPOINT_H

#include <stdbool.h>

#include "errinfo.h"
#include "run.h"

struct checkpoint {
  struct arena *arena;
  sv path;        /* of the file; empty: none */
  sv pending;     /* a RUNNING response of before the request under way, marked as delivered before; empty: none */
  struct err why; /* the file could not be written */
};

/* ERR_INVALID, ERR_LIMIT: the file can't be made, see new_file_open; ERR_MEMORY. */
bool checkpoint_open(struct checkpoint *checkpoint, sv path, struct err *e);
void checkpoint_close(struct checkpoint *checkpoint);

/* The request of the step at the top is going to be sent. */
void checkpoint_before(struct checkpoint *checkpoint, const struct run *run, size_t max_state_bytes);

/* The invocation gave this response. */
void checkpoint_after(struct checkpoint *checkpoint, sv response);

#endif
