/* What IAM asks for when an operation of AWS is called, as far as the names alone don't tell. */
#ifndef ARAZZO_POLICY_TABLE_H
#define ARAZZO_POLICY_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "sv.h"

/* A permission that a call of an operation needs. */
struct policy_rule {
  const char *service; /* the signing name */
  const char
      *operation;       /* "CreateImage"; "Describe*" for those that begin so; "*" for those that no other rule names */
  const char *given;    /* a member that the step must give, "!Name" one that it must not; NULL: always */
  const char *action;   /* "s3:GetObject"; NULL: that of the operation's name; "": none is needed */
  const char *resource; /* a pattern (policy_resource.h); "*" where AWS has no resources for the action */
  const char *passed_to; /* of iam:PassRole: the service that gets the role; NULL: anything else */
};

/* A member of an operation's answer that names what it made. */
struct policy_made {
  const char *service;
  const char *operation;
  const char *member; /* the last part of the expression that reads it: "imageBuildVersionArn" */
  const char *given;  /* as above */
  const char *resource;
};

/* Both end with a NULL service. Of the rules for "*", which come last, those of the first given member count. */
extern const struct policy_rule policy_rules[];
extern const struct policy_made policy_makes[];

/* Whether a rule's operation is this one. IAM's names are compared without case. */
bool policy_operation_fits(const char *pattern, sv operation);

/* The prefix of a service's actions, by its signing name. */
sv policy_prefix(sv signing_name);

#endif
