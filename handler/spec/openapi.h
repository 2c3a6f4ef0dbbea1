/* OpenAPI descriptions: the operations that steps refer to. */
#ifndef ARAZZO_OPENAPI_H
#define ARAZZO_OPENAPI_H

#include <stdbool.h>

#include "parameter_text.h"
#include "yaml_load.h"

/* One parameter that the description declares for an operation. */
struct operation_parameter {
  sv name;
  enum parameter_in in;
  bool required;
  const char
      *unsupported; /* what of its description can't be followed; NULL: nothing. It is refused where it is used */
  bool is_json;     /* its value is sent as JSON text (`content`) */
  bool explode;     /* repeats the name for each element of an array; else the elements are joined by commas */
};

/* How requests to the operation are authenticated. */
enum operation_signing { SIGNING_NONE, SIGNING_AWS_SIGV4 };

/* An operation as a request needs it; views into the description. */
struct operation {
  sv id;
  sv method;           /* upper case */
  sv path;             /* from the path key, without its #fragment; may hold a query and {parameters} */
  const json *servers; /* array of Server Objects: the operation's, the path's or the document's; NULL: none */
  const struct operation_parameter *parameters;
  size_t parameter_count;
  const json *request_content; /* media type -> Media Type Object; NULL: the operation takes no body */
  bool request_required;
  const json *responses; /* status -> Response Object */
  enum operation_signing signing;
  sv signing_name; /* x-aws-signingName; empty: from the host */
  const struct openapi *description;
};

/* A loaded description. */
struct openapi {
  const struct source *source;
};

/* Checks that the source is an OpenAPI 3.x description. ERR_INVALID with its place. */
bool openapi_open(struct arena *arena, const struct source *source, const struct openapi **out, struct err *e);

/* Finds the operation by its operationId and reads what requests need of it. `*out` is NULL when there is none. ERR_INVALID
 * when two operations have this id or the operation is not well-formed, ERR_UNSUPPORTED for what is refused. */
bool openapi_operation(struct arena *arena, const struct openapi *openapi, sv operation_id,
                       const struct operation **out, struct err *e);

/* The same for the operation of a path key and a method in lower case. */
bool openapi_operation_at(struct arena *arena, const struct openapi *openapi, sv path, sv method,
                          const struct operation **out, struct err *e);

/* The parameter of this name (header names are compared without case) and place; NULL when the description has none. */
const struct operation_parameter *operation_parameter(const struct operation *operation, sv name, enum parameter_in in);

/* The media types that a response of this status may have by the description: the object of the status, else of its range
 * (2XX), else of "default"; NULL when nothing is said. */
const json *operation_response_content(const struct operation *operation, int status);

/* True for application/json and every type that ends in +json or is application/x-amz-json-…; parameters are ignored. */
bool media_type_is_json(sv media_type);

#endif
