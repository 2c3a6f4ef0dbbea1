/* Finds the word that someone meant, by Levenshtein's distance over bytes, ASCII case ignored. It keeps one row of the
 * distance table; words longer than that row are never suggested. */
#include "nearest.h"

#include <stdbool.h>

#define WORD_BYTES ((size_t)32)

static size_t smallest(size_t a, size_t b, size_t c) {
  size_t least = a < b ? a : b;
  return least < c ? least : c;
}

static bool same_letter(char a, char b) {
  return sv_eq_nocase((sv){&a, 1}, (sv){&b, 1});
}

static size_t distance(sv a, sv b) {
  size_t row[WORD_BYTES + 1];
  for (size_t j = 0; j <= b.len; j++) {
    row[j] = j;
  }
  for (size_t i = 1; i <= a.len; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.len; j++) {
      size_t above = row[j];
      size_t substituted = diagonal + (same_letter(a.ptr[i - 1], b.ptr[j - 1]) ? 0 : 1);
      row[j] = smallest(substituted, above + 1, row[j - 1] + 1);
      diagonal = above;
    }
  }
  return row[b.len];
}

sv nearest_word(sv word, const sv *words, size_t count) {
  sv best = {"", 0};
  size_t best_distance = (word.len + 2) / 3;
  for (size_t i = 0; word.len <= WORD_BYTES && i < count; i++) {
    size_t away = words[i].len <= WORD_BYTES ? distance(word, words[i]) : best_distance + 1;
    if (away < best_distance || (away == best_distance && best.len == 0)) {
      best = words[i];
      best_distance = away;
    }
  }
  return best;
}
