/* The manual page, arazzo(1), made from the tables of commands. */
#ifndef ARAZZO_MANUAL_H
#define ARAZZO_MANUAL_H

struct sb;

/* Appends the page, in roff with the macros of man(7). */
void manual_put(struct sb *out);

#endif
