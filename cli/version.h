/* What this program was made from. */
#ifndef ARAZZO_VERSION_TEXT_H
#define ARAZZO_VERSION_TEXT_H

struct sb;

/* Appends the version, the commit, the compiler, and the versions of the libraries that are in use now, a line each. */
void version_put(struct sb *out);

#endif
