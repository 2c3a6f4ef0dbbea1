/* OpenAPI descriptions (Swagger 2.0, OpenAPI 3.0, 3.1 and 3.2): the operations that steps refer to, as compiled data.
 *
 * An operation holds copies only: the parsed description, which may be many megabytes, is dropped when loading has ended. */
#ifndef ARAZZO_OPENAPI_H
#define ARAZZO_OPENAPI_H

#include <stdbool.h>

#include "media.h"
#include "yaml_load.h"

struct arena;
struct source_set;

/* ---- parameters ---- */

/* One parameter that the description declares for an operation. */
struct operation_parameter {
  sv name; /* of a path parameter without the '+' that marks a greedy one */
  enum parameter_in in;
  bool required;
  struct parameter_style style;
  bool has_content;                 /* the value is written as the media type `content` (and then by no style) */
  enum media_kind content;          /* MEDIA_JSON, MEDIA_FORM or MEDIA_TEXT */
  const struct wire_schema *schema; /* NULL: nothing is said */
  const json *only;                 /* the one value that it may have; NULL: not so */
  const char
      *unsupported; /* what of its description can't be followed; NULL: nothing. It is refused where it is used */
};

/* ---- bodies ---- */

/* The statuses that a response is described for. */
enum status_pattern { STATUS_EXACT, STATUS_RANGE, STATUS_DEFAULT };

struct operation_response {
  enum status_pattern pattern;
  int status; /* exact: itself; range: its first (2XX: 200); default: 0 */
  struct media_list content;
};

/* ---- servers ---- */

struct server_variable {
  sv name;
  sv value;         /* its default; empty: none */
  const sv *values; /* the enum */
  size_t value_count;
};

struct server {
  sv url;  /* with {variables} */
  sv name; /* OpenAPI 3.2; empty: none */
  const struct server_variable *variables;
  size_t variable_count;
};

struct server_list {
  const struct server *items;
  size_t count;
};

/* ---- security ---- */

enum security_type {
  SECURITY_AWS_SIGV4,
  SECURITY_API_KEY,
  SECURITY_HTTP_BASIC,
  SECURITY_HTTP_BEARER,
  SECURITY_OAUTH2_CLIENT_CREDENTIALS,
  SECURITY_OTHER /* any other kind, or a scheme that the description names and does not declare */
};

struct security_scheme {
  sv name; /* by which the description calls it */
  enum security_type type;
  enum parameter_in in; /* SECURITY_API_KEY: header, query or cookie */
  sv parameter;         /* SECURITY_API_KEY: the name of the header, query parameter or cookie */
  sv token_url;         /* SECURITY_OAUTH2_CLIENT_CREDENTIALS; may be relative to the server */
  sv what;              /* `type` as it is written, and for http the scheme: for messages */
};

struct security_requirement {
  const struct security_scheme *scheme;
  const sv *scopes;
  size_t scope_count;
};

/* Requirements that hold together; none: the request may be anonymous. */
struct security_alternative {
  const struct security_requirement *items;
  size_t count;
};

/* Any of the alternatives is enough; none at all: nothing is required. */
struct security {
  const struct security_alternative *items;
  size_t count;
};

/* ---- operations ---- */

/* How requests to the operation are authenticated by ourselves. */
enum operation_signing { SIGNING_NONE, SIGNING_AWS_SIGV4 };

/* What AWS's services speak; AWS_NONE unless the operation is signed, or `info` says x-aws-protocol: some of their operations are
 * anonymous. */
enum aws_protocol { AWS_NONE, AWS_REST_JSON, AWS_JSON_RPC, AWS_QUERY, AWS_EC2, AWS_REST_XML };

/* An operation as a request needs it. */
struct operation {
  sv id;
  sv method;                  /* upper case, but for additionalOperations, which are sent as they are written */
  sv key;                     /* the path key, as it is written */
  sv path;                    /* from the path key, without its #fragment; may hold a query and {parameters} */
  struct server_list servers; /* the operation's, the path's or the document's; their URLs may be relative */
  const struct operation_parameter *parameters;
  size_t parameter_count;
  struct media_list request; /* none: the operation takes no body */
  bool request_required;
  const struct operation_response *responses;
  size_t response_count;
  enum operation_signing signing; /* whether an alternative of its security is AWS's signature */
  struct security security;
  enum aws_protocol protocol;
  bool is_modelled;    /* the description was made from AWS's model */
  sv json_type;        /* what AWS's JSON-RPC takes where application/json is written; empty: another protocol */
  bool deletes;        /* sends DELETE, or is called so in AWS's model: DeleteTable, TerminateInstances */
  bool wants_checksum; /* AWS refuses its body without a checksum (x-aws-checksumRequired) */
  sv aws_operation;    /* its name in AWS's model: CreateTopic */
  sv aws_version;      /* of AWS's API, which the query protocols send as Version: 2010-03-31; empty: not said */
  sv signing_name;     /* empty: from the host */
  sv service_id;       /* by which AWS_ENDPOINT_URL_<SERVICE> is named; empty: not said */
};

/* Whether an operation of this name in AWS's model deletes something: DeleteTable, TerminateInstances. */
bool operation_name_deletes(sv name);

/* A description that is open: its operations can be looked up and compiled. */
struct openapi;

/* Opens a description: the source must be Swagger 2.0 or OpenAPI 3.x. What is compiled lives in `arena`; `files` reads the files
 * that it refers to and holds their trees, and must live as long as operations are looked up. ERR_INVALID, ERR_UNSUPPORTED with
 * the place; ERR_MEMORY. */
bool openapi_open(struct arena *arena, struct source_set *files, const struct source *source, struct openapi **out,
                  struct err *e);

/* Finds the operation by its operationId and compiles it, once. `*out` is NULL when there is none. ERR_INVALID when two operations
 * have this id or the operation is not well-formed, ERR_UNSUPPORTED for what is refused, ERR_LIMIT, at the place in the file
 * in which it stands. */
bool openapi_operation(struct openapi *openapi, sv operation_id, const struct operation **out, struct err *e);

/* The same for the operation of a path key and a method as it is written there ("get"); `is_additional`: the method is one of
 * the path's additionalOperations. */
bool openapi_operation_at(struct openapi *openapi, sv path, sv method, bool is_additional, const struct operation **out,
                          struct err *e);

/* Why an operation that was not found may be there all the same: the first path item whose `$ref` could not be followed.
 * NULL when there is none. */
const struct err *openapi_unread(const struct openapi *openapi);

/* The parameter of this name (header names are compared without case, path parameters without the '+' of greedy ones) and place;
 * NULL when the description has none. */
const struct operation_parameter *operation_parameter(const struct operation *operation, sv name, enum parameter_in in);

/* The name of a parameter without the '+' that a greedy path parameter ends in. */
sv parameter_plain_name(sv name, enum parameter_in in);

/* What is described of a response of this status: that of the status, else of its range (2XX), else the default; NULL when
 * nothing is said. */
const struct operation_response *operation_response(const struct operation *operation, int status);

#endif
