/* Certificate authorities that are part of the program. */
#ifndef ARAZZO_TRUST_ROOTS_H
#define ARAZZO_TRUST_ROOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trust_root {
  uint32_t subject_hash; /* OpenSSL's X509_NAME_hash of the subject */
  uint32_t offset;       /* of the certificate in `der` */
  uint32_t length;
};

struct trust_roots {
  const struct trust_root *items; /* sorted by subject_hash */
  size_t count;
  const unsigned char *der;
};

/* The program's own: made by scripts/static/roots for the function, none in other builds. */
extern const struct trust_roots TRUST_ROOTS;

/* Lets an SSL_CTX (as libcurl hands it out) look for authorities in TRUST_ROOTS, besides those that it has. False when
 * OpenSSL lacks memory. May be called again for a context that shares its store with an earlier one. */
bool trust_roots_offer(void *ssl_context);

#endif
