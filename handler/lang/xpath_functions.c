/* The core function library's names and types (XPath 1.0 4), in alphabetical order. id() is not among them: it reads
 * identifiers that a DTD declares, and DTDs are never read; xpath_later.c says so. */
#include "xpath_tree.h"

const struct xpath_signature xpath_functions[XPATH_FUNCTIONS_COUNT] = {
    [FN_BOOLEAN] = {{"boolean", 7}, XPATH_BOOLEAN, 1, 1, false},
    [FN_CEILING] = {{"ceiling", 7}, XPATH_NUMBER, 1, 1, false},
    [FN_CONCAT] = {{"concat", 6}, XPATH_STRING, 2, XPATH_MANY_ARGUMENTS, false},
    [FN_CONTAINS] = {{"contains", 8}, XPATH_BOOLEAN, 2, 2, false},
    [FN_COUNT] = {{"count", 5}, XPATH_NUMBER, 1, 1, true},
    [FN_FALSE] = {{"false", 5}, XPATH_BOOLEAN, 0, 0, false},
    [FN_FLOOR] = {{"floor", 5}, XPATH_NUMBER, 1, 1, false},
    [FN_LANG] = {{"lang", 4}, XPATH_BOOLEAN, 1, 1, false},
    [FN_LAST] = {{"last", 4}, XPATH_NUMBER, 0, 0, false},
    [FN_LOCAL_NAME] = {{"local-name", 10}, XPATH_STRING, 0, 1, true},
    [FN_NAME] = {{"name", 4}, XPATH_STRING, 0, 1, true},
    [FN_NAMESPACE_URI] = {{"namespace-uri", 13}, XPATH_STRING, 0, 1, true},
    [FN_NORMALIZE_SPACE] = {{"normalize-space", 15}, XPATH_STRING, 0, 1, false},
    [FN_NOT] = {{"not", 3}, XPATH_BOOLEAN, 1, 1, false},
    [FN_NUMBER] = {{"number", 6}, XPATH_NUMBER, 0, 1, false},
    [FN_POSITION] = {{"position", 8}, XPATH_NUMBER, 0, 0, false},
    [FN_ROUND] = {{"round", 5}, XPATH_NUMBER, 1, 1, false},
    [FN_STARTS_WITH] = {{"starts-with", 11}, XPATH_BOOLEAN, 2, 2, false},
    [FN_STRING] = {{"string", 6}, XPATH_STRING, 0, 1, false},
    [FN_STRING_LENGTH] = {{"string-length", 13}, XPATH_NUMBER, 0, 1, false},
    [FN_SUBSTRING] = {{"substring", 9}, XPATH_STRING, 2, 3, false},
    [FN_SUBSTRING_AFTER] = {{"substring-after", 15}, XPATH_STRING, 2, 2, false},
    [FN_SUBSTRING_BEFORE] = {{"substring-before", 16}, XPATH_STRING, 2, 2, false},
    [FN_SUM] = {{"sum", 3}, XPATH_NUMBER, 1, 1, true},
    [FN_TRANSLATE] = {{"translate", 9}, XPATH_STRING, 3, 3, false},
    [FN_TRUE] = {{"true", 4}, XPATH_BOOLEAN, 0, 0, false},
};
