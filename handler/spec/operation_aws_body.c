/* What descriptions that were converted from AWS's models leave out of the bodies of requests.
 *
 * JSON-RPC: they name application/json, where the service takes application/x-amz-json-1.0 or -1.1 and nothing else (Smithy, "AWS
 * JSON 1.0 protocol", "AWS JSON 1.1 protocol"). Which of them does not show, so the services of 1.0 are listed here.
 *
 * rest-xml: the schema of a request is an object without a name. Where the model binds one structure to the body, it is the schema's
 * only property, and its element is the root; otherwise the root is called after the operation, CreateHostedZoneRequest, and the
 * members are in it. The namespace, without which Route 53 and CloudFront take no request, is told nowhere. Only four services speak
 * this protocol, so each is listed. */
#include "openapi_compile.h"

#include "arena.h"
#include "sb.h"

static sv info_text(const struct operation_source *o, const char *name) {
  return json_string(json_get(json_get(o->openapi->source->root, SV("info")), sv_from(name)));
}

bool operation_is_converted(const struct operation_source *o) {
  return info_text(o, "x-serviceName").len && info_text(o, "x-release").len;
}

/* ---- JSON-RPC ---- */

static bool is_json_1_0(sv target) {
  static const char *const services[] = {"AmazonSQS",
                                         "AppRunner",
                                         "AWSLookoutEquipmentFrontendService",
                                         "AwsProton20200720",
                                         "AWSStepFunctions",
                                         "BackupOnPremises_v20210101",
                                         "CloudApiService",
                                         "com.amazonaws.codestar.connections.CodeStar_connections_20191201",
                                         "ComputeOptimizerService",
                                         "DynamoDB_20120810",
                                         "DynamoDBStreams_20120810",
                                         "HealthLake",
                                         "IoTAutobahnControlPlane",
                                         "KeyspacesService",
                                         "NetworkFirewall_20201112",
                                         "OpenSearchServerless",
                                         "PinpointSMSVoiceV2",
                                         "QLDBSession",
                                         "SimpleWorkflowService",
                                         "Timestream_20181101",
                                         "ToggleCustomerAPI",
                                         "VoiceID"};
  for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
    size_t end = sv_from(services[i]).len;
    if (sv_starts(target, sv_from(services[i])) && target.len > end && target.ptr[end] == '.') {
      return true;
    }
  }
  return false;
}

static void settle_json(const struct operation_source *o) {
  const struct operation_parameter *target = operation_parameter(o->out, SV("X-Amz-Target"), IN_HEADER);
  bool is_old = target && is_json_1_0(json_string(target->only));
  o->out->json_type = is_old ? SV("application/x-amz-json-1.0") : SV("application/x-amz-json-1.1");
}

/* ---- rest-xml ---- */

/* CreateDistribution2020_05_31 is CreateDistribution of a version. */
static sv without_version(sv name) {
  static const char form[] = "dddd_dd_dd";
  size_t length = sizeof form - 1;
  size_t start = name.len > length ? name.len - length : name.len;
  for (size_t i = 0; start + i < name.len; i++) {
    char c = name.ptr[start + i];
    if (form[i] == '_' ? c != '_' : c < '0' || c > '9') {
      return name;
    }
  }
  return sv_slice(name, 0, start);
}

static bool make_text(const struct operation_source *o, sv before, sv text, sv after, sv *out) {
  struct sb sb = sb_new(o->openapi->arena, before.len + text.len + after.len);
  sb_put(&sb, before);
  sb_put(&sb, text);
  sb_put(&sb, after);
  return sb_finish(&sb, "a name in XML", out, o->e);
}

static bool make_namespace(const struct operation_source *o, sv *out) {
  static const struct {
    const char *service;
    const char *uri;
  } list[] = {{"s3", "http://s3.amazonaws.com/doc/"},
              {"s3control", "http://awss3control.amazonaws.com/doc/"},
              {"cloudfront", "http://cloudfront.amazonaws.com/doc/"},
              {"route53", "https://route53.amazonaws.com/doc/"}};
  *out = SV("");
  for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
    if (sv_eq(info_text(o, "x-serviceName"), sv_from(list[i].service))) {
      return make_text(o, sv_from(list[i].uri), o->out->aws_version, SV("/"), out);
    }
  }
  return true;
}

static bool copy_schema(const struct operation_source *o, const struct wire_schema *from, struct wire_schema **out) {
  *out = arena_alloc(o->openapi->arena, sizeof **out);
  if (!*out) {
    return err_memory(o->e);
  }
  **out = *from;
  return true;
}

/* The structure that is bound to the body. Route 53 has none: {ChangeBatch} is a member of the root. */
static bool is_bound(const struct operation_source *o, const struct wire_schema *schema) {
  const struct wire_schema *only = schema->property_count == 1 ? schema->properties[0].schema : NULL;
  return only && only->type == WIRE_OBJECT && !sv_eq(info_text(o, "x-serviceName"), SV("route53"));
}

static bool name_bound(const struct operation_source *o, struct wire_schema *root, sv uri) {
  struct wire_property *property = arena_alloc(o->openapi->arena, sizeof *property);
  struct wire_schema *schema;
  if (!property || !copy_schema(o, root->properties[0].schema, &schema)) {
    return property || err_memory(o->e);
  }
  *property = root->properties[0];
  schema->xml_namespace = schema->xml_namespace.len ? schema->xml_namespace : uri;
  property->schema = schema;
  root->properties = property;
  return true;
}

static bool name_root(const struct operation_source *o, struct media *media) {
  const struct wire_schema *schema = media->schema;
  struct wire_schema *root;
  sv uri;
  if (media->kind != MEDIA_XML || !schema || schema->type != WIRE_OBJECT || schema->xml_name.len ||
      schema->component.len) {
    return true;
  }
  if (!make_namespace(o, &uri) || !copy_schema(o, schema, &root)) {
    return false;
  }
  media->schema = root;
  if (is_bound(o, schema)) {
    return name_bound(o, root, uri);
  }
  root->xml_namespace = uri;
  return make_text(o, without_version(o->out->aws_operation), SV("Request"), SV(""), &root->xml_name);
}

static bool settle_xml(const struct operation_source *o) {
  struct media_list *request = &o->out->request;
  struct media *items = arena_array(o->openapi->arena, request->count + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  for (size_t i = 0; i < request->count; i++) {
    items[i] = request->items[i];
    if (!name_root(o, &items[i])) {
      return false;
    }
  }
  request->items = items;
  return true;
}

bool operation_settle_bodies(const struct operation_source *o) {
  if (o->out->protocol == AWS_JSON_RPC) {
    settle_json(o);
  }
  return o->out->protocol != AWS_REST_XML || !operation_is_converted(o) || settle_xml(o);
}
