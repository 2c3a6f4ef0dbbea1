/* Why a server's certificate could not be verified, for the person who must act. */
#ifndef ARAZZO_TRUST_VERDICT_H
#define ARAZZO_TRUST_VERDICT_H

struct trust_verdict {
  const char *what;   /* "the certificate has expired" */
  const char *advice; /* what to do about it */
};

/* What OpenSSL's verification result (X509_V_ERR_…) means. Results that say nothing (X509_V_OK, and the value that
 * libcurl begins with) are of a certificate that was verified, but is for another host. */
struct trust_verdict trust_verdict_of(long verify_result);

#endif
