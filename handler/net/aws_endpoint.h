/* Host names of AWS: partitions, regions, and what a service's host is called in each of them. */
#ifndef ARAZZO_AWS_ENDPOINT_H
#define ARAZZO_AWS_ENDPOINT_H

#include <stdbool.h>

#include "aws_endpoint_table.h"
#include "sv.h"

struct sb;

/* True for text that has the form of an AWS region: lower-case words and a number, joined by '-'. */
bool region_is_valid(sv region);

struct aws_partition {
  enum aws_partition_id id;
  const char *name;          /* as ARNs have it: "aws-cn" */
  const char *region_prefix; /* of the names of its regions; the commercial partition has the others */
  const char *suffix;        /* of host names */
  const char *dual_stack_suffix;
  const char *global_region; /* where its services without regions are signed for */
};

/* The partition that the region belongs to; the commercial one for every name that is not known to be another's. */
const struct aws_partition *aws_partition_of(sv region);

/* What a host name says. */
struct aws_host {
  sv prefix;                             /* what stands before the region: "ec2", "api.ecr", "bucket.s3" */
  sv region;                             /* empty: it names none ("iam.amazonaws.com") */
  const struct aws_partition *partition; /* by its region, else by its suffix */
  unsigned variant;                      /* bits of enum aws_variant that it has already */
  bool is_regular; /* prefix, region and suffix are all that it consists of: another can be made of it */
};

/* The environment variable that asks for the variant; of both, that of FIPS. */
const char *aws_variant_variable(unsigned variant);

/* Reads a host name; false when it is not under a domain of AWS's APIs. The texts are views of it. */
bool aws_host_read(sv host, struct aws_host *out);

/* Appends the host of the service with this prefix in the region, in this variant: as AWS's own endpoint rules say, else by
 * the pattern prefix[-fips].region.suffix. */
void aws_host_put(struct sb *out, sv prefix, sv region, unsigned variant);

/* What requests to a host are signed for that was made for `region`: the region it names, else its partition's global one. */
sv aws_host_signing_region(sv host, sv region);

/* True when the service has one host for all regions of the partition of `region`. */
bool aws_service_is_global(sv prefix, sv region);

/* The name that requests to the host with this prefix are signed with. */
sv aws_signing_name(sv prefix);

/* The n-th name, in upper case, that the SDKs have for the service (several share a prefix), as AWS_ENDPOINT_URL_… has it;
 * false when there are no more. A prefix without any goes by its signing name. */
bool aws_service_id(sv prefix, size_t n, sv *out);

#endif
