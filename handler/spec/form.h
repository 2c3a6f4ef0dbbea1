/* The form of a value in an Arazzo document, as a table: nested objects, elements, maps, words, patterns, versions.
 *
 * A form says everything that one value must be; a kind of object lists its members, each with a form. Where one place takes
 * several kinds of object (a Reusable Object instead of an action), a member that only one of them has tells which is meant,
 * so that errors are about what the author wanted to write. Tables are filled with the macros below. */
#ifndef ARAZZO_FORM_H
#define ARAZZO_FORM_H

#include <stdbool.h>

#include "document.h"
#include "shape.h"

struct findings;

/* What is checked, and by which version's rules. */
struct form_checking {
  const struct source *source;
  enum arazzo_version version;
  struct findings *findings; /* where errors are gathered; NULL: the first one ends the check */
};

/* The versions in which a member or a word exists. */
enum form_versions { FORM_ALWAYS, FORM_ONLY_1_0, FORM_SINCE_1_1 };

/* A word of an enumeration. */
struct form_word {
  const char *text; /* NULL ends the list */
  enum form_versions versions;
  const char *refused; /* not NULL: the word is not allowed, and this says what to write instead */
};

/* A pattern of texts, such as names. */
struct form_pattern {
  bool (*fits)(sv text);
  const char *must; /* "must consist of letters" */
};

struct form_kind;

/* One kind of object among those that a place takes: the one that is meant when the object has the member `mark`. */
struct form_choice {
  const char *mark; /* NULL ends the list: the kind that is meant otherwise */
  const struct form_kind *kind;
};

/* What a value must be. What is not set is not checked. */
struct form {
  unsigned types;                     /* SHAPE_ sets; required */
  unsigned types_since_1_1;           /* further types from Arazzo 1.1 on */
  const char *advice;                 /* what to write instead of a value of another type; NULL: nothing to add */
  const struct form_word *words;      /* string: one of these */
  const struct form_pattern *pattern; /* string */
  bool whole;                         /* number: without fraction */
  bool not_negative;                  /* number */
  bool not_empty;                     /* array */
  size_t most;                        /* array, map: entries at most; 0: as many as there are */
  bool unique;                        /* array: no two elements are equal */
  const struct form *elements;        /* array: each element */
  const struct form_choice *choices;  /* object: of one of these kinds */
  const struct form *entries;         /* object: a map; the value of each name */
  const struct form_pattern *names;   /* map: what names must be */
  bool other_names_are_free;          /* map: names that break the pattern are let through, whatever their value is */
  const char *item;                   /* how an element or entry is called in the path of an error: "step" */
  const char *item_id;                /* array: the element's member that identifies it: "stepId" */
};

/* A member of a kind of object. */
struct form_member {
  const char *name; /* NULL ends the list */
  const struct form *form;
  bool required;
  enum form_versions versions;
  const char *refused; /* not NULL: the member is not allowed, and this says what to write instead */
};

/* A kind of object. */
struct form_kind {
  const char *what; /* "Step Object" */
  const struct form_member *members;
  const struct form_kind *base; /* its members are this kind's, too; NULL: none */
  bool without_extensions;      /* names that start with "x-" are not let through */
  bool open;                    /* unknown names are let through */
  /* What a table can't say; every member has its type when it is called. NULL: nothing. */
  bool (*rule)(const struct form_checking *c, const json *object, struct err *e);
};

#define FORM_MEMBER(text, value)                                                                                       \
  { .name = (text), .form = &(value) }
#define FORM_REQUIRED(text, value)                                                                                     \
  { .name = (text), .form = &(value), .required = true }
#define FORM_MEMBER_IN(when, text, value)                                                                              \
  { .name = (text), .form = &(value), .versions = (when) }
#define FORM_REQUIRED_IN(when, text, value)                                                                            \
  { .name = (text), .form = &(value), .required = true, .versions = (when) }
#define FORM_REFUSED(text, why)                                                                                        \
  { .name = (text), .refused = (why) }
#define FORM_REFUSED_IN(when, text, why)                                                                               \
  { .name = (text), .versions = (when), .refused = (why) }
#define FORM_WORD(word)                                                                                                \
  { .text = (word) }
#define FORM_WORD_IN(when, word)                                                                                       \
  { .text = (word), .versions = (when) }
#define FORM_WORD_REFUSED(word, why)                                                                                   \
  { .text = (word), .refused = (why) }
#define FORM_END                                                                                                       \
  { 0 }

/* Checks an object and all that its kind says about what lies below it. ERR_INVALID with the place of the offending node and
 * the path to it, all of them where errors are gathered; ERR_MEMORY. Recursion is as deep as the tables nest. */
bool form_check(const struct form_checking *c, const json *object, const struct form_kind *kind, struct err *e);

/* Whether a text is one of the words, for rules; `subject` is how the message calls it. ERR_INVALID at `value`. */
bool form_check_word(const struct form_checking *c, const json *value, const struct form_word *words,
                     const char *subject, struct err *e);

#endif
