/* A compiled Arazzo document: what the engine executes. Plain data, constant once it is loaded.
 *
 * Every expression, condition, operation and goto target was parsed and resolved before the first request; targets are
 * pointers, words of the document are enums. */
#ifndef ARAZZO_DOCUMENT_H
#define ARAZZO_DOCUMENT_H

#include <stdbool.h>

#include "body.h"
#include "criterion.h"
#include "digest.h"
#include "openapi.h"
#include "template.h"

enum arazzo_version { ARAZZO_1_0, ARAZZO_1_1 };

struct step;
struct workflow;

/* A value that a step gives to one of its operation's parameters. */
struct step_parameter {
  sv name;
  enum parameter_in in;
  const struct template *value;
  const struct operation_parameter *declared; /* NULL: the description does not know it */
  const json *value_node;
};

/* A name and how its value is made. */
struct output {
  sv name;
  const struct template *value;
};

struct outputs {
  const struct output *items;
  size_t count;
};

struct criteria {
  const struct criterion *items;
  size_t count;
};

enum action_type { ACTION_END, ACTION_GOTO, ACTION_RETRY };

/* A success or failure action. It applies when all of its criteria hold. */
struct action {
  sv name;
  enum action_type type;
  const struct step *target; /* goto only */
  struct criteria criteria;
  double retry_after_seconds; /* retry only; negative: not given */
  unsigned retry_limit;       /* retry only */
  const json *node;
};

struct actions {
  const struct action *items;
  size_t count;
};

struct step {
  sv id;
  size_t index; /* in the workflow's list */
  const struct workflow *workflow;
  const struct operation *operation;
  const struct step_parameter *parameters;
  size_t parameter_count;
  const struct step_body *body; /* NULL: none */
  struct criteria success_criteria;
  struct actions on_success; /* the step's own, then those of the workflow */
  struct actions on_failure;
  struct outputs outputs;
  bool reads_body; /* a criterion, action or output reads $response.body */
  const json *node;
};

struct workflow {
  sv id;
  const struct schema *inputs; /* NULL: not described */
  const json *input_schema;    /* as it was written; NULL: not described */
  struct step *steps;
  size_t step_count;
  struct outputs outputs;
  const json *node;
};

struct document {
  enum arazzo_version version;
  const struct source *source;
  struct workflow *workflows;
  size_t workflow_count;
  struct sha256_hex digest; /* of all files that were loaded */
};

/* Reads one file. `base` is the path of the file that refers to it, or empty. `name` is how errors call it. */
struct document_reader {
  bool (*read)(void *context, sv path, struct arena *arena, sv *text, struct err *e);
  void *context;
};

/* The reader of local files: at most LIMIT_DOCUMENT_BYTES each. */
struct document_reader document_file_reader(void);

/* Loads an Arazzo document and the descriptions that it names, and compiles them. Everything lives in the arena. ERR_SYNTAX,
 * ERR_INVALID, ERR_UNSUPPORTED with file, line, column and the path to the place; ERR_LIMIT; ERR_MEMORY. */
bool document_load(struct arena *arena, sv path, struct document_reader reader, const struct document **out,
                   struct err *e);

/* The workflow of this id; NULL when there is none. */
const struct workflow *document_workflow(const struct document *document, sv id);

/* The step of this id; NULL when there is none. */
const struct step *workflow_step(const struct workflow *workflow, sv id);

#endif
