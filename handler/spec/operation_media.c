/* Bodies of operations: Request Body, Response, Media Type and Encoding Objects (OpenAPI 3.2).
 *
 * The schema of JSON is not compiled: its values say themselves what they are. An exception are AWS's protocols that are not JSON,
 * whose descriptions name any type: what is sent and answered is form data and XML.
 *
 * Not read: `itemSchema`, examples, headers of responses and encodings, links. `prefixEncoding` and `itemEncoding`, which say how
 * parts of an array are written, are refused in requests. */
#include "openapi_compile.h"

#include "arena.h"

/* ---- media types ---- */

static bool needs_schema(const struct operation *operation, enum media_kind kind) {
  enum aws_protocol protocol = operation->protocol;
  return kind != MEDIA_JSON || protocol == AWS_QUERY || protocol == AWS_EC2 || protocol == AWS_REST_XML;
}

static bool read_encoding(const struct operation_source *o, struct place place, struct media_encoding *out) {
  const json *node = place.node;
  /* OpenAPI 3.2, Encoding Object: with any of these, the content type is ignored. */
  out->has_style = json_get(node, SV("style")) || json_get(node, SV("explode")) || json_get(node, SV("allowReserved"));
  out->style.name = STYLE_FORM;
  return operation_keep(o, json_name(node), &out->property) &&
         operation_keep_member(o, node, "contentType", &out->content_type) &&
         operation_read_style(o, place, &out->style);
}

static bool read_encodings(const struct operation_source *o, struct place list, struct media *out) {
  struct media_encoding *items = arena_array(o->openapi->arena, json_count(list.node) + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  out->encodings = items;
  for (const json *each = json_first(list.node); each; each = each->next) {
    if (!read_encoding(o, (struct place){list.source, each}, &items[out->encoding_count++])) {
      return false;
    }
  }
  return true;
}

static bool read_media(const struct operation_source *o, struct place place, struct media *out) {
  sv type = json_name(place.node);
  out->kind = media_type_kind(type);
  return operation_keep(o, type, &out->type) && reference_follow(o->openapi->files, &place, o->e) &&
         (!needs_schema(o->out, out->kind) ||
          wire_compile(&o->openapi->schemas, place_get(place, SV("schema")), &out->schema, o->e)) &&
         read_encodings(o, place_get(place, SV("encoding")), out);
}

bool operation_read_content(const struct operation_source *o, struct place content, struct media_list *out) {
  struct media *items = arena_array(o->openapi->arena, json_count(content.node) + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  *out = (struct media_list){items, 0};
  if (json_type(content.node) != JSON_OBJECT) {
    return !content.node || place_error(content, o->e, ERR_INVALID, "'content' is an object of media types, not %s",
                                        json_type_name(content.node));
  }
  for (const json *each = json_first(content.node); each; each = each->next) {
    if (!read_media(o, (struct place){content.source, each}, &items[out->count++])) {
      return false;
    }
  }
  return true;
}

/* ---- requests ---- */

static bool refuse_positional(const struct operation_source *o, struct place content) {
  static const char *const words[] = {"prefixEncoding", "itemEncoding"};
  for (const json *each = json_first(content.node); each; each = each->next) {
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
      struct place word = place_get((struct place){content.source, each}, sv_from(words[i]));
      if (word.node) {
        return place_error(word, o->e, ERR_UNSUPPORTED,
                           "'%s' is not supported; describe the parts by name, with 'properties' and 'encoding'",
                           words[i]);
      }
    }
  }
  return true;
}

bool operation_read_request(const struct operation_source *o) {
  struct place body = place_get(o->entry->node, SV("requestBody"));
  if (!body.node) {
    return true;
  }
  if (!reference_follow(o->openapi->files, &body, o->e)) {
    return false;
  }
  struct place content = place_get(body, SV("content"));
  o->out->request_required = json_is_true(json_get(body.node, SV("required")));
  return refuse_positional(o, content) && operation_read_content(o, content, &o->out->request);
}

/* ---- responses ---- */

/* "200", "2XX" or "default"; false for extensions, and whatever else is no status. */
static bool read_status(sv text, struct operation_response *out) {
  unsigned long long number = 0;
  bool is_range = text.len == 3 && sv_eq_nocase(sv_slice(text, 1, 3), SV("XX"));
  if (sv_eq(text, SV("default"))) {
    *out = (struct operation_response){.pattern = STATUS_DEFAULT};
    return true;
  }
  if (!sv_to_uint(is_range ? sv_slice(text, 0, 1) : text, 999, &number)) {
    return false;
  }
  *out = (struct operation_response){.pattern = is_range ? STATUS_RANGE : STATUS_EXACT,
                                     .status = (int)number * (is_range ? 100 : 1)};
  return true;
}

bool operation_each_response(const struct operation_source *o,
                             bool (*read)(const struct operation_source *o, struct place response,
                                          struct media_list *out)) {
  struct place list = place_get(o->entry->node, SV("responses"));
  struct operation_response *items = arena_array(o->openapi->arena, json_count(list.node) + 1, sizeof *items);
  if (!items) {
    return err_memory(o->e);
  }
  o->out->responses = items;
  for (const json *each = json_type(list.node) == JSON_OBJECT ? json_first(list.node) : NULL; each; each = each->next) {
    struct operation_response *response = &items[o->out->response_count];
    struct place place = {list.source, each};
    if (!read_status(json_name(each), response)) {
      continue;
    }
    if (!reference_follow(o->openapi->files, &place, o->e) || !read(o, place, &response->content)) {
      return false;
    }
    o->out->response_count++;
  }
  return true;
}

static bool read_response(const struct operation_source *o, struct place response, struct media_list *out) {
  return operation_read_content(o, place_get(response, SV("content")), out);
}

bool operation_read_responses(const struct operation_source *o) {
  return operation_each_response(o, read_response);
}
