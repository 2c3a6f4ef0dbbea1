/* What is checked of a file's bytes before a parser sees them. */
#ifndef ARAZZO_YAML_TEXT_H
#define ARAZZO_YAML_TEXT_H

#include "yaml_load.h"

/* Takes a UTF-8 byte order mark off `*text`. Refuses files that are too long (ERR_LIMIT), and UTF-16 and UTF-32
 * (ERR_SYNTAX); with file, line and column. */
bool yaml_text_encoding(sv name, sv *text, struct err *e);

/* Refuses bytes that are not UTF-8 and characters that YAML text must not hold (ERR_SYNTAX), and more than
 * LIMIT_YAML_DIRECTIVES tag directives (ERR_LIMIT); with file, line and column. */
bool yaml_text_characters(sv name, sv text, struct err *e);

/* The place of the byte at `offset`. Linear in the offset: for errors. */
struct source_place yaml_text_place(sv text, size_t offset);

/* The byte at a place, or NUL when there is none. Linear in the text: for errors. */
char yaml_text_at(sv text, struct source_place place);

#endif
