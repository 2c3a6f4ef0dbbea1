/* A command as one text, cut into its words. */
#ifndef ARAZZO_SHELL_WORDS_H
#define ARAZZO_SHELL_WORDS_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;

/* Cuts the text at spaces, tabs and line ends as a POSIX shell would: '…' keeps all, "…" all but a backslash before a quote or a
 * backslash, and elsewhere a backslash keeps the next character. Nothing is expanded. `*out` ends in NULL; every word is text
 * in the arena. ERR_SYNTAX for a quote without its end, a backslash at the end, and no word at all; ERR_INVALID for a NUL;
 * ERR_MEMORY. No error holds a word. */
bool shell_words_split(struct arena *arena, sv text, char ***out, struct err *e);

#endif
