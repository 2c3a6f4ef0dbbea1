/* What the parts of the description compiler share: internal to spec/. */
#ifndef ARAZZO_OPENAPI_COMPILE_H
#define ARAZZO_OPENAPI_COMPILE_H

#include "errinfo.h"
#include "openapi.h"
#include "operation_index.h"
#include "reference.h"
#include "wire_compile.h"

enum openapi_version { SWAGGER_2_0, OPENAPI_3_0, OPENAPI_3_1 /* and later */ };

struct openapi {
  struct arena *arena; /* of what is compiled */
  struct source_set *files;
  const struct source *source;
  enum openapi_version version;
  struct operation_index index;
  struct wire_compiler schemas;
};

/* An operation while it is compiled. */
struct operation_source {
  struct openapi *openapi;
  const struct operation_entry *entry;
  struct operation *out;
  struct err *e;
};

/* A copy in the description's arena. ERR_MEMORY. */
bool operation_keep(const struct operation_source *o, sv text, sv *out);

/* The text of a member, copied; empty when there is none, or it is no text. */
bool operation_keep_member(const struct operation_source *o, const json *object, const char *name, sv *out);

/* Compiles the operation of the index's entry. */
bool operation_compile(struct openapi *openapi, const struct operation_entry *entry, const struct operation **out,
                       struct err *e);

/* ---- its parts ---- */

/* The operation's parameters, then those of its path item that they do not override. Swagger's body and formData are left out. */
bool operation_read_parameters(const struct operation_source *o);

/* `requestBody` and `responses` of OpenAPI 3. */
bool operation_read_request(const struct operation_source *o);
bool operation_read_responses(const struct operation_source *o);

/* Compiles the map from media types to Media Type Objects at `content`; no node is the empty list. */
bool operation_read_content(const struct operation_source *o, struct place content, struct media_list *out);

/* Reads `style`, `explode` and `allowReserved` of a Parameter or Encoding Object over what `out` holds. ERR_INVALID for an unknown
 * style. */
bool operation_read_style(const struct operation_source *o, struct place node, struct parameter_style *out);

/* Makes room for the responses, and reads each by `read`, which fills its media types. */
bool operation_each_response(const struct operation_source *o,
                             bool (*read)(const struct operation_source *o, struct place response,
                                          struct media_list *out));

bool operation_read_security(const struct operation_source *o);

/* Protocol and names of AWS's services, by security, servers and parameters, which are read already. */
bool operation_read_aws(const struct operation_source *o);

/* What follows from the other parts, which are read already: a service whose protocol nothing else told, and that takes or answers XML,
 * speaks rest-xml; whether the operation deletes something. */
void operation_settle(const struct operation_source *o);

/* Whether the description was converted from AWS's model, in the form that is published for all services. */
bool operation_is_converted(const struct operation_source *o);

/* What converted descriptions do not say of request bodies; the protocol is known. ERR_MEMORY. */
bool operation_settle_bodies(const struct operation_source *o);

/* ---- Swagger 2.0 (swagger.c) ---- */

bool swagger_read_servers(const struct operation_source *o);
bool swagger_read_request(const struct operation_source *o);
bool swagger_read_responses(const struct operation_source *o);

/* How an array is written, by `collectionFormat`. */
bool swagger_read_style(const struct operation_source *o, struct place node, struct operation_parameter *out);

#endif
