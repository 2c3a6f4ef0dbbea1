/* Which certificate authorities are trusted. */
#ifndef ARAZZO_TRUST_H
#define ARAZZO_TRUST_H

#include <stdbool.h>

struct arena;
struct environment;
struct err;

struct trust {
  const char *ca_file; /* PEM; NULL: what the TLS library was built with, unless `embedded` */
  const char *source;  /* who chose, for errors: "AWS_CA_BUNDLE", "SSL_CERT_FILE", "the system's default" … */
  bool embedded;       /* TRUST_ROOTS, and no file */
};

/* AWS_CA_BUNDLE, else SSL_CERT_FILE, else the authorities of the program, else (it has none) the first of the
 * distributions' files that can be read. ERR_INVALID when a file that a variable names can't be read; ERR_MEMORY. The
 * file's name lives in the arena. */
bool trust_from_environment(struct arena *arena, const struct environment *environment, struct trust *out,
                            struct err *e);

#endif
