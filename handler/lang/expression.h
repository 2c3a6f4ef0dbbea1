/* Arazzo runtime expressions (Arazzo 1.1.0, "Runtime Expressions", and the spellings that published documents use). */
#ifndef ARAZZO_EXPRESSION_H
#define ARAZZO_EXPRESSION_H

#include <stdbool.h>

#include "json.h"

struct err;

/* What an expression reads first. */
enum expression_source {
  EXPRESSION_URL,
  EXPRESSION_METHOD,
  EXPRESSION_STATUS_CODE,
  EXPRESSION_REQUEST,
  EXPRESSION_RESPONSE,
  EXPRESSION_MESSAGE,
  EXPRESSION_INPUTS,
  EXPRESSION_OUTPUTS,
  EXPRESSION_STEPS,
  EXPRESSION_WORKFLOWS,
  EXPRESSION_SOURCE_DESCRIPTIONS,
  EXPRESSION_COMPONENTS,
  EXPRESSION_SELF
};

/* Which part of a request, response or message. */
enum expression_part { EXPRESSION_NO_PART, EXPRESSION_HEADER, EXPRESSION_QUERY, EXPRESSION_PATH, EXPRESSION_BODY };

/* One step below the source: a member's name or an element's index. */
struct expression_segment {
  bool is_index;
  sv name;
  size_t index;
};

/* A compiled expression; open, so that documents can be checked against it ("does this step exist?"). For
 * "$steps.build.outputs.arn#/a/0" the segments are build, outputs, arn, and the pointer is "/a/0".
 *
 * The first `exact_count` segments are one name each (a step's id, a header). From there on a dot may be part of a name or
 * lead into a value, as "$inputs.a.b" may be the input "a.b" or the member b of the input a: what exists decides, and
 * expression_member finds it. So the exact names are: a part of a message, and the name of a header or query or path parameter
 * behind it; of $steps.s.outputs the id and "outputs"; of $workflows.w.outputs (inputs) the id and the word, of
 * $workflows.w.steps.s.outputs these four; of $components the type and the name; of $sourceDescriptions the name and all that
 * stands behind it ("flow.outputs.o", too). $inputs and $outputs have none. "payload" of a request or response is its "body", "body" of a message its "payload". */
struct expression {
  enum expression_source source;
  enum expression_part part;
  const struct expression_segment *segments;
  size_t segment_count;
  size_t exact_count;
  bool has_pointer;
  sv pointer; /* JSON Pointer behind '#', checked */
  sv text;    /* as it was written, with '$' */
};

/* Stands for values that are not known yet, so that a request can be shown before it can be sent. */
struct stand_in {
  const json *(*get)(void *context, const struct expression *expression); /* NULL: nothing stands for this one */
  void *context;
};

/* Everything that expressions can read: one JSON object whose members have the expressions' own names:
 * {"url", "method", "statusCode", "request": {"header": {}, "query": {}, "path": {}, "body"}, "response": {"header": {},
 *  "body"}, "message": {"header": {}, "query": {}, "path": {}, "payload"}, "inputs": {}, "outputs": {},
 *  "steps": {id: {"outputs": {}}}, "workflows": {id: {"inputs": {}, "outputs": {}, "steps": {id: {"outputs": {}}}}},
 *  "sourceDescriptions": {name: {workflowId: {"inputs": {}, "outputs": {}}, "url", "type"}},
 *  "components": {"parameters": {name}}, "self"}. Absent members make expressions unresolved. */
struct scope {
  const json *root;
  bool response_malformed; /* the response's body is not what its media type says: $response.body has no value */
  const json
      *response_tree;    /* of a body that is XML, whose value is its text: what its parts are read from; else NULL */
  bool response_is_text; /* the body is text of another type than JSON: nothing can be said of parts of it */
  bool
      absent_is_unknown; /* what is absent can't be compared, nor trees with scalars: for decisions that must not rest on it */
  struct err *why_unknown; /* not NULL: where a criterion that can't be evaluated says why, for the log */
  bool response_missing;   /* the request may have been sent, but no response came: nothing can be said of one */
  const struct stand_in *stand_in; /* asked for what is absent; NULL: it is absent */
};

enum expression_result {
  EXPRESSION_FOUND,
  EXPRESSION_ABSENT,   /* there is no such value: an expected outcome */
  EXPRESSION_MALFORMED /* it can't be said, because the response is malformed */
};

/* Compiles a whole expression ("$inputs.name"). `text` must live as long as the arena. ERR_SYNTAX with the offset in the
 * text as column (1-based) and what is expected there; ERR_LIMIT. */
bool expression_compile(struct arena *arena, sv text, const struct expression **out, struct err *e);

/* Reads the expression's value. `*value` (when found) points into the scope. Header names are compared without case. */
enum expression_result expression_eval(const struct expression *expression, const struct scope *scope,
                                       const json **value);

/* The same for what reads structured data: a whole body that is XML is the tree of its elements. */
enum expression_result expression_eval_data(const struct expression *expression, const struct scope *scope,
                                            const json **value);

/* The member of an object, or the element of an array, that the segments from `*at` on name; `*at` moves behind what was
 * used. In an object the longest member name that exists wins ("a.b" before "a"). NULL when there is none. To check a name
 * at load, call it with *at = exact_count on an object of the declared names. */
const json *expression_member(const struct expression *expression, const json *value, size_t *at);

/* The length of the longest runtime expression at the start of `text`, which begins with '$'; 0 when there is none. For
 * expressions without braces in text, conditions and comparison forms: names are letters, digits, '_', and '-' and '.'
 * inside; a '.' or '-' at the end is punctuation. A JSON Pointer ends at white space, quotes, brackets and the characters
 * of operators. Whole objects ("$inputs" alone) count as expressions only in expression_compile. */
size_t expression_length(sv text);

#endif
