/* A compiled JSON Schema; internal to schema_compile.c and schema_check.c. */
#ifndef ARAZZO_SCHEMA_TREE_H
#define ARAZZO_SCHEMA_TREE_H

#include "json.h"
#include "schema.h"

struct regex;

/* A schema under a name: a property, a pattern, a dependency. */
struct schema_member {
  sv name;
  const struct regex *pattern; /* patternProperties only */
  const struct schema *schema;
};

struct schema_members {
  struct schema_member *items;
  size_t count;
};

struct schema_list {
  const struct schema **items;
  size_t count;
};

/* Bounds of counts: lengths, items, properties. */
struct schema_range {
  int64_t min; /* 0: none */
  int64_t max; /* -1: none */
};

struct schema {
  const json *node;          /* as it was written */
  bool never;                /* the schema `false` */
  unsigned types;            /* set of 1 << json_type; 0: any */
  bool integer;              /* numbers must be integers */
  const json *one_of_values; /* enum: an array */
  const json *exactly;       /* const */
  const json *initial;       /* default */
  bool is_password;          /* format: password */
  const struct schema *reference;

  const json *minimum, *maximum, *exclusive_minimum, *exclusive_maximum, *multiple_of;
  struct schema_range length, items_count, properties_count, contains_count;
  const struct regex *pattern;
  sv pattern_text;
  bool unique_items;

  struct schema_members properties, pattern_properties, dependent_schemas;
  const struct schema *additional_properties, *property_names;
  const json *required;           /* array of names */
  const json *dependent_required; /* name -> array of names */

  struct schema_list prefix_items;
  const struct schema *items, *contains;

  struct schema_list all_of, any_of, one_of;
  const struct schema *negated, *condition, *then_schema, *else_schema;
};

#endif
