/* Checking a value against its form. An object is checked in two walks over its members: first what lies at its own level
 * (names, types, words, what is missing, its kind's rule), then what lies below each member. So an error is about the
 * outermost thing that is wrong. The path of an error is added on the way back: "workflow w / step s / successCriteria[0]".
 * Where errors are gathered, the walks go on; an object is not asked for what it lacks when a member of it is wrong already, since
 * a misspelt name would be told twice.
 *
 * What the tables do not describe further (a payload, an input schema, an extension) is not walked. */
#include "form.h"

#include <stdio.h>

#include "arena.h"
#include "errinfo.h"
#include "findings.h"
#include "limits.h"
#include "number.h"
#include "unique.h"
#include "wording.h"

#define SUBJECT_BYTES 192

/* How a message names the value that it is about. */
struct subject {
  char text[SUBJECT_BYTES];
};

/* Whether the version that is checked has something of these versions. */
static bool has_version(const struct form_checking *c, enum form_versions versions) {
  return versions == FORM_ALWAYS || (versions == FORM_SINCE_1_1) == (c->version == ARAZZO_1_1);
}

static struct subject subject_member(sv name, const struct form_kind *kind) {
  struct subject subject;
  snprintf(subject.text, sizeof subject.text, "'%.*s' of %s %s", SV_ARG(shown_text(name)), article(kind->what),
           kind->what);
  return subject;
}

/* An element or entry: the kind of object that it has to be, or its name. */
static struct subject subject_below(const struct form *form, sv name) {
  struct subject subject;
  const struct form_choice *choice = form->choices;
  while (choice && choice->mark) {
    choice++;
  }
  if (choice && form->types == SHAPE_OBJECT) {
    snprintf(subject.text, sizeof subject.text, "%s %s", article(choice->kind->what), choice->kind->what);
  } else {
    snprintf(subject.text, sizeof subject.text, "'%.*s'", SV_ARG(shown_text(name)));
  }
  return subject;
}

/* ---- one value ---- */

/* "; a Selector Object needs arazzo: 1.1.0", where that is why a type is refused; else the form's advice. */
static struct subject type_hint(const struct form *form, unsigned type) {
  struct subject hint = {{0}};
  if (form->types_since_1_1 & type) {
    const char *what = type == SHAPE_OBJECT && form->choices ? form->choices->kind->what : "other value";
    snprintf(hint.text, sizeof hint.text, "; %s %s needs arazzo: 1.1.0", article(what), what);
  } else if (form->advice) {
    snprintf(hint.text, sizeof hint.text, "; %s", form->advice);
  }
  return hint;
}

static bool check_type(const struct form_checking *c, const json *value, const struct form *form,
                       const struct subject *subject, struct err *e) {
  unsigned type = 1U << json_type(value);
  unsigned types = form->types | (c->version == ARAZZO_1_1 ? form->types_since_1_1 : 0U);
  char text[WORDING_BYTES];
  if (types & type) {
    return true;
  }
  return source_error(c->source, value, e, ERR_INVALID, "%s must be %s, but is %s%s", subject->text,
                      types_text(types, text), json_type_name(value), type_hint(form, type).text);
}

/* The words of this version, "end, goto or retry", as much of them as fits. */
static struct subject words_text(const struct form_checking *c, const struct form_word *words) {
  struct subject text = {{0}};
  const char *held = NULL;
  size_t at = 0;
  for (; words->text && at < sizeof text.text; words++) {
    if (words->refused || !has_version(c, words->versions)) {
      continue;
    }
    if (held) {
      at += (size_t)snprintf(text.text + at, sizeof text.text - at, "%s%s", at ? ", " : "", held);
    }
    held = words->text;
  }
  if (held && at < sizeof text.text) {
    snprintf(text.text + at, sizeof text.text - at, "%s%s", at ? " or " : "", held);
  }
  return text;
}

bool form_check_word(const struct form_checking *c, const json *value, const struct form_word *words,
                     const char *subject, struct err *e) {
  sv text = json_string(value);
  const struct form_word *word = words;
  while (word->text && !sv_eq(text, sv_from(word->text))) {
    word++;
  }
  if (word->refused) {
    return source_error(c->source, value, e, ERR_INVALID, "%s", word->refused);
  }
  if (word->text && has_version(c, word->versions)) {
    return true;
  }
  return source_error(c->source, value, e, ERR_INVALID, "%s is '%.*s'%s; write %s", subject, SV_ARG(shown_text(text)),
                      word->text ? ", which came with Arazzo 1.1 and needs arazzo: 1.1.0 at the top" : "",
                      words_text(c, words).text);
}

static bool check_string(const struct form_checking *c, const json *value, const struct form *form,
                         const struct subject *subject, struct err *e) {
  if (form->words && !form_check_word(c, value, form->words, subject->text, e)) {
    return false;
  }
  return !form->pattern || form->pattern->fits(json_string(value)) ||
         source_error(c->source, value, e, ERR_INVALID, "%s %s, but is '%.*s'", subject->text, form->pattern->must,
                      SV_ARG(shown_text(json_string(value))));
}

static bool check_number(const struct form_checking *c, const json *value, const struct form *form,
                         const struct subject *subject, struct err *e) {
  struct decimal number = {0};
  struct number_problem problem;
  if (form->whole && !json_number_is_integer(value)) {
    return source_error(c->source, value, e, ERR_INVALID, "%s must be a whole number", subject->text);
  }
  number_read(json_number_text(value), &number, &problem);
  return !form->not_negative || number.sign >= 0 ||
         source_error(c->source, value, e, ERR_INVALID, "%s must not be negative", subject->text);
}

/* The member that identifies an element; empty when there is none. */
static sv id_of(const struct form *form, const json *element) {
  return form->item_id ? json_string(json_get(element, sv_from(form->item_id))) : SV("");
}

static bool check_unique(const struct form_checking *c, const json *array, const struct form *form,
                         const struct subject *subject, struct err *e) {
  const json *twice = NULL;
  struct arena *scratch = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  bool good = scratch ? unique_check(scratch, array, &twice, e) : err_memory(e);
  arena_drop(scratch);
  if (!good || !twice) {
    return good;
  }
  sv id = shown_text(json_is_string(twice) ? json_string(twice) : id_of(form, twice));
  return source_error(c->source, twice, e, ERR_INVALID, "%s has %s%.*s%s twice; remove one", subject->text,
                      id.len ? "the entry '" : "this entry", SV_ARG(id), id.len ? "'" : "");
}

static bool check_count(const struct form_checking *c, const json *value, const struct form *form,
                        const struct subject *subject, struct err *e) {
  size_t count = form->most ? json_count(value) : 0;
  return count <= form->most ||
         source_error(c->source, value, e, ERR_LIMIT, "%s has %zu entries; at most %zu are allowed", subject->text,
                      count, form->most);
}

static bool check_array(const struct form_checking *c, const json *value, const struct form *form,
                        const struct subject *subject, struct err *e) {
  if (form->not_empty && json_count(value) == 0) {
    return source_error(c->source, value, e, ERR_INVALID, "%s must have at least one entry", subject->text);
  }
  return check_count(c, value, form, subject, e) && (!form->unique || check_unique(c, value, form, subject, e));
}

/* What can be said of a value without looking at what lies below it. */
static bool check_value(const struct form_checking *c, const json *value, const struct form *form,
                        const struct subject *subject, struct err *e) {
  if (!check_type(c, value, form, subject, e)) {
    return false;
  }
  switch (json_type(value)) {
  case JSON_STRING:
    return check_string(c, value, form, subject, e);
  case JSON_NUMBER:
    return check_number(c, value, form, subject, e);
  case JSON_ARRAY:
    return check_array(c, value, form, subject, e);
  case JSON_OBJECT:
    return check_count(c, value, form, subject, e);
  case JSON_NULL:
  case JSON_BOOLEAN:
    return true;
  }
  return true;
}

/* ---- what lies below ---- */

static bool check_below(const struct form_checking *c, const json *value, const struct form *form, sv name,
                        struct err *e);

/* Puts the element's step in front of the path: "step s", or "successCriteria[0]". */
static bool in_element(const struct form *form, const json *element, sv name, size_t index, struct err *e) {
  sv id = id_of(form, element);
  return id.len ? err_in(e, "%s %.*s", form->item, SV_ARG(shown_text(id)))
                : err_in(e, "%.*s[%zu]", SV_ARG(shown_text(name)), index);
}

static bool check_elements(const struct form_checking *c, const json *array, const struct form *form, sv name,
                           struct err *e) {
  struct subject subject = {"an entry"};
  size_t index = 0;
  if (form->elements->choices) {
    subject = subject_below(form->elements, name);
  }
  struct err one;
  err_clear(&one);
  for (const json *each = json_first(array); each; each = each->next, index++) {
    bool is_good = check_value(c, each, form->elements, &subject, &one);
    const json *broken = is_good ? NULL : each;
    if (is_good && check_below(c, each, form->elements, name, &one)) {
      continue;
    }
    in_element(form, each, name, index, &one);
    if (!findings_gather(c->findings, broken, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

static bool check_name(const struct form_checking *c, const json *entry, const struct form *form, sv map,
                       struct err *e) {
  struct source_place place = source_name_place(c->source, entry);
  if (!form->names || form->names->fits(json_name(entry))) {
    return true;
  }
  err_set(e, ERR_INVALID, "a name in '%.*s' %s, but this is '%.*s'", SV_ARG(shown_text(map)), form->names->must,
          SV_ARG(shown_text(json_name(entry))));
  return err_at(e, c->source->name, place.line, place.column);
}

static bool check_entry(const struct form_checking *c, const json *entry, const struct form *form, struct err *e) {
  struct subject subject = subject_below(form->entries, json_name(entry));
  if (form->other_names_are_free && !form->names->fits(json_name(entry))) {
    return true;
  }
  return (check_value(c, entry, form->entries, &subject, e) &&
          check_below(c, entry, form->entries, json_name(entry), e)) ||
         err_in(e, "%s %.*s", form->item, SV_ARG(shown_text(json_name(entry))));
}

static bool check_entries(const struct form_checking *c, const json *map, const struct form *form, sv name,
                          struct err *e) {
  struct err one;
  err_clear(&one);
  for (const json *each = json_first(map); each; each = each->next) {
    bool is_good =
        (form->other_names_are_free || check_name(c, each, form, name, &one)) && check_entry(c, each, form, &one);
    if (!is_good && !findings_gather(c->findings, each, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

static const struct form_kind *choose(const json *object, const struct form_choice *choice) {
  while (choice->mark && !json_get(object, sv_from(choice->mark))) {
    choice++;
  }
  return choice->kind;
}

/* `name` is that of the member that holds the value, directly or as an element. */
static bool check_below(const struct form_checking *c, const json *value, const struct form *form, sv name,
                        struct err *e) {
  if (json_type(value) == JSON_ARRAY) {
    return !form->elements || check_elements(c, value, form, name, e);
  }
  if (json_type(value) != JSON_OBJECT) {
    return true;
  }
  if (form->choices) {
    return form_check(c, value, choose(value, form->choices), e);
  }
  return !form->entries || check_entries(c, value, form, name, e);
}

/* ---- objects ---- */

static const struct form_member *own_member(const struct form_checking *c, const struct form_kind *kind, sv name) {
  const struct form_member *other = NULL;
  for (const struct form_member *member = kind->members; member->name; member++) {
    if (!sv_eq(name, sv_from(member->name))) {
      continue;
    }
    if (has_version(c, member->versions)) {
      return member;
    }
    other = member;
  }
  return other;
}

/* The member of this name that the version has, else one of the other version, else NULL. */
static const struct form_member *find_member(const struct form_checking *c, const struct form_kind *kind, sv name) {
  const struct form_member *member = NULL;
  for (; kind && !member; kind = kind->base) {
    member = own_member(c, kind, name);
  }
  return member;
}

static const char *nearest_member(const struct form_checking *c, const struct form_kind *kind, sv name) {
  struct nearest nearest = nearest_to(name);
  for (; kind; kind = kind->base) {
    for (const struct form_member *member = kind->members; member->name; member++) {
      if (!member->refused && has_version(c, member->versions)) {
        nearest_offer(&nearest, member->name);
      }
    }
  }
  return nearest.name;
}

static bool unknown_member(const struct form_checking *c, const json *member, const struct form_kind *kind,
                           const struct form_member *known, struct err *e) {
  sv name = shown_text(json_name(member));
  struct source_place place = source_name_place(c->source, member);
  const char *nearest = known ? NULL : nearest_member(c, kind, json_name(member));
  if (known && known->refused) {
    err_set(e, ERR_INVALID, "%s", known->refused);
  } else if (known) {
    err_set(e, ERR_INVALID, "%s is new in Arazzo 1.1; it needs arazzo: 1.1.0 at the top of the document",
            subject_member(name, kind).text);
  } else {
    err_set(e, ERR_INVALID, "'%.*s' is not a field of %s %s%s%s%s", SV_ARG(name), article(kind->what), kind->what,
            nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
  }
  return err_at(e, c->source->name, place.line, place.column);
}

static bool check_member(const struct form_checking *c, const json *member, const struct form_kind *kind,
                         struct err *e) {
  const struct form_member *known = find_member(c, kind, json_name(member));
  if (known && !known->refused && has_version(c, known->versions)) {
    struct subject subject = subject_member(json_name(member), kind);
    return check_value(c, member, known->form, &subject, e);
  }
  if (kind->open || (!kind->without_extensions && sv_starts(json_name(member), SV("x-")))) {
    return true;
  }
  return unknown_member(c, member, kind, known, e);
}

static bool check_required(const struct form_checking *c, const json *object, const struct form_kind *kind,
                           struct err *e) {
  struct err one;
  err_clear(&one);
  for (const struct form_kind *each = kind; each; each = each->base) {
    for (const struct form_member *member = each->members; member->name; member++) {
      if (!member->required || !has_version(c, member->versions) || json_get(object, sv_from(member->name))) {
        continue;
      }
      source_report(c->source, object, &one, ERR_INVALID, "this %s has no '%s', which is required", kind->what,
                    member->name);
      if (!findings_gather(c->findings, object, &one, e)) {
        return false;
      }
    }
  }
  return e->code == ERR_NONE;
}

static bool check_rules(const struct form_checking *c, const json *object, const struct form_kind *kind,
                        struct err *e) {
  for (; kind; kind = kind->base) {
    if (kind->rule && !kind->rule(c, object, e)) {
      return false;
    }
  }
  return true;
}

static bool check_below_member(const struct form_checking *c, const json *member, const struct form_kind *kind,
                               struct err *e) {
  const struct form_member *known = find_member(c, kind, json_name(member));
  if (!known || !known->form || !has_version(c, known->versions)) {
    return true;
  }
  if (check_below(c, member, known->form, json_name(member), e)) {
    return true;
  }
  /* Elements and entries have named themselves. */
  bool is_object = json_type(member) == JSON_OBJECT && known->form->choices;
  return is_object && err_in(e, "%s", known->name);
}

/* What lies at the object's own level. */
static bool check_level(const struct form_checking *c, const json *object, const struct form_kind *kind,
                        struct err *e) {
  struct err one;
  err_clear(&one);
  for (const json *member = json_first(object); member; member = member->next) {
    if (!check_member(c, member, kind, &one) && !findings_gather(c->findings, object, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE && check_required(c, object, kind, e) && check_rules(c, object, kind, e);
}

/* Whether a member is wrong itself, which was told: then nothing more is said of it. */
static bool is_told(const struct form_checking *c, const json *member, const struct form_kind *kind) {
  struct err ignored;
  err_clear(&ignored);
  return !check_member(c, member, kind, &ignored);
}

static bool check_members_below(const struct form_checking *c, const json *object, const struct form_kind *kind,
                                bool is_level_good, struct err *e) {
  struct err one;
  err_clear(&one);
  for (const json *member = json_first(object); member; member = member->next) {
    bool is_left_out = !is_level_good && is_told(c, member, kind);
    if (!is_left_out && !check_below_member(c, member, kind, &one) && !findings_gather(c->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

bool form_check(const struct form_checking *c, const json *object, const struct form_kind *kind, struct err *e) {
  struct err one;
  err_clear(&one);
  if (json_type(object) != JSON_OBJECT) {
    return source_error(c->source, object, e, ERR_INVALID, "%s %s must be an object, but this is %s",
                        article(kind->what), kind->what, json_type_name(object));
  }
  bool is_level_good = check_level(c, object, kind, &one);
  if (!is_level_good && !findings_gather(c->findings, object, &one, e)) {
    return false;
  }
  bool is_good = check_members_below(c, object, kind, is_level_good, &one);
  return (is_good || findings_gather(c->findings, NULL, &one, e)) && e->code == ERR_NONE;
}
