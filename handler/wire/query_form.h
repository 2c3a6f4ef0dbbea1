/* JSON values as parameters of AWS's query protocols, in a form or in a URL's query. */
#ifndef ARAZZO_QUERY_FORM_H
#define ARAZZO_QUERY_FORM_H

#include <stdbool.h>

#include "wire_schema.h"

struct sb;

enum query_flavour {
  QUERY_AWS, /* Smithy's awsQuery: Names.member.1=a */
  QUERY_EC2  /* Smithy's ec2Query: Name.1=a */
};

/* Appends what the value of one parameter comes to: pairs name=value, percent-encoded, with '&' between them and, unless `out` is
 * empty or ends in '?' or '&', in front of the first one. `name` is written as it is; names below it are as the schema has
 * them. null comes to nothing; so does an empty list in ec2's flavour, while in the other one it is "name=". `schema` may be NULL.
 *
 * An array is Name.member.1, or with xml.name of its items in place of member; Name.1 where wrapped: false is written, and always in
 * ec2's flavour. A map is Name.entry.1.key and Name.entry.1.value, or Name.1.key. Texts that are base64 already stay so.
 *
 * ERR_LIMIT for LIMIT_WIRE_STEPS; that `out` is full is seen by its owner. Recursion is as deep as the value nests. */
bool query_form_put(struct sb *out, sv name, const json *value, const struct wire_schema *schema,
                    enum query_flavour flavour, struct err *e);

/* The same for each member of an object, as a whole form: members that the schema knows are called as it says. ERR_INVALID when
 * `value` is no object. */
bool query_form_write(struct sb *out, const json *value, const struct wire_schema *schema, enum query_flavour flavour,
                      struct err *e);

#endif
