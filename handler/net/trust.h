/* Which certificate authorities are trusted. */
#ifndef ARAZZO_TRUST_H
#define ARAZZO_TRUST_H

#include <stdbool.h>

struct arena;
struct environment;
struct err;

struct trust {
  const char *ca_file; /* PEM; NULL: what the TLS library was built with */
  const char *source;  /* who named it, for errors: "AWS_CA_BUNDLE", "SSL_CERT_FILE", "the system's default" */
};

/* AWS_CA_BUNDLE, else SSL_CERT_FILE, else the first of the distributions' files that can be read. ERR_INVALID when a
 * file that a variable names can't be read; ERR_MEMORY. The file's text lives in the arena. */
bool trust_from_environment(struct arena *arena, const struct environment *environment, struct trust *out,
                            struct err *e);

#endif
