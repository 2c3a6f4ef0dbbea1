/* Hides secrets in text.
 *
 * A secret can be printed in forms that the person who printed it did not think of: a query parameter is percent-encoded, a
 * body is JSON or XML, a body in a query parameter is both. So the secret is not turned into all of its forms; the text is
 * read through decoders instead. At each place of the text each secret is compared with what a reader gives that undoes
 * percent-encoding, JSON's escapes, XML's references, some of them (in this order) or nothing. Only base64 is searched for as texts of its own: the secret
 * alone, and its inner part at each of the three places that it can have in a group of three bytes, since a neighbour
 * ("user:password") changes the characters at the edges.
 *
 * All matches are looked for, also those that overlap, and what any of them covers is hidden. What was cut can't be
 * compared to its end; see masking_apply in masking.h for what counts then.
 *
 * Not found: secrets in another letter case, in hexadecimal, hashed, encrypted, split by line breaks, encoded twice in the
 * same way, or encoded and then in base64. */
#include "masking.h"

#include <stdint.h>

#include "arena.h"
#include "base64.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "utf8.h"

/* A text to search for. */
struct form {
  sv text;
  bool whole_word;         /* too short to be hidden inside of words */
  const struct form *next; /* another one with the same first byte */
};

struct masking {
  struct arena *arena;
  size_t secret_count;
  const struct form *by_first[256];
};

struct masking *masking_new(struct arena *arena) {
  struct masking *masking = arena_alloc(arena, sizeof *masking);
  if (masking) {
    masking->arena = arena;
  }
  return masking;
}

/* ---- forms ---- */

static bool add_form(struct masking *masking, sv text, bool whole_word, struct err *e) {
  const struct form **first = &masking->by_first[(unsigned char)text.ptr[0]];
  for (const struct form *each = *first; each; each = each->next) {
    if (sv_eq(each->text, text)) {
      return true;
    }
  }
  struct form *form = arena_alloc(masking->arena, sizeof *form);
  if (!form) {
    return err_memory(e);
  }
  *form = (struct form){.text = text, .whole_word = whole_word, .next = *first};
  *first = form;
  return true;
}

/* Base64 without padding, as if `shift` bytes of zero stood in front. */
static bool encode_base64(struct arena *arena, sv text, size_t shift, enum base64_alphabet alphabet, sv *out,
                          struct err *e) {
  size_t total = shift + text.len;
  struct sb encoded = sb_new(arena, total * 2 + 4);
  char head[3] = {0};
  sv first = sv_slice(text, 0, 3 - shift);
  for (size_t i = 0; i < first.len; i++) {
    head[shift + i] = first.ptr[i];
  }
  base64_put(&encoded, (sv){head, shift + first.len}, alphabet);
  base64_put(&encoded, sv_slice(text, first.len, text.len), alphabet);
  *out = sv_slice(sb_view(&encoded), 0, (total * 8 + 5) / 6);
  return sb_check(&encoded, "a secret", e);
}

/* RFC 4648 4: 24 bits are four characters. Of a secret with neighbours only the characters are known whose six bits are all
 * its own. */
static bool add_base64(struct masking *masking, sv secret, bool whole_word, enum base64_alphabet alphabet,
                       struct err *e) {
  for (size_t shift = 0; shift < 3; shift++) {
    sv encoded;
    if (!encode_base64(masking->arena, secret, shift, alphabet, &encoded, e) ||
        (shift == 0 && !add_form(masking, encoded, whole_word, e))) {
      return false;
    }
    sv inner = sv_slice(encoded, (shift * 8 + 5) / 6, (shift + secret.len) * 8 / 6);
    if (inner.len >= LIMIT_MASKING_BASE64_BYTES && !add_form(masking, inner, false, e)) {
      return false;
    }
  }
  return true;
}

bool masking_add(struct masking *masking, sv secret, struct err *e) {
  bool whole_word = secret.len < LIMIT_MASKING_WORD_BYTES;
  if (secret.len == 0) {
    return true;
  }
  if (masking->secret_count == LIMIT_MASKING_SECRETS) {
    return err_set(e, ERR_LIMIT, "the inputs have more than %d values that their schema marks 'format: password'",
                   LIMIT_MASKING_SECRETS);
  }
  masking->secret_count++;
  sv copy = sv_copy(masking->arena, secret);
  if (copy.len == 0) {
    return err_memory(e);
  }
  return add_form(masking, copy, whole_word, e) && add_base64(masking, copy, whole_word, BASE64_STANDARD, e) &&
         add_base64(masking, copy, whole_word, BASE64_URL, e);
}

/* ---- reading the text ---- */

#define AT_END (-1)  /* of the text, also in the middle of an escape */
#define NO_BYTE (-2) /* an escape that is none */

#define REFERENCE_BYTES ((size_t)12) /* of XML, between '&' and ';', with some zeros in front of a number */

enum decoding { DECODE_PERCENT = 1, DECODE_JSON = 2, DECODE_XML = 4, DECODINGS = 8 };

/* Gives the bytes of a text, decoded. */
struct reader {
  sv text;
  size_t at;
  unsigned decoding;
  bool is_plus; /* the byte is '+', which a form may have put for a space */
  char pending[4];
  size_t pending_count;
  size_t pending_at;
};

static int hex_value(int c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  int lower = c | 0x20;
  return c > 0 && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static int byte_at(const struct reader *r, size_t at) {
  return at < r->text.len ? (unsigned char)r->text.ptr[at] : AT_END;
}

/* RFC 3986 2.1: "%" HEXDIG HEXDIG. A '%' that is followed by anything else is one. */
static int next_percent(struct reader *r) {
  int high = byte_at(r, r->at + 1);
  int low = byte_at(r, r->at + 2);
  bool is_cut = high == AT_END || (low == AT_END && hex_value(high) >= 0);
  if (is_cut) {
    r->at = r->text.len;
    return AT_END;
  }
  bool is_escape = hex_value(high) >= 0 && hex_value(low) >= 0;
  r->at += is_escape ? 3 : 1;
  return is_escape ? hex_value(high) * 16 + hex_value(low) : '%';
}

static int next_outer(struct reader *r) {
  int c = byte_at(r, r->at);
  r->is_plus = false;
  if (c == '%' && r->decoding & DECODE_PERCENT) {
    return next_percent(r);
  }
  r->is_plus = c == '+' && r->decoding & DECODE_PERCENT;
  r->at += c != AT_END;
  return c;
}

/* The four digits behind \u; negative as next_byte. */
static int32_t next_unit(struct reader *r) {
  int32_t unit = 0;
  for (int i = 0; i < 4; i++) {
    int c = next_outer(r);
    if (c == AT_END) {
      return AT_END;
    }
    if (hex_value(c) < 0) {
      return NO_BYTE;
    }
    unit = unit * 16 + hex_value(c);
  }
  return unit;
}

/* RFC 8259 7: characters beyond U+FFFF are two units. */
static int32_t next_code_point(struct reader *r) {
  int32_t high = next_unit(r);
  if (high < 0xD800 || high > 0xDBFF) {
    return high;
  }
  int slash = next_outer(r);
  int letter = slash == '\\' ? next_outer(r) : slash;
  if (slash == AT_END || letter == AT_END) {
    return AT_END;
  }
  int32_t low = letter == 'u' ? next_unit(r) : NO_BYTE;
  return low < 0xDC00 ? (low == AT_END ? AT_END : NO_BYTE) : 0x10000 + (high - 0xD800) * 0x400 + (low - 0xDC00);
}

static int give_character(struct reader *r, uint32_t code_point) {
  r->pending_count = utf8_encode(code_point, r->pending);
  r->pending_at = 1;
  return (unsigned char)r->pending[0];
}

static int next_escape(struct reader *r) {
  static const char letters[] = "nrtbf";
  static const char meanings[] = "\n\r\t\b\f";
  int c = next_outer(r);
  for (size_t i = 0; i < 5; i++) {
    if (c == letters[i]) {
      return meanings[i];
    }
  }
  if (c != 'u') {
    return c == '"' || c == '\\' || c == '/' || c == AT_END ? c : NO_BYTE;
  }
  int32_t code_point = next_code_point(r);
  if (code_point < 0) {
    return code_point;
  }
  return give_character(r, (uint32_t)code_point);
}

static int next_unescaped(struct reader *r) {
  if (r->pending_at < r->pending_count) {
    return (unsigned char)r->pending[r->pending_at++];
  }
  int c = next_outer(r);
  return c == '\\' && r->decoding & DECODE_JSON ? next_escape(r) : c;
}

/* XML 1.0 4.1: the number behind "&#"; 0 when it is none. */
static uint32_t reference_number(sv digits) {
  bool is_hex = sv_starts(digits, SV("x"));
  uint32_t number = 0;
  for (size_t i = is_hex; i < digits.len; i++) {
    int digit = hex_value((unsigned char)digits.ptr[i]);
    if (digit < 0 || (digit > 9 && !is_hex) || number > 0x10FFFF) {
      return 0;
    }
    number = number * (is_hex ? 16 : 10) + (uint32_t)digit;
  }
  return number <= 0x10FFFF ? number : 0;
}

/* XML 1.0 4.1, 4.6: what stands between '&' and ';'; 0 when it means nothing. */
static uint32_t reference_meaning(sv name) {
  static const sv names[] = {{"amp", 3}, {"lt", 2}, {"gt", 2}, {"quot", 4}, {"apos", 4}};
  static const char meanings[] = "&<>\"'";
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (sv_eq(name, names[i])) {
      return (unsigned char)meanings[i];
    }
  }
  return sv_starts(name, SV("#")) ? reference_number(sv_slice(name, 1, name.len)) : 0;
}

static bool is_reference_byte(int c) {
  int lower = c | 0x20;
  return c == '#' || (c >= '0' && c <= '9') || (c > 0 && lower >= 'a' && lower <= 'z');
}

/* A '&' that no reference begins with is one. */
static int next_reference(struct reader *r) {
  char name[REFERENCE_BYTES];
  struct reader ahead = *r;
  size_t count = 0;
  int c = next_unescaped(&ahead);
  for (; is_reference_byte(c) && count < sizeof name; c = next_unescaped(&ahead)) {
    name[count++] = (char)c;
  }
  uint32_t code_point = c == ';' ? reference_meaning((sv){name, count}) : 0;
  if (c != AT_END && code_point == 0) {
    return '&';
  }
  *r = ahead;
  return c == AT_END ? AT_END : give_character(r, code_point);
}

static int next_byte(struct reader *r) {
  bool is_whole = r->pending_at == r->pending_count;
  int c = next_unescaped(r);
  return c == '&' && is_whole && r->decoding & DECODE_XML ? next_reference(r) : c;
}

/* ---- matching ---- */

#define CUT_MARK SV("...")

struct search {
  const struct masking *masking;
  sv text;
  bool is_cut;        /* the text was cut at its end */
  unsigned decodings; /* which decoders can change anything in this text */
  unsigned long steps;
};

static bool is_word(int c) {
  int lower = c | 0x20;
  return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z' && c > 0) || c == '_' || c >= 0x80;
}

/* Whether a letter or digit stands in front. The end of an escape is none. */
static bool touches_word_before(const struct search *s, size_t at) {
  struct reader r = {.text = s->text, .at = at >= 3 ? at - 3 : 0, .decoding = DECODE_PERCENT};
  if (at >= 3 && s->text.ptr[at - 3] == '%') {
    int c = next_outer(&r);
    return is_word(r.at == at ? c : (unsigned char)s->text.ptr[at - 1]);
  }
  bool is_letter_escape = at >= 2 && s->text.ptr[at - 2] == '\\';
  return at > 0 && !is_letter_escape && is_word((unsigned char)s->text.ptr[at - 1]);
}

static bool is_alone(const struct search *s, size_t start, struct reader end) {
  return !touches_word_before(s, start) && !is_word(next_byte(&end));
}

/* What is hidden must not leave half a character behind. */
static size_t whole_character(sv text, size_t at) {
  while (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) {
    at++;
  }
  return at;
}

/* How far from `start` on the text is the form, or its beginning; `start` when it is neither. */
static size_t match_form(struct search *s, const struct form *form, size_t start, unsigned decoding) {
  struct reader r = {.text = s->text, .at = start, .decoding = decoding};
  size_t matched = 0;
  size_t end = start;
  int c = 0;
  while (matched < form->text.len && ++s->steps <= LIMIT_MASKING_STEPS) {
    char wanted = form->text.ptr[matched];
    c = next_byte(&r);
    if (c < 0 || (c != (unsigned char)wanted && !(r.is_plus && wanted == ' '))) {
      break;
    }
    matched++;
    end = r.at;
  }
  if (matched == form->text.len) {
    return !form->whole_word || is_alone(s, start, r) ? end : start;
  }
  if (c == AT_END && matched >= (s->is_cut ? 1 : LIMIT_MASKING_WORD_BYTES)) {
    return form->whole_word && touches_word_before(s, start) ? start : s->text.len;
  }
  bool is_marked = matched > 0 && sv_starts(sv_slice(s->text, end, s->text.len), CUT_MARK);
  bool is_cut =
      matched >= LIMIT_MASKING_PREFIX_BYTES || (is_marked && !(form->whole_word && touches_word_before(s, start)));
  return is_cut ? whole_character(s->text, end) : start;
}

static size_t match_forms(struct search *s, const struct form *forms, size_t start, unsigned decoding) {
  size_t furthest = start;
  for (const struct form *each = forms; each; each = each->next) {
    size_t end = match_form(s, each, start, decoding);
    furthest = end > furthest ? end : furthest;
  }
  return furthest;
}

/* How far what begins at `start` must be hidden. */
static size_t reach(struct search *s, size_t start) {
  size_t furthest = start;
  for (unsigned decoding = 0; decoding < DECODINGS; decoding++) {
    struct reader r = {.text = s->text, .at = start, .decoding = decoding};
    int c = decoding & ~s->decodings ? AT_END : next_byte(&r);
    size_t end = c < 0 ? start : match_forms(s, s->masking->by_first[c], start, decoding);
    furthest = end > furthest ? end : furthest;
    end = r.is_plus ? match_forms(s, s->masking->by_first[' '], start, decoding) : start;
    furthest = end > furthest ? end : furthest;
  }
  return furthest;
}

static unsigned useful_decodings(sv text) {
  bool has_percent = sv_find(text, '%') < text.len;
  bool has_escape = sv_find(text, '\\') < text.len || has_percent;  /* %5C */
  bool has_reference = sv_find(text, '&') < text.len || has_escape; /* %26, \u0026 */
  return (has_percent || sv_find(text, '+') < text.len ? DECODE_PERCENT : 0U) | (has_escape ? DECODE_JSON : 0U) |
         (has_reference ? DECODE_XML : 0U);
}

static void put_masked(struct search *s, struct sb *out) {
  size_t hidden = 0; /* everything in front of it is dealt with */
  for (size_t i = 0; i < s->text.len && s->steps <= LIMIT_MASKING_STEPS; i++) {
    size_t end = reach(s, i);
    if (end > i && i >= hidden) {
      sb_put(out, SV(MASKING_MASK));
    }
    hidden = end > i && end > hidden ? end : hidden;
    if (i >= hidden) {
      sb_char(out, s->text.ptr[i]);
    }
  }
}

sv masking_apply(const struct masking *masking, struct arena *arena, sv text) {
  if (!masking || masking->secret_count == 0 || text.len == 0) {
    return text;
  }
  struct search s = {.masking = masking, .text = text, .is_cut = sv_ends(text, CUT_MARK)};
  s.text.len -= s.is_cut ? CUT_MARK.len : 0;
  s.decodings = useful_decodings(s.text);
  struct sb out = sb_new(arena, text.len * (sizeof MASKING_MASK - 1) + CUT_MARK.len);
  put_masked(&s, &out);
  sb_put(&out, s.is_cut ? CUT_MARK : SV(""));
  return out.state == SB_OK && s.steps <= LIMIT_MASKING_STEPS ? sb_view(&out) : SV(MASKING_MASK);
}
