/* References of OpenAPI descriptions: "#/…" in the same file, "other.yaml#/…" and "other.yaml" in another one, relative to the file
 * in which they stand (or to its `$self`, OpenAPI 3.2), and URLs, which only a reader that fetches follows, unless a file that
 * was read calls itself so. Behind '#' stands a JSON Pointer; names (`$anchor`) are refused.
 *
 * Not done: `$id` of schemas as a base, `$dynamicRef`. */
#include "reference.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "location.h"
#include "pointer.h"
#include "source_set.h"

struct place place_get(struct place place, sv name) {
  return (struct place){place.source, json_get(place.node, name)};
}

/* A reference on its way. */
struct following {
  struct source_set *files;
  struct place at; /* the text of the reference */
  sv text;
  struct err *e;
};

static sv shown(sv text) {
  return sv_slice(text, 0, 200);
}

static bool fail(const struct following *f, enum err_code code, const char *why) {
  return place_error(f->at, f->e, code, "'$ref: %.*s' %s", SV_ARG(shown(f->text)), why);
}

/* Adds the place of the reference to an error that has none. */
static bool fail_here(const struct following *f) {
  struct source_place place = source_place(f->at.source, f->at.node);
  return err_at(f->e, f->at.source->name, place.line, place.column);
}

static bool load(const struct following *f, sv path, const struct source **out) {
  const struct source_file *file = NULL;
  if (!source_set_load(f->files, path, &file, f->e)) {
    return fail_here(f);
  }
  *out = file->source;
  return true;
}

/* The file that the part in front of '#' names. */
static bool find_file(const struct following *f, sv uri, const struct source **out) {
  struct location location;
  const struct source *source = f->at.source;
  sv self = json_string(json_get(source->root, SV("$self")));
  *out = source;
  if (uri.len == 0 || sv_eq(uri, self)) {
    return true;
  }
  if (!location_resolve(f->files->arena, source->name, self, uri, &location, f->e)) {
    return fail_here(f);
  }
  const struct source_file *known = location.uri.len ? source_set_self(f->files, location.uri) : NULL;
  if (known) {
    *out = known->source;
    return true;
  }
  sv path = location.path.len || !f->files->reader.fetches ? location.path : location.uri;
  return path.len ? load(f, path, out)
                  : fail(f, ERR_UNSUPPORTED,
                         "is a URL, which is not fetched; keep a copy beside the description and refer to it by its "
                         "relative path");
}

static bool find_node(const struct following *f, const json *root, sv fragment, const json **out) {
  sv pointer;
  struct err why;
  err_clear(&why);
  if (!pointer_from_fragment(f->files->arena, fragment, &pointer, &why) || !pointer_check(pointer, &why)) {
    return why.code == ERR_MEMORY ? err_memory(f->e)
                                  : fail(f, ERR_INVALID,
                                         "names no place; behind '#' stands a JSON Pointer, as in "
                                         "'#/components/schemas/Name'");
  }
  *out = pointer_get(root, pointer);
  return *out || fail(f, ERR_INVALID, "leads nowhere: the file has no such place");
}

bool reference_step(struct source_set *files, struct place *place, bool *followed, struct err *e) {
  struct place at = place_get(*place, SV("$ref"));
  struct following f = {.files = files, .at = at, .text = json_string(at.node), .e = e};
  sv uri = f.text;
  sv fragment = SV("");
  const json *node = NULL;
  const struct source *source = NULL;
  *followed = json_is_string(at.node);
  if (!*followed) {
    return true;
  }
  if (!sv_split(f.text, '#', &uri, &fragment)) {
    uri = f.text;
    fragment = SV("");
  }
  if (!find_file(&f, uri, &source) || !find_node(&f, source->root, fragment, &node)) {
    return false;
  }
  *place = (struct place){source, node};
  return true;
}

bool reference_follow(struct source_set *files, struct place *place, struct err *e) {
  bool followed = true;
  struct place last = *place;
  for (int count = 0; followed && count <= LIMIT_REFERENCES; count++) {
    last = *place;
    if (!reference_step(files, place, &followed, e)) {
      return false;
    }
  }
  return !followed || place_error(place_get(last, SV("$ref")), e, ERR_INVALID,
                                  "'$ref' refers to itself, or through more than %d others", LIMIT_REFERENCES);
}
