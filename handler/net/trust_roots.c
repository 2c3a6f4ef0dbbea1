/* Certificate authorities in read-only data, parsed one by one when a chain asks for them.
 *
 * A file of authorities has to be read, decoded from base64 and parsed as a whole before the first request, which is
 * most of the time of that request. A chain needs one of them. So they lie in the program as DER, sorted by the hash
 * that OpenSSL makes of a subject's name in its canonical form (RFC 5280 7.1: case and white space do not matter), and a
 * lookup method of OpenSSL's certificate store finds those of one name: all of them, since an authority that renews its
 * certificate keeps its name. They go into the store, from where OpenSSL takes the one whose key fits.
 *
 * Revocation is not looked at, as in libcurl's default. */
#include "trust_roots.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

static X509 *parse(const struct trust_root *root) {
  const unsigned char *der = TRUST_ROOTS.der + root->offset;
  return d2i_X509(NULL, &der, (long)root->length);
}

/* The first item whose hash is not below this one. */
static size_t first_of(uint32_t subject_hash) {
  size_t low = 0;
  for (size_t high = TRUST_ROOTS.count; low < high;) {
    size_t middle = low + (high - low) / 2;
    if (TRUST_ROOTS.items[middle].subject_hash < subject_hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/* OpenSSL's contract for such methods (X509_LOOKUP_meth_new(3)): what is found goes into the store, and `found` holds it
 * with a count that the caller raises once more, so that one is given up here. */
static int hand_over(X509_LOOKUP *lookup, X509 *authority, X509_OBJECT *found, bool first) {
  int ok = X509_STORE_add_cert(X509_LOOKUP_get_store(lookup), authority) == 1 &&
           (!first || X509_OBJECT_set1_X509(found, authority) == 1);
  if (ok && first) {
    X509_free(authority);
  }
  return ok;
}

/* 1 found, 0 not found or no memory. */
static int by_subject(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type, const X509_NAME *name, X509_OBJECT *found) {
  int hashed = 0;
  int count = 0;
  uint32_t wanted = (uint32_t)X509_NAME_hash_ex(name, NULL, NULL, &hashed);
  if (type != X509_LU_X509 || !hashed) {
    return 0;
  }
  for (size_t i = first_of(wanted); i < TRUST_ROOTS.count && TRUST_ROOTS.items[i].subject_hash == wanted; i++) {
    X509 *authority = parse(&TRUST_ROOTS.items[i]);
    if (authority && X509_NAME_cmp(X509_get_subject_name(authority), name) == 0) {
      count += hand_over(lookup, authority, found, count == 0);
    }
    X509_free(authority);
  }
  return count > 0;
}

/* One for the life of the process: OpenSSL's stores keep pointers to it, and libcurl keeps stores. */
static X509_LOOKUP_METHOD *method(void) {
  static X509_LOOKUP_METHOD *made = NULL;
  if (!made) {
    made = X509_LOOKUP_meth_new("authorities of this program");
    if (made && !X509_LOOKUP_meth_set_get_by_subject(made, by_subject)) {
      X509_LOOKUP_meth_free(made);
      made = NULL;
    }
  }
  return made;
}

bool trust_roots_offer(void *ssl_context) {
  X509_STORE *store = SSL_CTX_get_cert_store(ssl_context);
  return store && method() && X509_STORE_add_lookup(store, method());
}
