/* SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), MD5 (RFC 1321), and lower-case hexadecimal text. */
#ifndef ARAZZO_DIGEST_H
#define ARAZZO_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

#define SHA256_BYTES 32
#define SHA256_HEX_BYTES 64

struct sha256 {
  uint8_t bytes[SHA256_BYTES];
};

struct sha256_hex {
  char text[SHA256_HEX_BYTES + 1]; /* NUL-terminated */
};

#define MD5_BYTES 16

struct md5 {
  uint8_t bytes[MD5_BYTES];
};

/* The digest of `data`. ERR_INTERNAL when OpenSSL fails. */
bool sha256(sv data, struct sha256 *out, struct err *e);

/* The MD5 digest of `data`, for the header Content-MD5: it finds accidents, and proves nothing. ERR_INTERNAL when OpenSSL fails. */
bool md5(sv data, struct md5 *out, struct err *e);

/* HMAC of `data` under `key`. ERR_INTERNAL when OpenSSL fails. */
bool hmac_sha256(sv key, sv data, struct sha256 *out, struct err *e);

/* The digest as 64 lower-case hexadecimal digits. */
struct sha256_hex sha256_to_hex(const struct sha256 *digest);

/* A view of the digest's bytes, for use as the next HMAC key; it lives as long as `digest`. */
sv sha256_view(const struct sha256 *digest);

#endif
