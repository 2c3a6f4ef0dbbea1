/* A file that appears as a whole: it is written under another name, and takes the place of an older one at the end. */
#ifndef ARAZZO_NEW_FILE_H
#define ARAZZO_NEW_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "limits.h"
#include "sv.h"

struct err;

struct new_file {
  FILE *file; /* NULL: not open */
  long tail;  /* the offset behind which the next text goes */
  char path[LIMIT_PATH_BYTES];
  char part[LIMIT_PATH_BYTES]; /* "PATH.part-XXXXXX" */
};

/* Whether a file may take the place of what has this name: a device, as /dev/null, and a folder stay. ERR_INVALID. */
bool new_file_check(const char *path, struct err *e);
/* Whether both paths lead to one file, also by a link, or have the same name in the same folder, however that is spelled. */
bool new_file_is(sv path, sv other);

/* Begins the file, with mode 0600. ERR_INVALID when it can't be made, or when something else than a file has its name; ERR_LIMIT
 * for a path that is too long. */
bool new_file_open(struct new_file *file, sv path, struct err *e);

/* Appends `text`, and behind it `tail`, in whose place the next text comes: so what there is can be read at any time. ERR_INVALID. */
bool new_file_add(struct new_file *file, sv text, sv tail, struct err *e);

/* Lets others read the file, as far as the process's mask lets them. ERR_INVALID. */
bool new_file_share(struct new_file *file, struct err *e);

/* Gives the file its name, once its content is on the disk. ERR_INVALID; what was written then stays under its other name. */
bool new_file_finish(struct new_file *file, struct err *e);

/* Removes what was written. Also for a file that is not open. */
void new_file_drop(struct new_file *file);

/* Writes a file as a whole. */
bool new_file_write(sv path, sv text, struct err *e);

#endif
