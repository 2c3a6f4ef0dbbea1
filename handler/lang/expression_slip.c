/* Tells slips from plain text. Arazzo has no escape for '$', so that text with '$' is legal; but a misspelt expression that is
 * sent to an API as text ("Bearer $input.token") does harm that nobody sees.
 *
 * A slip is, at a '$' where an expression may stand but none parses:
 * - a word, a dot and a letter: "$response.boby", "$input.x", whether the word is a source or not;
 * - a source in wrong case: "$statuscode", "$Inputs";
 * - a source in braces, whatever follows it: "{$inputs}", and at the start of a string one before '.', '[' or '#': "$inputs.".
 * Plain text is everything else: '$' before anything but a letter ("$5.00", "$.items[0]"), words without a dot ("US$",
 * "$ref"), and words in capitals, which are a shell's variables ("$HOME", "$PATH.old"). */
#include "expression_slip.h"

#include "expression_parse.h"

enum source_match { SOURCE_UNKNOWN, SOURCE_OTHER_CASE, SOURCE_KNOWN };

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

/* The word behind '$'. */
static sv leading_word(sv text) {
  size_t end = 1;
  while (end < text.len && (end == 1 ? is_letter(text.ptr[end]) : is_word(text.ptr[end]))) {
    end++;
  }
  return sv_slice(text, 1, end);
}

static bool is_capitals(sv word) {
  size_t at = 0;
  while (at < word.len && !(word.ptr[at] >= 'a' && word.ptr[at] <= 'z')) {
    at++;
  }
  return at == word.len;
}

static enum source_match match_source(sv word) {
  for (size_t i = 0; i < EXPRESSION_SOURCE_COUNT; i++) {
    if (sv_eq_nocase(word, expression_words[i])) {
      return sv_eq(word, expression_words[i]) ? SOURCE_KNOWN : SOURCE_OTHER_CASE;
    }
  }
  return SOURCE_UNKNOWN;
}

bool expression_is_slip(sv text, enum expression_place place) {
  sv word = leading_word(text);
  if (word.len == 0 || is_capitals(word)) {
    return false;
  }
  enum source_match match = match_source(word);
  sv behind = sv_slice(text, 1 + word.len, text.len);
  char first = behind.len ? behind.ptr[0] : '\0';
  bool goes_on = behind.len > 1 && first == '.' && is_letter(behind.ptr[1]);
  bool known_here =
      match == SOURCE_KNOWN && (place == EXPRESSION_IN_BRACES ||
                                (place == EXPRESSION_AT_START && (first == '.' || first == '[' || first == '#')));
  return goes_on || known_here || match == SOURCE_OTHER_CASE;
}

sv expression_slip_text(sv text) {
  static const sv ends = {"\"'<>(){},;", 10};
  size_t end = 1;
  while (end < text.len && (unsigned char)text.ptr[end] > ' ' && sv_find(ends, text.ptr[end]) == ends.len) {
    end++;
  }
  return sv_slice(text, 0, end);
}
