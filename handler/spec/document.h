/* Compiled Arazzo documents: what the engine executes. Plain data, constant once it is loaded.
 *
 * Every expression, condition, operation, workflow and goto target was parsed and resolved before the first request; targets are
 * pointers, words of the document are enums. */
#ifndef ARAZZO_DOCUMENT_H
#define ARAZZO_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "body.h"
#include "criterion.h"
#include "digest.h"
#include "limits.h"
#include "openapi.h"
#include "source_set.h"
#include "template.h"

enum arazzo_version { ARAZZO_1_0, ARAZZO_1_1 };

struct description;
struct document;
struct gathering;
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

/* A name and how its value is made: an output, or an input of a workflow that is called. */
struct named_value {
  sv name;
  const struct template *value;
  const json *node;
};

struct named_values {
  const struct named_value *items;
  size_t count;
};

/* A workflow that a step or an action runs, and what it is given. */
struct call {
  const struct workflow *workflow;
  struct named_values inputs;
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
  const struct step *target; /* goto: where to; retry: what is run before; NULL: `call`, or nothing */
  const struct call *call;   /* the same, for a workflow */
  struct criteria criteria;
  double retry_after_seconds; /* retry only; negative: not given */
  unsigned retry_limit;       /* retry only */
  const json *node;
};

struct actions {
  const struct action *items;
  size_t count;
};

/* Steps that must be completed before another; each may belong to another workflow. */
struct step_list {
  const struct step **items;
  size_t count;
};

/* That a step reads outputs of another one, or its own of an earlier pass. */
struct step_read {
  const struct step *of;
  const json *node; /* the value that says so */
  sv text;          /* the expression in it */
  const struct step_read *next;
};

struct step {
  sv id;
  const struct workflow *workflow;
  const struct step *after;          /* in the order of execution; NULL: the last one */
  const struct operation *operation; /* NULL: the step runs a workflow */
  const struct description *source;  /* of the operation; NULL: the step runs a workflow */
  const struct call *call;           /* NULL: the step sends a request */
  bool deletes;                      /* sends DELETE, or what AWS calls so */
  const struct step_parameter *parameters;
  size_t parameter_count;
  const struct step_body *body; /* NULL: none */
  struct criteria success_criteria;
  struct actions on_success; /* the step's own, then those of the workflow */
  struct actions on_failure;
  struct named_values outputs;
  struct step_list depends_on;
  const struct step_read *reads;
  int64_t timeout_ms; /* 0: none */
  bool reads_body;    /* a criterion, action or output reads $response.body */
  size_t index;       /* in the workflow's list */
  bool is_broken;     /* errors are gathered, and some were in it */
  const json *node;
};

struct workflow {
  sv id;
  const struct document *document;
  size_t number;               /* in the set of documents */
  const struct schema *inputs; /* NULL: not described */
  const json *input_schema;    /* as it was written; NULL: not described */
  struct step *steps;          /* as the document lists them */
  size_t step_count;
  const struct step *first;           /* the first to be executed */
  const struct workflow **depends_on; /* workflows that are completed before */
  size_t depends_on_count;
  struct named_values outputs;
  const struct step *deletion; /* the DELETE that its list of steps leads to if no action decides; NULL: none */
  bool inputs_are_read;        /* some expression elsewhere reads $workflows.<id>.inputs, … */
  bool outputs_are_read;
  bool steps_are_read;
  bool is_broken;  /* errors are gathered, and some were in it, so that nothing was made of it but its id */
  bool is_partial; /* the same, in some of its steps, which are broken or missing */
  const json *node;
};

enum description_type { DESCRIPTION_OPENAPI, DESCRIPTION_ARAZZO, DESCRIPTION_ASYNCAPI, DESCRIPTION_REMOTE };

/* A source description of a document. */
struct description {
  sv name;
  enum description_type type;
  struct openapi *openapi;   /* type openapi, while documents are loaded; NULL afterwards */
  struct document *document; /* type arazzo */
  sv path;                   /* of its file; empty: none */
  sv uri;                    /* DESCRIPTION_REMOTE: a URL that is not fetched; used, it is refused */
  bool is_broken;            /* errors are gathered, and it could not be read */
  const json *node;
};

struct document_set;

/* One Arazzo document. */
struct document {
  enum arazzo_version version;
  const struct source *source;
  const struct document_set *set;
  size_t index; /* in the set */
  sv path;      /* where it was read; normalised */
  sv self;      /* $self; empty: none */
  struct description *descriptions;
  size_t description_count;
  struct workflow *workflows;
  size_t workflow_count;
  bool is_broken;  /* errors are gathered, and some were in it, so that its workflows were not looked at */
  bool is_partial; /* the same; some of its workflows are missing */
};

/* What runs, but was hardly meant. */
struct warning {
  const char *rule; /* for tools: "unreachable-step" */
  sv file;
  unsigned line, column;
  sv text;
  sv line_of_log; /* "file:line:column: text" */
};

/* An Arazzo description: the entry document, which comes first, and the Arazzo documents that it refers to. */
struct document_set {
  struct document *items[LIMIT_DOCUMENTS];
  size_t count;
  size_t workflow_count;    /* of all documents */
  struct sha256_hex digest; /* of all files that were loaded */
  const struct warning *warnings;
  size_t warning_count;
};

/* The reader of local files: at most LIMIT_DOCUMENT_BYTES each. */
struct document_reader document_file_reader(void);

/* Loads an Arazzo document and the descriptions that it names, or a bundle of them (bundle.h), and compiles them: `*out` is the entry
 * document. Everything lives in the arena. ERR_SYNTAX, ERR_INVALID, ERR_UNSUPPORTED with file, line, column and the path to the place; ERR_LIMIT; ERR_MEMORY. */
bool document_load(struct arena *arena, sv path, struct document_reader reader, const struct document **out,
                   struct err *e);

struct document_options {
  struct document_reader reader;
  struct gathering *gathering; /* errors of all independent parts are gathered; NULL: the first one ends the load */
  bool keeps_descriptions;     /* the OpenAPI descriptions stay in the arena, for whoever looks into their schemas */
};

/* The same with options. With a gathering every independent part is looked at, and the error is a chain (gathering.h): structure,
 * then steps, parameters, criteria, actions and outputs, then what they refer to. What follows from an error that was
 * gathered is not told. */
bool document_load_with(struct arena *arena, sv path, const struct document_options *options,
                        const struct document **out, struct err *e);

/* The workflow of this id; NULL when there is none. */
struct workflow *document_workflow(const struct document *document, sv id);

/* The source description of this name; NULL when there is none. */
struct description *document_description(const struct document *document, sv name);

/* The step of this id; NULL when there is none. */
const struct step *workflow_step(const struct workflow *workflow, sv id);

/* The text in `value` that holds the expression, for the place of an error; `value` itself when there is none. */
const json *reference_place(const json *value, sv expression);

#endif
