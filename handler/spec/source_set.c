/* A list of files, looked through by path: a description has a few. Their texts and trees live in the set's arena, which is given
 * back as a whole when the operations that are needed are compiled. */
#include "source_set.h"

#include "arena.h"
#include "digest.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

bool source_set_read(struct source_set *set, sv path, sv *text, struct err *e) {
  struct sha256 digest;
  if (!set->reader.read(set->reader.context, path, set->arena, text, e) || !sha256(*text, &digest, e)) {
    return false;
  }
  if (set->digests) {
    struct sha256_hex hex = sha256_to_hex(&digest);
    sb_format(set->digests, "%s\n", hex.text);
  }
  return true;
}

static const struct source_file *find(const struct source_set *set, sv path) {
  for (const struct source_file *file = set->first; file; file = file->next) {
    if (sv_eq(file->path, path)) {
      return file;
    }
  }
  return NULL;
}

bool source_set_load(struct source_set *set, sv path, const struct source_file **out, struct err *e) {
  *out = find(set, path);
  if (*out) {
    return true;
  }
  if (set->count >= LIMIT_SOURCE_FILES) {
    return err_set(e, ERR_LIMIT, "more than %d files of descriptions refer to each other", LIMIT_SOURCE_FILES);
  }
  struct source_file *file = arena_alloc(set->arena, sizeof *file);
  if (!file) {
    return err_memory(e);
  }
  file->path = path;
  if (!source_set_read(set, path, &file->text, e)) {
    return err_unit(e, "source");
  }
  if (!yaml_parse(set->arena, path, file->text, &file->source, e)) {
    return err_unit(e, "syntax");
  }
  file->next = set->first;
  set->first = file;
  set->count++;
  *out = file;
  return true;
}

const struct source_file *source_set_self(const struct source_set *set, sv uri) {
  for (const struct source_file *file = set->first; file; file = file->next) {
    sv self = json_string(json_get(file->source->root, SV("$self")));
    if (self.len && sv_eq(self, uri)) {
      return file;
    }
  }
  return NULL;
}
