/* Files that `arazzo run` writes, and those that it reads. */
#ifndef ARAZZO_OUTPUT_FILES_H
#define ARAZZO_OUTPUT_FILES_H

#include "arguments.h"

/* None is written that is read by an option as @FILE, except for the one of --resume by --save. ERR_INVALID. */
bool output_files_check(const struct arguments *arguments, struct err *e);

#endif
