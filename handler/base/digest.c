/* Digests by OpenSSL's one-shot functions. */
#include "digest.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "errinfo.h"

bool sha256(sv data, struct sha256 *out, struct err *e) {
  unsigned length = 0;
  if (EVP_Digest(data.ptr, data.len, out->bytes, &length, EVP_sha256(), NULL) != 1 || length != SHA256_BYTES) {
    return err_set(e, ERR_INTERNAL, "OpenSSL could not compute SHA-256");
  }
  return true;
}

bool md5(sv data, struct md5 *out, struct err *e) {
  unsigned length = 0;
  if (EVP_Digest(data.ptr, data.len, out->bytes, &length, EVP_md5(), NULL) != 1 || length != MD5_BYTES) {
    return err_set(e, ERR_INTERNAL, "OpenSSL could not compute MD5");
  }
  return true;
}

bool hmac_sha256(sv key, sv data, struct sha256 *out, struct err *e) {
  unsigned length = 0;
  if (key.len > INT_MAX) {
    return err_set(e, ERR_LIMIT, "the HMAC key is too long");
  }
  const unsigned char *bytes = (const unsigned char *)data.ptr;
  if (!HMAC(EVP_sha256(), key.ptr, (int)key.len, bytes, data.len, out->bytes, &length) || length != SHA256_BYTES) {
    return err_set(e, ERR_INTERNAL, "OpenSSL could not compute HMAC-SHA-256");
  }
  return true;
}

struct sha256_hex sha256_to_hex(const struct sha256 *digest) {
  static const char digits[] = "0123456789abcdef";
  struct sha256_hex hex = {{0}};
  for (size_t i = 0; i < SHA256_BYTES; i++) {
    hex.text[2 * i] = digits[digest->bytes[i] >> 4];
    hex.text[2 * i + 1] = digits[digest->bytes[i] & 15];
  }
  return hex;
}

sv sha256_view(const struct sha256 *digest) {
  return (sv){(const char *)digest->bytes, SHA256_BYTES};
}
