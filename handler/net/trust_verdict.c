/* OpenSSL's verification results in words. RFC 5280 6.1 is what is verified; RFC 9110 4.3.4 asks for the host's name.
 *
 * Only results that a server's certificate, or its chain, can bring about are told apart; the rest is rare enough for
 * OpenSSL's own words, which the caller adds in any case. */
#include "trust_verdict.h"

#include <openssl/x509_vfy.h>
#include <stddef.h>

#define NAME_AUTHORITY "name a PEM file that holds its authority in AWS_CA_BUNDLE, if the server is the right one"
#define LEFT_OUT                                                                                                       \
  {                                                                                                                    \
    "its authority is not trusted, or the server leaves out certificates between the two",                             \
        NAME_AUTHORITY "; else let it send its whole chain"                                                            \
  }

static const struct {
  long result;
  struct trust_verdict verdict;
} VERDICTS[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED,
     {"it has expired, or an authority's above it has",
      "renew the server's certificate, or check this machine's clock"}},
    {X509_V_ERR_CERT_NOT_YET_VALID,
     {"it is not valid yet, or an authority's above it is not",
      "check this machine's clock, or give the server a certificate that is valid now"}},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, {"it is signed by itself, not by an authority", NAME_AUTHORITY}},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, {"its authority is not trusted", NAME_AUTHORITY}},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, LEFT_OUT},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, {"the authority above one in its chain is not trusted", NAME_AUTHORITY}},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, LEFT_OUT},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE,
     {"its signature is not its authority's",
      "another server may answer in its place: check the URL's host and the proxy"}},
    {X509_V_ERR_INVALID_CA,
     {"a certificate above it may not vouch for others", "give the server a certificate of an authority"}},
    {X509_V_ERR_INVALID_PURPOSE, {"it is not meant for servers", "give the server a certificate for TLS servers"}},
    {X509_V_ERR_EE_KEY_TOO_SMALL, {"its key is too short", "give the server one with 2048 bits of RSA, or P-256"}},
    {X509_V_ERR_CA_KEY_TOO_SMALL, {"its authority's key is too short", "give the server a certificate of another"}},
    {X509_V_ERR_CA_MD_TOO_WEAK, {"its authority signs with a hash that is broken", "give it one signed with SHA-256"}},
};

static const struct trust_verdict OTHER_HOST = {"it is for another host",
                                                "check the URL's host, or give the server a certificate for that name"};
static const struct trust_verdict OTHER = {"it breaks a rule for certificates",
                                           "check the URL's host, and the server's certificate"};

struct trust_verdict trust_verdict_of(long verify_result) {
  for (size_t i = 0; i < sizeof VERDICTS / sizeof *VERDICTS; i++) {
    if (VERDICTS[i].result == verify_result) {
      return VERDICTS[i].verdict;
    }
  }
  return verify_result == X509_V_OK || verify_result == X509_V_ERR_UNSPECIFIED ? OTHER_HOST : OTHER;
}
