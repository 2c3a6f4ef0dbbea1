/* Host names of AWS: what they say, and what they are in other regions and variants. */
#include "aws_endpoint.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/net/aws_endpoint.json"

static void is_text(const cJSON *data, const char *member, sv got) {
  if (!sv_eq(got, sv_from(case_text(data, member)))) {
    fail_msg("%s is '%.*s'", member, SV_ARG(got));
  }
}

static bool flag(const cJSON *data, const char *member) {
  return cJSON_IsTrue(cJSON_GetObjectItem(data, member));
}

static unsigned variant_of(const cJSON *data) {
  return (flag(data, "fips") ? AWS_VARIANT_FIPS : 0U) | (flag(data, "dualStack") ? AWS_VARIANT_DUAL_STACK : 0U);
}

static void reads(void **state) {
  const struct case_state *c = *state;
  struct aws_host host;
  if (!cJSON_HasObjectItem(c->data, "prefix")) {
    assert_false(aws_host_read(sv_from(case_text(c->data, "host")), &host));
    return;
  }
  assert_true(aws_host_read(sv_from(case_text(c->data, "host")), &host));
  is_text(c->data, "prefix", host.prefix);
  is_text(c->data, "region", host.region);
  is_text(c->data, "suffix", sv_from(host.partition->suffix));
  is_text(c->data, "global", sv_from(host.partition->global_region));
  assert_int_equal(host.variant, variant_of(c->data));
  assert_int_equal(host.is_regular, !flag(c->data, "irregular"));
}

static void makes(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(KIB(64));
  struct sb host = sb_new(arena, KIB(1));
  aws_host_put(&host, sv_from(case_text(c->data, "prefix")), sv_from(case_text(c->data, "region")),
               variant_of(c->data));
  is_text(c->data, "host", sb_view(&host));
  arena_drop(arena);
}

static void regions(void **state) {
  const struct case_state *c = *state;
  assert_int_equal(region_is_valid(sv_from(c->name)), flag(c->data, "valid"));
}

static void names(void **state) {
  const struct case_state *c = *state;
  const cJSON *ids = cJSON_GetObjectItem(c->data, "ids");
  sv id;
  is_text(c->data, "signingName", aws_signing_name(sv_from(c->name)));
  for (int i = 0; i < cJSON_GetArraySize(ids); i++) {
    assert_true(aws_service_id(sv_from(c->name), (size_t)i, &id));
    assert_true(sv_eq(id, sv_from(cJSON_GetArrayItem(ids, i)->valuestring)));
  }
  assert_false(aws_service_id(sv_from(c->name), (size_t)cJSON_GetArraySize(ids), &id));
}

int main(void) {
  return cases_run("hosts: read", CASES, "read", reads) + cases_run("hosts: put", CASES, "put", makes) +
         cases_run("regions", CASES, "regions", regions) + cases_run("services", CASES, "services", names);
}
