/* Trusted certificate authorities: one PEM file, chosen as AWS's tools and OpenSSL choose it, or those of the program.
 *
 * AWS_CA_BUNDLE replaces the other authorities, it does not add to them. A file that is named and can't be read is
 * an error rather than a reason to fall back: whoever set it wants to trust something else. A program that has
 * authorities (the function, see docs/adr/0010-embedded-roots.md) does not read the system's file, which takes longer
 * than the first request; one without, built for a developer's machine, trusts what the machine trusts. */
#include "trust.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "environment.h"
#include "errinfo.h"
#include "trust_roots.h"

static const char *const SYSTEM_FILES[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",   /* Amazon Linux, Fedora */
    "/etc/ssl/certs/ca-certificates.crt", /* Debian, Ubuntu, Alpine */
    "/etc/ssl/cert.pem",
};

static bool is_readable_file(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 && S_ISREG(found.st_mode) && access(path, R_OK) == 0;
}

static bool use_named(struct arena *arena, const char *variable, sv value, struct trust *out, struct err *e) {
  *out = (struct trust){.source = variable};
  if (!sv_to_text(arena, value, &out->ca_file, e)) {
    return false;
  }
  return is_readable_file(out->ca_file) ||
         err_set(e, ERR_INVALID,
                 "%s names \"%s\", which is not a file that can be read; name a PEM file of certificates, or "
                 "unset it to trust the system's",
                 variable, out->ca_file);
}

bool trust_from_environment(struct arena *arena, const struct environment *environment, struct trust *out,
                            struct err *e) {
  static const char *const variables[] = {"AWS_CA_BUNDLE", "SSL_CERT_FILE"};
  sv value;
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
    if (environment_get(environment, variables[i], &value)) {
      return use_named(arena, variables[i], value, out, e);
    }
  }
  if (TRUST_ROOTS.count) {
    *out = (struct trust){.source = "Mozilla's list", .embedded = true};
    return true;
  }
  *out = (struct trust){.source = "the system's default"};
  for (size_t i = 0; !out->ca_file && i < sizeof SYSTEM_FILES / sizeof *SYSTEM_FILES; i++) {
    out->ca_file = is_readable_file(SYSTEM_FILES[i]) ? SYSTEM_FILES[i] : NULL;
  }
  return true;
}
