/* smoke: one command for each library of the static prefix, so that a test can see that it was built with what the function
 * needs (Unicode properties in PCRE2, XPath in libxml2, certificate verification in curl) and that it runs.
 *
 *   smoke yaml TEXT            the scalars, one a line
 *   smoke json TEXT            parsed and printed again
 *   smoke regex PATTERN TEXT   the first match, as UTF-8 with Unicode properties
 *   smoke xpath EXPR XML       the string value of an XPath 1.0 expression
 *   smoke hmac KEY TEXT        HMAC-SHA-256, hexadecimal
 *   smoke get URL [CA_FILE]    the body; with CA_FILE, only certificates that it vouches for
 *   smoke roots                the number of certificate authorities, each found where its subject's hash says
 *   smoke versions             what curl was built with
 *
 * Exit status 0 and the answer on stdout, or 1 and the library's error on stderr. It does not test the libraries: their
 * authors do. */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "trust_roots.h"

enum { GET_TIMEOUT_MS = 10000 };

static bool failed(const char *what) {
  fprintf(stderr, "smoke: %s\n", what);
  return false;
}

static bool yaml(const char *text, const char *unused) {
  (void)unused;
  yaml_parser_t parser;
  yaml_event_t event;
  if (!yaml_parser_initialize(&parser))
    return failed("no memory");
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, strlen(text));
  bool ended = false;
  while (!ended && yaml_parser_parse(&parser, &event)) {
    if (event.type == YAML_SCALAR_EVENT)
      puts((const char *)event.data.scalar.value);
    ended = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  if (!ended)
    failed(parser.problem);
  yaml_parser_delete(&parser);
  return ended;
}

static bool json(const char *text, const char *unused) {
  (void)unused;
  cJSON *root = cJSON_Parse(text);
  char *printed = root ? cJSON_PrintUnformatted(root) : NULL;
  if (printed)
    puts(printed);
  cJSON_free(printed);
  cJSON_Delete(root);
  return printed ? true : failed("not JSON");
}

static bool regex(const char *pattern, const char *text) {
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code *code =
      pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &error, &at, NULL);
  if (!code)
    return failed("not a pattern");
  pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
  int count = pcre2_match(code, (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, 0, 0, match, NULL);
  const PCRE2_SIZE *span = pcre2_get_ovector_pointer(match);
  if (count > 0)
    printf("%.*s\n", (int)(span[1] - span[0]), text + span[0]);
  pcre2_match_data_free(match);
  pcre2_code_free(code);
  return count > 0 ? true : failed("no match");
}

static bool xpath(const char *expression, const char *xml) {
  xmlDocPtr document = xmlReadMemory(xml, (int)strlen(xml), "argument", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
  if (!document)
    return failed("not XML");
  xmlXPathContextPtr context = xmlXPathNewContext(document);
  xmlXPathObjectPtr object = xmlXPathEvalExpression((const xmlChar *)expression, context);
  xmlChar *value = object ? xmlXPathCastToString(object) : NULL;
  if (value)
    puts((const char *)value);
  xmlFree(value);
  xmlXPathFreeObject(object);
  xmlXPathFreeContext(context);
  xmlFreeDoc(document);
  return value ? true : failed("not an XPath expression");
}

static bool hmac(const char *key, const char *text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text, strlen(text), digest, &length)) {
    return failed("no HMAC");
  }
  for (unsigned int i = 0; i < length; i++)
    printf("%02x", digest[i]);
  putchar('\n');
  return true;
}

static bool get(const char *url, const char *ca_file) {
  char error[CURL_ERROR_SIZE] = "";
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL *easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)GET_TIMEOUT_MS);
  if (*ca_file)
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
  CURLcode code = curl_easy_perform(easy);
  if (code != CURLE_OK)
    fprintf(stderr, "smoke: curl %d: %s\n", (int)code, *error ? error : curl_easy_strerror(code));
  curl_easy_cleanup(easy);
  curl_global_cleanup();
  return code == CURLE_OK;
}

/* True when the item is one whole certificate, and this OpenSSL hashes its subject as the one that made the array. */
static bool is_in_place(const struct trust_root *root) {
  const unsigned char *der = TRUST_ROOTS.der + root->offset;
  X509 *certificate = d2i_X509(NULL, &der, (long)root->length);
  bool ok = certificate && der == TRUST_ROOTS.der + root->offset + root->length &&
            X509_NAME_hash_ex(X509_get_subject_name(certificate), NULL, NULL, NULL) == root->subject_hash;
  X509_free(certificate);
  return ok;
}

static bool roots(const char *unused, const char *unused_too) {
  (void)unused;
  (void)unused_too;
  for (size_t i = 0; i < TRUST_ROOTS.count; i++) {
    bool sorted = i == 0 || TRUST_ROOTS.items[i - 1].subject_hash <= TRUST_ROOTS.items[i].subject_hash;
    if (!sorted || !is_in_place(&TRUST_ROOTS.items[i]))
      return failed("an authority is not in its place");
  }
  printf("%zu\n", TRUST_ROOTS.count);
  return true;
}

static bool versions(const char *unused, const char *unused_too) {
  (void)unused;
  (void)unused_too;
  const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
  puts(curl_version());
  printf("CA file: %s\n", info->cainfo ? info->cainfo : "none");
  printf("protocols:");
  for (const char *const *name = info->protocols; *name; name++)
    printf(" %s", *name);
  printf("\nasynchronous DNS: %s\n", info->features & CURL_VERSION_ASYNCHDNS ? "yes" : "no");
  return true;
}

static const struct command {
  const char *name;
  int least_arguments;
  bool (*run)(const char *first, const char *second);
} commands[] = {
    {"yaml", 1, yaml}, {"json", 1, json}, {"regex", 2, regex}, {"xpath", 2, xpath},
    {"hmac", 2, hmac}, {"get", 1, get},   {"roots", 0, roots}, {"versions", 0, versions},
};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof *commands; i++) {
    if (strcmp(argv[1], commands[i].name) != 0 || argc - 2 < commands[i].least_arguments)
      continue;
    return commands[i].run(argc > 2 ? argv[2] : "", argc > 3 ? argv[3] : "") ? 0 : 1;
  }
  fprintf(stderr, "usage: smoke yaml|json|regex|xpath|hmac|get|roots|versions ARGUMENT...\n");
  return 2;
}
