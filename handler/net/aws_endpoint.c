/* Host names of AWS (AWS General Reference, "AWS service endpoints"; AWS SDKs and Tools Reference Guide, "Dual-stack and FIPS
 * endpoints").
 *
 * The pattern is prefix[-fips].region.suffix, where partition and kind decide about the suffix: amazonaws.com and
 * amazonaws.com.cn, api.aws for dual-stack hosts. S3's dual-stack hosts have the word "dualstack" before the region instead.
 * What follows no pattern (services without regions, "fips.batch", hosts that are FIPS hosts by themselves in GovCloud) is in
 * aws_endpoint_table.c.
 *
 * Reading goes the other way, from the suffix to the left. Hosts with labels between region and suffix (VPC endpoints,
 * OpenSearch domains, SQS's old names) and S3's old "s3-region" are understood, but not regular: they stay as they are. */
#include "aws_endpoint.h"

#include "sb.h"

static const struct aws_partition partitions[] = {
    {AWS_PARTITION_COMMERCIAL, "aws", "", "amazonaws.com", "api.aws", "us-east-1"},
    {AWS_PARTITION_CHINA, "aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"},
    {AWS_PARTITION_GOV, "aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "us-gov-west-1"},
    {AWS_PARTITION_EUSC, "aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"},
    {AWS_PARTITION_ISO, "aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"},
    {AWS_PARTITION_ISO_B, "aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"},
    {AWS_PARTITION_ISO_E, "aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"},
    {AWS_PARTITION_ISO_F, "aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"},
};
#define PARTITIONS (sizeof partitions / sizeof partitions[0])

bool region_is_valid(sv region) {
  size_t dashes = 0;
  for (size_t i = 0; i < region.len; i++) {
    char c = region.ptr[i];
    if (c == '-') {
      dashes++;
      if (i == 0 || region.ptr[i - 1] == '-') {
        return false;
      }
    } else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
      return false;
    }
  }
  return region.len > 3 && region.len <= 63 && dashes >= 2 && region.ptr[region.len - 1] >= '0' &&
         region.ptr[region.len - 1] <= '9';
}

const struct aws_partition *aws_partition_of(sv region) {
  for (size_t i = AWS_PARTITION_COMMERCIAL + 1; i < PARTITIONS; i++) {
    if (sv_starts(region, sv_from(partitions[i].region_prefix))) {
      return &partitions[i];
    }
  }
  return &partitions[AWS_PARTITION_COMMERCIAL];
}

/* ---- Reading ---- */

/* Cuts ".suffix" off the host. */
static bool cut_suffix(sv *host, const char *suffix) {
  sv end = sv_from(suffix);
  if (host->len < end.len + 2 || !sv_ends(*host, end) || host->ptr[host->len - end.len - 1] != '.') {
    return false;
  }
  *host = sv_slice(*host, 0, host->len - end.len - 1);
  return true;
}

/* Cuts the last label off: "a.b.c" is "a.b" and "c", "c" is "" and "c". */
static sv cut_label(sv *labels) {
  size_t start = labels->len;
  while (start && labels->ptr[start - 1] != '.') {
    start--;
  }
  sv label = sv_slice(*labels, start, labels->len);
  *labels = sv_slice(*labels, 0, start ? start - 1 : 0);
  return label;
}

/* Which suffix the host has; false when it is none of AWS's. */
static bool read_suffix(sv *labels, struct aws_host *out) {
  for (size_t i = 0; i < PARTITIONS; i++) {
    bool dual_stack = cut_suffix(labels, partitions[i].dual_stack_suffix);
    if (dual_stack || cut_suffix(labels, partitions[i].suffix)) {
      out->partition = &partitions[i];
      out->variant = dual_stack ? AWS_VARIANT_DUAL_STACK : AWS_VARIANT_PLAIN;
      return true;
    }
  }
  out->partition = &partitions[AWS_PARTITION_COMMERCIAL]; /* function URLs of Lambda: id.lambda-url.region.on.aws */
  return cut_suffix(labels, "on.aws");
}

/* The region, where the host names one, and what stands before it. */
static void read_region(sv labels, struct aws_host *out) {
  sv before = labels;
  sv last = cut_label(&before);
  sv further = before;
  sv second = cut_label(&further);
  out->prefix = labels;
  if (sv_starts(last, SV("s3-")) && region_is_valid(sv_slice(last, 3, last.len))) {
    out->region = sv_slice(last, 3, last.len);
    out->prefix = sv_slice(labels, 0, labels.len - out->region.len - 1);
  } else if (region_is_valid(last)) {
    out->region = last;
    out->prefix = before;
    out->is_regular = before.len != 0;
  } else if (region_is_valid(second) && !sv_starts(last, SV("s3"))) {
    out->region = second;
  } else {
    out->is_regular = true;
  }
}

/* Hosts of a whole partition: "iam.us-gov", "iam.global". */
static void read_global(struct aws_host *out) {
  sv before = out->prefix;
  sv last = cut_label(&before);
  bool is_gov = sv_eq(last, SV("us-gov"));
  if (is_gov || (before.len && sv_eq(last, SV("global")))) {
    out->prefix = before;
  }
  if (is_gov) {
    out->partition = &partitions[AWS_PARTITION_GOV];
  }
}

/* What makes a variant of a host, out of its prefix. */
static void read_variant(struct aws_host *out) {
  sv before = out->prefix;
  if (sv_eq(cut_label(&before), SV("dualstack"))) {
    out->variant |= AWS_VARIANT_DUAL_STACK;
    out->prefix = before;
  }
  if (sv_ends(out->prefix, SV("-fips"))) {
    out->variant |= AWS_VARIANT_FIPS;
    out->prefix = sv_slice(out->prefix, 0, out->prefix.len - 5);
  } else if (sv_contains(out->prefix, SV("-fips.")) || sv_starts(out->prefix, SV("fips."))) {
    out->variant |= AWS_VARIANT_FIPS;
    out->is_regular = false;
  }
}

const char *aws_variant_variable(unsigned variant) {
  return variant & AWS_VARIANT_FIPS ? "AWS_USE_FIPS_ENDPOINT" : "AWS_USE_DUALSTACK_ENDPOINT";
}

bool aws_host_read(sv host, struct aws_host *out) {
  sv labels = host;
  *out = (struct aws_host){.is_regular = false};
  if (!read_suffix(&labels, out)) {
    return false;
  }
  read_region(labels, out);
  if (out->region.len) {
    out->partition = aws_partition_of(out->region);
  } else {
    read_global(out);
  }
  read_variant(out);
  out->is_regular = out->is_regular && !sv_ends(host, SV("on.aws"));
  return true;
}

/* ---- Making ---- */

static const struct aws_host_rule *find_rule(sv prefix, const struct aws_partition *partition, unsigned variant) {
  for (size_t i = 0; i < aws_host_rule_count; i++) {
    const struct aws_host_rule *rule = &aws_host_rules[i];
    if (rule->variant == variant && rule->partitions >> partition->id & 1 && sv_eq(prefix, sv_from(rule->prefix))) {
      return rule;
    }
  }
  return NULL;
}

static void put_marker(struct sb *out, sv marker, sv region, const struct aws_partition *partition) {
  if (sv_eq(marker, SV("region"))) {
    sb_put(out, region);
  } else if (sv_eq(marker, SV("global"))) {
    sb_put(out, sv_from(partition->global_region));
  } else {
    sb_put(out, sv_from(sv_eq(marker, SV("dual")) ? partition->dual_stack_suffix : partition->suffix));
  }
}

static void put_by_rule(struct sb *out, const struct aws_host_rule *rule, sv region,
                        const struct aws_partition *partition) {
  sv rest = sv_from(rule->host);
  sv before;
  sv marker;
  while (sv_split(rest, '{', &before, &rest) && sv_split(rest, '}', &marker, &rest)) {
    sb_put(out, before);
    put_marker(out, marker, region, partition);
  }
  sb_put(out, rest);
}

static bool is_fips_by_itself(sv prefix, const struct aws_partition *partition) {
  for (size_t i = 0; partition->id == AWS_PARTITION_GOV && i < aws_gov_fips_count; i++) {
    if (sv_eq(prefix, sv_from(aws_gov_fips[i]))) {
      return true;
    }
  }
  return false;
}

/* S3's hosts, whatever bucket, access point or account stands before them. */
static bool says_dualstack(sv prefix) {
  sv last = cut_label(&prefix);
  return sv_eq(last, SV("s3")) || sv_eq(last, SV("s3-control")) || sv_eq(last, SV("s3-accesspoint"));
}

static void put_by_pattern(struct sb *out, sv prefix, sv region, const struct aws_partition *partition,
                           unsigned variant) {
  bool dual_stack = variant & AWS_VARIANT_DUAL_STACK;
  bool plain_is_fips = variant == AWS_VARIANT_FIPS && is_fips_by_itself(prefix, partition);
  bool says = dual_stack && says_dualstack(prefix);
  sb_put(out, prefix);
  sb_put(out, variant & AWS_VARIANT_FIPS && !plain_is_fips ? SV("-fips.") : SV("."));
  sb_put(out, says ? SV("dualstack.") : SV(""));
  sb_put(out, region);
  sb_char(out, '.');
  sb_put(out, sv_from(dual_stack && !says ? partition->dual_stack_suffix : partition->suffix));
}

void aws_host_put(struct sb *out, sv prefix, sv region, unsigned variant) {
  const struct aws_partition *partition = aws_partition_of(region);
  const struct aws_host_rule *rule = find_rule(prefix, partition, variant);
  if (rule) {
    put_by_rule(out, rule, region, partition);
  } else {
    put_by_pattern(out, prefix, region, partition, variant);
  }
}

sv aws_host_signing_region(sv host, sv region) {
  struct aws_host parts;
  return aws_host_read(host, &parts) && parts.region.len ? parts.region
                                                         : sv_from(aws_partition_of(region)->global_region);
}

bool aws_service_is_global(sv prefix, sv region) {
  const struct aws_host_rule *rule = find_rule(prefix, aws_partition_of(region), AWS_VARIANT_PLAIN);
  return rule && !sv_contains(sv_from(rule->host), SV("{region}"));
}

/* ---- Names of services ---- */

sv aws_signing_name(sv prefix) {
  for (size_t i = 0; i < aws_service_count; i++) {
    if (sv_eq(prefix, sv_from(aws_services[i].prefix))) {
      return sv_from(aws_services[i].signing_name);
    }
  }
  return cut_label(&prefix);
}

bool aws_service_id(sv prefix, size_t n, sv *out) {
  for (size_t i = 0; i < aws_service_count; i++) {
    if (sv_eq(prefix, sv_from(aws_services[i].prefix)) && n-- == 0) {
      *out = sv_from(aws_services[i].service_id);
      return true;
    }
  }
  return false;
}
