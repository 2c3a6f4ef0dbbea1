/* Request bodies: the media type, and the payload as a template. Other media types than JSON, and payload replacements, are
 * refused at load. */
#include "body.h"

#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "shape.h"

static const struct shape_field body_fields[] = {
    {"contentType", SHAPE_STRING, false},
    {"payload", SHAPE_ANY, false},
    {"replacements", SHAPE_ARRAY, false},
    {NULL, 0, false},
};
static const struct shape body_shape = {"Request Body Object", body_fields};

/* The step's contentType, else the operation's JSON media type, else its only one. */
static sv choose_content_type(const json *declared, const struct operation *operation) {
  if (declared) {
    return json_string(declared);
  }
  for (const json *each = json_first(operation->request_content); each; each = each->next) {
    if (media_type_is_json(json_name(each))) {
      return json_name(each);
    }
  }
  const json *only = json_first(operation->request_content);
  return only ? json_name(only) : SV("application/json");
}

bool body_compile(struct compiler *compiler, const json *step, const struct operation *operation,
                  const struct step_body **out, struct err *e) {
  const json *body = json_get(step, SV("requestBody"));
  const struct source *source = compiler->source;
  if (!body) {
    return !operation->request_required ||
           source_error(source, step, e, ERR_INVALID, "the operation '%.*s' requires a request body",
                        SV_ARG(operation->id));
  }
  if (!shape_check(source, body, &body_shape, e)) {
    return false;
  }
  const json *replacements = json_get(body, SV("replacements"));
  const json *payload = json_get(body, SV("payload"));
  if (json_count(replacements) > 0) {
    return source_error(source, replacements, e, ERR_UNSUPPORTED,
                        "payload replacements are not supported; write the expressions into the payload");
  }
  struct step_body *made = arena_alloc(compiler->arena, sizeof *made);
  if (!made) {
    return err_memory(e);
  }
  const json *declared = json_get(body, SV("contentType"));
  made->content_type = choose_content_type(declared, operation);
  if (!media_type_is_json(made->content_type)) {
    return source_error(source, declared ? declared : body, e, ERR_UNSUPPORTED,
                        "request bodies of type '%.*s' are not supported; only JSON is", SV_ARG(made->content_type));
  }
  if (!payload && operation->request_required) {
    return source_error(source, body, e, ERR_INVALID,
                        "the operation '%.*s' requires a request body; give its 'payload'", SV_ARG(operation->id));
  }
  *out = made;
  return !payload || value_compile(compiler, payload, &made->payload, e);
}

bool body_each(const struct step_body *body, bool (*visit)(void *context, const struct expression *expression),
               void *context) {
  return !body->payload || template_each(body->payload, visit, context);
}
