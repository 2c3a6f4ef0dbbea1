/* What the tables of the document's structure share: internal to spec/. */
#ifndef ARAZZO_STRUCTURE_TABLES_H
#define ARAZZO_STRUCTURE_TABLES_H

#include "form.h"

/* structure_value.c */
extern const struct form form_text;
extern const struct form form_any;
extern const struct form form_texts; /* an array of different texts */
extern const struct form_pattern form_map_name;
extern const struct form form_selector_type; /* a word or an Expression Type Object */

/* The rule of objects with a `value` of any type, which may be a Selector Object. */
bool any_value_rule(const struct form_checking *c, const json *object, struct err *e);

extern const struct form form_outputs;
extern const struct form_kind kind_expression_type;
extern const struct form_kind kind_reusable;
extern const struct form_kind kind_parameter;
extern const struct form form_located_parameters; /* of a step that calls an operation */
extern const struct form form_parameters;         /* of a workflow, or of a step that runs one */

/* structure_action.c */
extern const struct form form_success_criteria;
extern const struct form_kind kind_success_action;
extern const struct form_kind kind_failure_action;
extern const struct form form_on_success;
extern const struct form form_on_failure;
extern const struct form form_success_actions;
extern const struct form form_failure_actions;

/* structure_step.c */
extern const struct form form_steps;

/* Whether this version of Arazzo knows the version of jsonpath, xpath or jsonpointer; errors are at `version`. */
bool expression_version_check(const struct form_checking *c, sv type, const json *version, struct err *e);

/* Exactly one of two members must be there: false with an error at the second one, or at the object with `none` as text. */
bool exactly_one_of(const struct form_checking *c, const json *object, const char *first, const char *second,
                    const char *what, const char *none, struct err *e);

/* Whether a name consists of ASCII letters, digits and any of `more`, and is not empty. */
bool is_name_with(sv text, const char *more);

/* Whether a regular expression's `.+` could match the text: it is not empty and has no line terminator. */
bool is_one_line(sv text);

#endif
