/* JSON values: cJSON's tree, allocated in an arena, with numbers kept exactly as they were written.
 *
 * A `json` is a cJSON node. It is never freed singly: it lives as long as its arena. `valuestring` of a number node holds
 * its text (RFC 8259 number), so that integers beyond 2^53 pass through unchanged. Text is valid UTF-8 without U+0000. */
#ifndef ARAZZO_JSON_H
#define ARAZZO_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

struct arena;
struct err;
struct sb;

typedef cJSON json;

enum json_type { JSON_NULL, JSON_BOOLEAN, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* Parses RFC 8259 text, strictly: nothing before or after the value but white space (no byte order mark either), no
 * duplicate names, valid UTF-8. `text` need not outlive the call. Errors have line and column (in code points):
 * ERR_SYNTAX, ERR_INVALID for a duplicate name, ERR_UNSUPPORTED for U+0000, ERR_LIMIT for LIMIT_JSON_DEPTH,
 * LIMIT_JSON_NUMBER_BYTES and LIMIT_JSON_EXPONENT_DIGITS; and ERR_MEMORY, without a place. n log n at worst. */
bool json_parse(struct arena *arena, sv text, json **out, struct err *e);

/* The same with another bound than LIMIT_JSON_VALUES on the number of values: for files of the function itself. */
bool json_parse_many(struct arena *arena, sv text, size_t most_values, json **out, struct err *e);

/* Appends the value (NULL: null) as compact JSON. Object members keep their order; numbers keep their text. */
void json_write(struct sb *out, const json *value);

/* Appends a text as it is, any other value as compact JSON: how Arazzo 1.1.0 puts values into text (Runtime Expressions). */
void json_put_text(struct sb *out, const json *value);

/* The same as json_write, indented by two spaces a level, for people. */
void json_write_pretty(struct sb *out, const json *value);

/* The value's type; NULL is JSON_NULL. */
enum json_type json_type(const json *value);

/* "null", "boolean", "number", "string", "array", "object". */
const char *json_type_name(const json *value);

/* The object's member, or NULL when there is none or `object` is NULL or not an object. Names are case-sensitive. */
json *json_get(const json *object, sv name);

/* The array's element, or NULL when there is none or `array` is NULL or not an array. */
json *json_at(const json *array, size_t index);

/* The number of elements or members; 0 for every other type. */
size_t json_count(const json *value);

/* How deep arrays and objects nest: 0 for other types, 1 for an empty array. */
size_t json_depth(const json *value);

/* Walks elements or members: `for (json *i = json_first(v); i; i = i->next)`. NULL for other types. */
json *json_first(const json *value);

/* The name of a member of an object. */
sv json_name(const json *member);

/* The text of a string node, or the empty view for every other type. */
sv json_string(const json *value);
bool json_is_string(const json *value);
bool json_is_true(const json *value);

/* The exact text of a number node, as it was written. */
sv json_number_text(const json *number);

/* The text of a string, a number as it was written, or true or false; false for every other value. */
bool json_scalar_text(const json *value, sv *text);

/* True when the value is a number that is an integer within int64_t, however it is written (1e2, 100.0). */
bool json_to_int(const json *value, int64_t *out);

/* Compares two numbers exactly, however long they are: negative, zero, positive. */
int json_number_compare(const json *a, const json *b);

/* True when the number has no fractional part, however long it is. */
bool json_number_is_integer(const json *number);

/* True when the number is an integer times `divisor`; exact. False for a divisor of 0 or of more than 18 significant digits. */
bool json_number_is_multiple(const json *number, const json *divisor);

/* Equality as RFC 9535 2.3.5.2.2 and JSON Schema define it: numbers by value, objects regardless of the order of members.
 * An absent value (NULL) equals only NULL. n log n at worst. */
bool json_equal(const json *a, const json *b);

/* New values in the arena; NULL when it is exhausted. json_new_number takes RFC 8259 number text, and is NULL too for any
 * other text; json_new_real is NULL too for infinities and NaN, and writes the fewest digits that read back the same. */
json *json_new_null(struct arena *arena);
json *json_new_boolean(struct arena *arena, bool value);
json *json_new_integer(struct arena *arena, int64_t value);
json *json_new_real(struct arena *arena, double value);
json *json_new_number(struct arena *arena, sv text);
json *json_new_string(struct arena *arena, sv text); /* UTF-8; NULL too when it holds U+0000 */
json *json_new_array(struct arena *arena);
json *json_new_object(struct arena *arena);

/* A deep copy in the arena, without a name or parent; NULL when the arena is exhausted or `value` is NULL. Use it whenever
 * a node gets a second parent. */
json *json_copy(struct arena *arena, const json *value);

/* Sets a member of the object, replacing one of the same name in its place. `value` must not have a parent yet. False
 * when the arena is exhausted, `object` is no object, `value` is NULL or the name holds U+0000; so calls can be chained
 * over the json_new_ functions. Linear in the number of members. */
bool json_set(struct arena *arena, json *object, sv name, json *value);

/* Adds a member whose name is known not to be taken; false as json_set. The time does not depend on the number of members. */
bool json_add(struct arena *arena, json *object, sv name, json *value);

/* Appends to the array; false as json_set. */
bool json_append(json *array, json *value);

/* Takes a member out of the object, and gives it, so that it can be set elsewhere; NULL when there is none. */
json *json_detach(json *object, sv name);
/* Makes `node` hold what `value` holds, which is used up: its parts belong to `node` then. The node keeps its place and name,
 * so its parent need not be known. What it held before is cut off. */
void json_overwrite(json *node, const json *value);

/* Takes a member out of the object, if it is there. */
void json_remove(json *object, sv name);

#endif
