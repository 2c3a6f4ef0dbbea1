/* Criteria in few words, for pictures, and text in lines. */
#ifndef ARAZZO_GRAPH_WORDS_H
#define ARAZZO_GRAPH_WORDS_H

#include "document.h"

struct sb;

#define GRAPH_LINES 4 /* of one text; the rest is cut */

/* Text that was broken at spaces. */
struct graph_lines {
  sv items[GRAPH_LINES];
  size_t count;
  bool is_cut; /* there is more */
};

/* Appends the condition of a criterion of this type, shortened: of `$response.body#/a/b` there remains a.b, of `$.a.b`, too; what is
 * compared with several values is named once ("a.b is 'X' or 'Y'"). */
void graph_put_condition(struct sb *out, enum criterion_type type, sv condition);

/* Appends all criteria, with "and" between them. */
void graph_put_criteria(struct sb *out, const struct criteria *criteria);

/* Breaks text into lines of at most `columns` characters; a longer word is broken, too. */
struct graph_lines graph_wrap(sv text, size_t columns);

/* Appends text of a document: white space becomes one space, and what may not be shown (utf8_may_show) U+FFFD. */
void graph_put_text(struct sb *out, sv text);

#endif
