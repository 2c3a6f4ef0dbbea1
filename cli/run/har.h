/* `--har FILE`: the exchanges of a run as an HTTP Archive 1.2, for browsers' developer tools. */
#ifndef ARAZZO_HAR_H
#define ARAZZO_HAR_H

#include "new_file.h"
#include "record.h"

struct har {
  struct new_file file;
  bool is_open;
  bool has_entries;
};

/* Begins the file. Errors of new_file_open. */
bool har_open(struct har *har, sv path, struct err *e);

/* Adds the tries of a step; `step` is a record without secrets, whose memory `record` lends. */
bool har_add(struct har *har, const struct record *record, const json *step, struct err *e);
bool har_finish(struct har *har, struct err *e);
void har_drop(struct har *har);

#endif
