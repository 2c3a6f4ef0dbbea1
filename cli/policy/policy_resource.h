/* Resources of permissions: patterns with the names that a step gives put in. */
#ifndef ARAZZO_POLICY_RESOURCE_H
#define ARAZZO_POLICY_RESOURCE_H

#include <stdbool.h>

#include "json.h"

/* Stands in values for what is not known: a character that no name has. It becomes '*'. */
#define POLICY_UNKNOWN "\x01"

/* Whose resources they are; "*" for what is not known. */
struct policy_place {
  sv partition;
  sv region;
  sv account;
};

/* A resource pattern: "arn:…", or what stands in an ARN behind the account: "table/{TableName}". In braces stands the name of a
 * member of the step's arguments, "Entries.EventBusName" for one of members, also of those in arrays; behind it
 *   |default    what is meant when it is not given, in place of "*"
 *   :name       of an ARN, the name behind the first '/'
 *   :base       what is behind the last '/'
 *   :last       the same, of what is no ARN
 *   :tail       what is behind the last ':'
 *   :path       without a '/' at the front
 *   :parameter  the same, without the version or label behind ':'
 * A value that is an ARN, under no transformation, :last, :path or :parameter, stands for the whole pattern up to it.
 *
 * {partition}, {region} and {account} are those of the place. */
struct policy_pattern {
  struct arena *arena;
  const struct policy_place *place;
  sv service; /* of an ARN */
  const char *text;
  const json *arguments;
};

/* Whether the step gives the member: "Targets.RoleArn". NULL is given always, and "!Name" when Name is not. */
bool policy_is_given(const json *arguments, const char *member);

/* The n-th resource of the pattern, of which there are as many as its longest list has values; false when there are no more, and when
 * there is no memory (`*out` is empty then). `*unknown` is the name of the first member that left a '*', or empty. The text has
 * POLICY_UNKNOWN in place of '*'. */
bool policy_resource_make(const struct policy_pattern *pattern, size_t n, sv *out, sv *unknown);

/* The resource as IAM reads it: '*', '?' and '$' of names are escaped, POLICY_UNKNOWN is '*'. Empty without memory. */
sv policy_resource_present(struct arena *arena, sv resource);

#endif
