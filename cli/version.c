/* arazzo --version. Of a library the version that runs counts, which need not be the one that the headers were of; each library is asked
 * for its own. The commit is a header that the build writes (cmake/commit.cmake). */
#include "version.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <libxml/parser.h>
#include <openssl/crypto.h>
#include <pcre2.h>
#include <yaml.h>

#include "commit.h"
#include "sb.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* "10.42 2022-12-11" */
static void put_pcre2(struct sb *out) {
  char version[64] = "";
  if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) <= (int)sizeof version) {
    pcre2_config(PCRE2_CONFIG_VERSION, version);
  }
  sb_format(out, "PCRE2 %.*s\n", SV_ARG(sv_slice(sv_from(version), 0, sv_find(sv_from(version), ' '))));
}

/* "20914" is 2.9.14. */
static void put_xml(struct sb *out) {
  unsigned long long number = 0;
  sv text = sv_from(xmlParserVersion);
  size_t digits = 0;
  while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9') {
    digits++;
  }
  sv_to_uint(sv_slice(text, 0, digits), 999999, &number);
  sb_format(out, "libxml2 %llu.%llu.%llu\n", number / 10000, number / 100 % 100, number % 100);
}

void version_put(struct sb *out) {
  sb_format(out, "arazzo %s\ncommit %s\n%s\n", ARAZZO_VERSION, ARAZZO_COMMIT, COMPILER);
  sb_format(out, "libcurl %s\n", curl_version_info(CURLVERSION_NOW)->version);
  sb_format(out, "OpenSSL %s\n", OpenSSL_version(OPENSSL_VERSION_STRING));
  sb_format(out, "cJSON %s\n", cJSON_Version());
  sb_format(out, "libyaml %s\n", yaml_get_version_string());
  put_pcre2(out);
  put_xml(out);
}
