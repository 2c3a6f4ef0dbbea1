/* Swagger 2.0 as the same data as OpenAPI 3: host, basePath and schemes become servers; consumes and produces, with the parameters
 * in body and formData, become media types; collectionFormat becomes a style.
 *
 * A media type that nobody names is JSON for a body, as Swagger's tools have it, and for form data what its fields need:
 * multipart when one is a file. A response without `produces` is described by no media type.
 *
 * collectionFormat tsv is refused where it is used: no style joins by tabs. */
#include "openapi_compile.h"

#include "arena.h"
#include "limits.h"
#include "sb.h"
#include "source_set.h"

/* ---- servers ---- */

static const json *list_of(const struct operation_source *o, const char *name) {
  const json *own = json_get(o->entry->node.node, sv_from(name));
  return own ? own : json_get(o->openapi->source->root, sv_from(name));
}

static bool put_server(const struct operation_source *o, sv scheme, struct server *items) {
  const json *root = o->openapi->source->root;
  struct server_list *servers = &o->out->servers;
  sv host = json_string(json_get(root, SV("host")));
  sv base = json_string(json_get(root, SV("basePath")));
  struct sb url = sb_new(o->openapi->arena, LIMIT_URL_BYTES);
  if (host.len) {
    sb_format(&url, "%.*s://%.*s%s", SV_ARG(scheme), SV_ARG(host), base.len && base.ptr[0] != '/' ? "/" : "");
  }
  sb_put(&url, base);
  return sb_finish(&url, "a server's URL", &items[servers->count++].url, o->e);
}

/* Swagger 2.0, Swagger Object: without schemes, the one by which the description was fetched; here: https. */
bool swagger_read_servers(const struct operation_source *o) {
  const json *schemes = list_of(o, "schemes");
  struct server *items = arena_array(o->openapi->arena, json_count(schemes) + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  o->out->servers.items = items;
  if (json_count(schemes) == 0) {
    return put_server(o, SV("https"), items);
  }
  for (const json *each = json_first(schemes); each; each = each->next) {
    if (!put_server(o, json_string(each), items)) {
      return false;
    }
  }
  return true;
}

/* ---- styles ---- */

/* Swagger 2.0, Parameter Object: collectionFormat; csv unless it is given. `multi` is for queries and form data only. */
static bool style_of(sv format, struct parameter_style *out, const char **unsupported) {
  static const struct {
    const char *name;
    enum parameter_style_name style;
    bool explode;
  } formats[] = {
      {"ssv", STYLE_SPACE_DELIMITED, false}, {"pipes", STYLE_PIPE_DELIMITED, false}, {"multi", STYLE_FORM, true}};
  out->explode = false;
  if (format.len == 0 || sv_eq(format, SV("csv"))) {
    return true;
  }
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    if (sv_eq(format, sv_from(formats[i].name))) {
      *out = (struct parameter_style){.name = formats[i].style, .explode = formats[i].explode};
      return true;
    }
  }
  *unsupported = "'collectionFormat: tsv'";
  return sv_eq(format, SV("tsv"));
}

static bool refuse_format(const struct operation_source *o, struct place format) {
  return place_error(format, o->e, ERR_INVALID, "a 'collectionFormat' is csv, ssv, tsv, pipes or multi, not '%.*s'",
                     SV_ARG(sv_slice(json_string(format.node), 0, 80)));
}

bool swagger_read_style(const struct operation_source *o, struct place place, struct operation_parameter *out) {
  struct place format = place_get(place, SV("collectionFormat"));
  return style_of(json_string(format.node), &out->style, &out->unsupported) || refuse_format(o, format);
}

/* ---- requests ---- */

/* The parameters that are a body: one in body, or any number in formData. */
struct body_parameters {
  struct place body;   /* its node is NULL: none */
  struct place *forms; /* behind their `$ref` */
  size_t form_count;
  bool has_file;
  bool is_required;
};

static bool has_form(const struct body_parameters *parameters, sv name) {
  for (size_t i = 0; i < parameters->form_count; i++) {
    if (sv_eq(json_string(json_get(parameters->forms[i].node, SV("name"))), name)) {
      return true;
    }
  }
  return false;
}

static void collect_one(struct body_parameters *out, struct place place) {
  sv in = json_string(json_get(place.node, SV("in")));
  bool is_body = sv_eq(in, SV("body")) && !out->body.node;
  bool is_form = sv_eq(in, SV("formData")) && !has_form(out, json_string(json_get(place.node, SV("name"))));
  if (is_body) {
    out->body = place;
  }
  if (is_form) {
    out->forms[out->form_count++] = place;
    out->has_file = out->has_file || sv_eq(json_string(json_get(place.node, SV("type"))), SV("file"));
  }
  out->is_required = out->is_required || ((is_body || is_form) && json_is_true(json_get(place.node, SV("required"))));
}

/* The operation's come first, so that they override the path item's. */
static bool collect(const struct operation_source *o, struct body_parameters *out) {
  const struct place lists[] = {place_get(o->entry->node, SV("parameters")),
                                place_get(o->entry->item, SV("parameters"))};
  size_t most = json_count(lists[0].node) + json_count(lists[1].node);
  out->forms = arena_array(o->openapi->files->arena, most + 1, sizeof *out->forms);
  if (!out->forms) {
    return err_memory(o->e);
  }
  for (size_t i = 0; i < 2; i++) {
    for (const json *each = json_first(lists[i].node); each; each = each->next) {
      struct place place = {lists[i].source, each};
      if (!reference_follow(o->openapi->files, &place, o->e)) {
        return false;
      }
      collect_one(out, place);
    }
  }
  return true;
}

static bool read_encoding(const struct operation_source *o, struct place place, struct media_encoding *out) {
  struct place format = place_get(place, SV("collectionFormat"));
  const char *unsupported = NULL;
  out->has_style = true;
  out->style.name = STYLE_FORM;
  if (!style_of(json_string(format.node), &out->style, &unsupported)) {
    return refuse_format(o, format);
  }
  if (unsupported) {
    return place_error(format, o->e, ERR_UNSUPPORTED, "%s is not supported in form data", unsupported);
  }
  return operation_keep_member(o, place.node, "name", &out->property);
}

/* A field of form data is a property; a list among them has an encoding. */
static bool read_field(const struct operation_source *o, struct place place, struct wire_property *property,
                       struct media_encoding *encodings, size_t *encoding_count) {
  property->required = json_is_true(json_get(place.node, SV("required")));
  return operation_keep_member(o, place.node, "name", &property->name) &&
         wire_compile(&o->openapi->schemas, place, &property->schema, o->e) &&
         (!property->schema || property->schema->type != WIRE_ARRAY ||
          read_encoding(o, place, &encodings[(*encoding_count)++]));
}

/* One schema for all fields. */
static bool read_form(const struct operation_source *o, const struct body_parameters *parameters, struct media *out) {
  struct arena *arena = o->openapi->arena;
  size_t count = parameters->form_count;
  struct wire_schema *schema = arena_alloc(arena, sizeof *schema);
  struct wire_property *properties = arena_array(arena, count, sizeof *properties);
  struct media_encoding *encodings = arena_array(arena, count, sizeof *encodings);
  if (!schema || !properties || !encodings) {
    return err_memory(o->e);
  }
  *schema = (struct wire_schema){.type = WIRE_OBJECT, .properties = properties, .property_count = count};
  out->schema = schema;
  out->encodings = encodings;
  for (size_t i = 0; i < count; i++) {
    if (!read_field(o, parameters->forms[i], &properties[i], encodings, &out->encoding_count)) {
      return false;
    }
  }
  return true;
}

static bool suits(const struct body_parameters *parameters, sv type) {
  bool is_multipart = sv_eq_nocase(sv_slice(type, 0, 10), SV("multipart/"));
  return parameters->body.node || is_multipart || (!parameters->has_file && media_type_kind(type) == MEDIA_FORM);
}

static sv default_type(const struct body_parameters *parameters) {
  sv form = parameters->has_file ? SV("multipart/form-data") : SV("application/x-www-form-urlencoded");
  return parameters->body.node ? SV("application/json") : form;
}

/* Adds a media type of the same content as the `model`. */
static bool add_media(const struct operation_source *o, sv type, const struct media *model, struct media *items,
                      struct media_list *list) {
  struct media *media = &items[list->count++];
  *media = *model;
  media->kind = media_type_kind(type);
  list->items = items;
  return operation_keep(o, type, &media->type);
}

static bool read_content(const struct operation_source *o, const struct body_parameters *parameters,
                         struct media *model) {
  return parameters->body.node
             ? wire_compile(&o->openapi->schemas, place_get(parameters->body, SV("schema")), &model->schema, o->e)
             : read_form(o, parameters, model);
}

bool swagger_read_request(const struct operation_source *o) {
  const json *types = list_of(o, "consumes");
  struct body_parameters parameters = {.is_required = false};
  struct media *items = arena_array(o->openapi->arena, json_count(types) + 1, sizeof *items);
  struct media model = {.type = SV("")};
  if (!items) {
    return err_memory(o->e);
  }
  if (!collect(o, &parameters)) {
    return false;
  }
  if (!parameters.body.node && parameters.form_count == 0) {
    return true;
  }
  if (!read_content(o, &parameters, &model)) {
    return false;
  }
  o->out->request_required = parameters.is_required;
  for (const json *each = json_first(types); each; each = each->next) {
    if (suits(&parameters, json_string(each)) && !add_media(o, json_string(each), &model, items, &o->out->request)) {
      return false;
    }
  }
  return o->out->request.count || add_media(o, default_type(&parameters), &model, items, &o->out->request);
}

/* ---- responses ---- */

/* Swagger 2.0, Response Object: without a schema there is no content. */
static bool read_response(const struct operation_source *o, struct place response, struct media_list *out) {
  struct place schema = place_get(response, SV("schema"));
  const json *types = list_of(o, "produces");
  struct media *items = arena_array(o->openapi->arena, json_count(types) + 1, sizeof *items);
  struct media model = {.type = SV("")};
  if (!items) {
    return err_memory(o->e);
  }
  if (!schema.node) {
    return true;
  }
  if (!wire_compile(&o->openapi->schemas, schema, &model.schema, o->e)) {
    return false;
  }
  for (const json *each = json_first(types); each; each = each->next) {
    if (!add_media(o, json_string(each), &model, items, out)) {
      return false;
    }
  }
  return true;
}

bool swagger_read_responses(const struct operation_source *o) {
  return operation_each_response(o, read_response);
}
