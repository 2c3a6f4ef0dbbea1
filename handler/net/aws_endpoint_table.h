/* What is known of AWS's host names and services beyond their pattern: data for aws_endpoint.c, made by
 * scripts/aws-endpoints. */
#ifndef ARAZZO_AWS_ENDPOINT_TABLE_H
#define ARAZZO_AWS_ENDPOINT_TABLE_H

#include <stddef.h>

enum aws_partition_id {
  AWS_PARTITION_COMMERCIAL,
  AWS_PARTITION_CHINA,
  AWS_PARTITION_GOV,
  AWS_PARTITION_EUSC,
  AWS_PARTITION_ISO,
  AWS_PARTITION_ISO_B,
  AWS_PARTITION_ISO_E,
  AWS_PARTITION_ISO_F
};

/* The variants of a host, as bits. */
enum aws_variant { AWS_VARIANT_PLAIN = 0, AWS_VARIANT_DUAL_STACK = 1, AWS_VARIANT_FIPS = 2 };

/* A host that is not the pattern's. {region}, {global} (the partition's global region), {suffix} and {dual} (its suffixes)
 * stand for themselves. */
struct aws_host_rule {
  const char *prefix;  /* what stands before the region */
  unsigned variant;    /* bits of enum aws_variant */
  unsigned partitions; /* bit N: the partition with id N */
  const char *host;
};

extern const struct aws_host_rule aws_host_rules[];
extern const size_t aws_host_rule_count;

/* Prefixes whose ordinary hosts are the FIPS ones in the regions of AWS GovCloud. */
extern const char *const aws_gov_fips[];
extern const size_t aws_gov_fips_count;

/* A service whose names differ from the last label of its prefix. A prefix may have several services. */
struct aws_service {
  const char *prefix;
  const char *signing_name;
  const char *service_id; /* in upper case with '_', as variables have it */
};

extern const struct aws_service aws_services[];
extern const size_t aws_service_count;

#endif
