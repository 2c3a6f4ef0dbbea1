/* libcurl's result codes as errors that say what to do.
 *
 * The first that fits is told: a proxy that refused the tunnel, a certificate that can't be verified, a TLS handshake
 * that failed, then the table of codes. libcurl has one code for all handshakes that fail, and tells them apart only in
 * the words of its TLS library; those are looked through for the few outcomes that have a remedy of their own, and an
 * outcome that is worded otherwise is told as a handshake that failed. Those words are part of the error in any case,
 * but for failures around the proxy's URL, which libcurl may quote with its password. */
#include "transport_failure.h"

#include <curl/curl.h>
#include <string.h>

#include "errinfo.h"
#include "trust.h"
#include "trust_verdict.h"

struct outcome {
  enum err_code error;
  const char *what;
  const char *advice;
};

static const struct {
  CURLcode code;
  struct outcome outcome;
} CODES[] = {
    {CURLE_COULDNT_RESOLVE_HOST,
     {ERR_NETWORK, "the host name has no address",
      "check the server's URL and the region in it, and that the function has DNS"}},
    {CURLE_COULDNT_RESOLVE_PROXY,
     {ERR_NETWORK, "the proxy's host name has no address", "check http_proxy, https_proxy and all_proxy"}},
    {CURLE_COULDNT_CONNECT,
     {ERR_NETWORK, "no connection",
      "check that the server runs and that proxy, security groups and routes let the function reach it (in a VPC it "
      "needs a NAT gateway or a VPC endpoint)"}},
    {CURLE_PROXY, {ERR_NETWORK, "the proxy did not let the request through", "check the proxy"}},
    {CURLE_PARTIAL_FILE, {ERR_NETWORK, "the connection ended in the middle of the answer", ""}},
    {CURLE_GOT_NOTHING, {ERR_NETWORK, "the connection ended before an answer came", ""}},
    {CURLE_SEND_ERROR, {ERR_NETWORK, "the connection was lost while the request was sent", ""}},
    {CURLE_RECV_ERROR, {ERR_NETWORK, "the connection was lost before the whole answer came", ""}},
    {CURLE_ABORTED_BY_CALLBACK,
     {ERR_NETWORK, "the connection was lost before an answer came", "the request was not sent a second time"}},
    {CURLE_WEIRD_SERVER_REPLY, {ERR_NETWORK, "the answer is not HTTP/1.1", "check the URL's scheme and port"}},
    {CURLE_UNSUPPORTED_PROTOCOL, {ERR_NETWORK, "the answer is not HTTP/1.1", "check the URL's scheme and port"}},
    {CURLE_URL_MALFORMAT, {ERR_INVALID, "libcurl does not accept the URL", "check the server's URL, and the proxy's"}},
    {CURLE_OUT_OF_MEMORY,
     {ERR_LIMIT, "libcurl ran out of memory, or one header of the answer is longer than it accepts", ""}},
#if LIBCURL_VERSION_NUM >= 0x080600
    {CURLE_TOO_LARGE, {ERR_LIMIT, "one header of the answer is longer than libcurl accepts", ""}},
#endif
};

#define OLD_TLS                                                                                                        \
  { ERR_TLS, "the server speaks TLS 1.1 or older, which is not safe", "let the server speak TLS 1.2 or later" }
#define NO_TLS                                                                                                         \
  { ERR_NETWORK, "the server's port does not speak TLS", "check the URL's scheme and port" }
#define LOST_HANDSHAKE                                                                                                 \
  {                                                                                                                    \
    ERR_NETWORK, "the connection was lost during the TLS handshake",                                                   \
        "check that the URL's port speaks TLS, and that no firewall or proxy in between ends the connection"           \
  }

/* A handshake that failed, by words of OpenSSL and libcurl. RFC 8446 6.2 names the alerts. */
static const struct {
  const char *words;
  struct outcome outcome;
} HANDSHAKES[] = {
    {"unsupported protocol", OLD_TLS},
    {"alert protocol version", OLD_TLS},
    {"wrong version number", NO_TLS},
    {"packet length too long", NO_TLS},
    {"handshake failure",
     {ERR_NETWORK, "the server refused the TLS handshake",
      "it may share no cipher with this client, or ask for a client's certificate, which is not supported"}},
    {"certificate required",
     {ERR_NETWORK, "the server asks for a client's certificate, which is not supported",
      "let it accept signed requests"}},
    {"unrecognized name", {ERR_NETWORK, "the server does not know the host name", "check the URL's host"}},
    {"reset by peer", LOST_HANDSHAKE},
    {"unexpected eof", LOST_HANDSHAKE},
    {"Broken pipe", LOST_HANDSHAKE},
    {"SSL_ERROR_SYSCALL", LOST_HANDSHAKE},
};

static const struct outcome HANDSHAKE = {ERR_NETWORK, "the TLS handshake failed",
                                         "check that the URL's port speaks TLS 1.2 or later"};
static const struct outcome UNKNOWN = {ERR_NETWORK, "the request failed", ""};

static struct outcome handshake_outcome(const char *detail) {
  for (size_t i = 0; i < sizeof HANDSHAKES / sizeof *HANDSHAKES; i++) {
    if (strstr(detail, HANDSHAKES[i].words)) {
      return HANDSHAKES[i].outcome;
    }
  }
  return HANDSHAKE;
}

static struct outcome outcome_of(const struct transport_failure *failure) {
  if (failure->code == CURLE_SSL_CONNECT_ERROR) {
    return handshake_outcome(failure->detail);
  }
  for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) {
    if ((int)CODES[i].code == failure->code) {
      return CODES[i].outcome;
    }
  }
  return UNKNOWN;
}

/* libcurl's words may quote the proxy's URL for these. */
static bool may_quote_proxy(int code) {
  return code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_URL_MALFORMAT || code == CURLE_PROXY;
}

static const char *detail_of(const struct transport_failure *failure) {
  bool usable = *failure->detail && !may_quote_proxy(failure->code);
  return usable ? failure->detail : curl_easy_strerror((CURLcode)failure->code);
}

static bool report_trust(const struct transport_failure *failure, struct err *e) {
  const struct trust *trust = failure->trust;
  struct trust_verdict verdict = trust_verdict_of(failure->verify_result);
  const char *file = trust->embedded ? "this program" : "libcurl's built-in file";
  return err_set(e, ERR_TLS,
                 "the certificate of %.*s can't be verified: %s (%s); %s; trusted are the authorities in %s (%s)",
                 SV_ARG(failure->host), verdict.what, detail_of(failure), verdict.advice,
                 trust->ca_file ? trust->ca_file : file, trust->source);
}

static bool report_bundle(const struct transport_failure *failure, struct err *e) {
  const struct trust *trust = failure->trust;
  return err_set(e, ERR_TLS,
                 "no certificate can be verified: the authorities in %s (%s) can't be read (%s); name a PEM file of "
                 "certificates in AWS_CA_BUNDLE",
                 trust->ca_file ? trust->ca_file : "libcurl's built-in file", trust->source, detail_of(failure));
}

/* RFC 9110 9.3.6: only a 2xx answer to CONNECT makes a tunnel; 15.5.8: 407 asks for a user and a password. */
static bool report_proxy(const struct transport_failure *failure, struct err *e) {
  return err_set(e, ERR_NETWORK, "%.*s: the proxy answered %ld in place of a tunnel; %s", SV_ARG(failure->host),
                 failure->connect_status,
                 failure->connect_status == 407
                     ? "it wants a user and a password: write http://USER:PASSWORD@HOST:PORT in https_proxy"
                     : "check that it lets the function reach the host, or put the host into no_proxy");
}

bool transport_failure_report(const struct transport_failure *failure, struct err *e) {
  if (failure->connect_status >= 300) {
    return report_proxy(failure, e);
  }
  if (failure->code == CURLE_PEER_FAILED_VERIFICATION) {
    return report_trust(failure, e);
  }
  if (failure->code == CURLE_SSL_CACERT_BADFILE) {
    return report_bundle(failure, e);
  }
  struct outcome outcome = outcome_of(failure);
  return err_set(e, outcome.error, "%.*s: %s (%s)%s%s", SV_ARG(failure->host), outcome.what, detail_of(failure),
                 *outcome.advice ? "; " : "", outcome.advice);
}
