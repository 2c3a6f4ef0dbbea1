/* Bundles are read by the loader that reads files: a bundle is a reader of other files. One JSON object:
 *
 *   {"arazzoBundle": 1, "digest": "<SHA-256>", "files": [{"path", "sha256", "isPruned"?, "text"}, …]}
 *
 * `files` begins with the entry document. Paths are as they are reached from there, so that they depend neither on the machine nor
 * on where the bundle lies; Arazzo documents are kept as they were written, with their lines, descriptions are pruned. `digest` is
 * that of the files that the bundle was made of: a run goes on whichever of the two is deployed. Since what is executed is not
 * what this digest was made from, each text has one of its own, which finds changes by accident or by hand. It proves nothing to
 * somebody who wants to deceive: whoever may write the bundle may write the documents. */
#include "bundle.h"

#include "errinfo.h"
#include "limits.h"
#include "shape.h"

static const struct shape_field bundle_fields[] = {
    {"arazzoBundle", SHAPE_NUMBER, true},
    {"digest", SHAPE_STRING, true},
    {"files", SHAPE_ARRAY, true},
    {NULL, 0, false},
};
static const struct shape bundle_shape = {"bundle", bundle_fields};

static const struct shape_field file_fields[] = {
    {"path", SHAPE_STRING, true},
    {"sha256", SHAPE_STRING, true},
    {"isPruned", SHAPE_BOOLEAN, false},
    {"text", SHAPE_STRING, true},
    {NULL, 0, false},
};
static const struct shape file_shape = {"file of a bundle", file_fields};

bool bundle_is(sv text) {
  sv rest = sv_trim(text);
  return sv_starts(rest, SV("{")) && sv_starts(sv_trim(sv_slice(rest, 1, rest.len)), SV("\"arazzoBundle\""));
}

static bool check_format(const json *root, struct err *e) {
  int64_t format = 0;
  if (json_to_int(json_get(root, SV("arazzoBundle")), &format) && format == BUNDLE_FORMAT) {
    return true;
  }
  return err_set(
      e, ERR_UNSUPPORTED,
      "this bundle has the format '%.*s', and this program reads %d; make it anew with `arazzo bundle` of this "
      "version",
      SV_ARG(sv_slice(json_number_text(json_get(root, SV("arazzoBundle"))), 0, 20)), BUNDLE_FORMAT);
}

static bool is_digest(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    bool is_digit = text.ptr[i] >= '0' && text.ptr[i] <= '9';
    if (!is_digit && (text.ptr[i] < 'a' || text.ptr[i] > 'f')) {
      return false;
    }
  }
  return text.len == SHA256_HEX_BYTES;
}

static bool check_digest(const json *node, struct err *e) {
  return is_digest(json_string(node)) ||
         err_set(e, ERR_INVALID, "'%.*s' must be a SHA-256 as 64 hexadecimal digits", SV_ARG(json_name(node)));
}

static const json *find(const struct bundle *bundle, sv path) {
  for (const json *file = json_first(bundle->files); file; file = file->next) {
    if (sv_eq(json_string(json_get(file, SV("path"))), path)) {
      return file;
    }
  }
  return NULL;
}

static bool check_file(const struct bundle *bundle, const json *file, struct err *e) {
  sv path = json_string(json_get(file, SV("path")));
  return shape_check_value(file, &file_shape, e) && check_digest(json_get(file, SV("sha256")), e) &&
         (path.len || err_set(e, ERR_INVALID, "the 'path' is empty")) &&
         (find(bundle, path) == file ||
          err_set(e, ERR_INVALID, "two files have the path '%.*s'", SV_ARG(sv_slice(path, 0, 200))));
}

static bool check_files(const struct bundle *bundle, struct err *e) {
  size_t number = 0;
  size_t count = json_count(bundle->files);
  if (count == 0 || count > LIMIT_BUNDLE_FILES) {
    return err_set(e, count ? ERR_LIMIT : ERR_INVALID, "a bundle has 1 to %d files, and this one %zu",
                   LIMIT_BUNDLE_FILES, count);
  }
  for (const json *file = json_first(bundle->files); file; file = file->next, number++) {
    if (!check_file(bundle, file, e)) {
      return err_in(e, "files[%zu]", number);
    }
  }
  return true;
}

bool bundle_open(struct arena *arena, sv name, sv text, struct bundle *out, struct err *e) {
  json *root = NULL;
  struct err cause;
  err_clear(&cause);
  if (!json_parse(arena, text, &root, &cause)) {
    err_set(e, cause.code, "the bundle is not whole JSON: %s", cause.text);
    return err_at(e, name, cause.line, cause.column);
  }
  *out = (struct bundle){name, json_get(root, SV("files")), json_string(json_get(root, SV("digest")))};
  return check_format(root, e) && shape_check_value(root, &bundle_shape, e) &&
         check_digest(json_get(root, SV("digest")), e) && check_files(out, e);
}

sv bundle_entry(const struct bundle *bundle) {
  return json_string(json_get(json_first(bundle->files), SV("path")));
}

bool bundle_is_pruned(const struct bundle *bundle, sv path) {
  return json_is_true(json_get(find(bundle, path), SV("isPruned")));
}

static bool read_file(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const struct bundle *bundle = context;
  struct sha256 digest;
  const json *file = find(bundle, path);
  (void)arena;
  if (!file) {
    return err_set(e, ERR_INVALID, "the bundle '%.*s' has no file '%.*s'; make it anew with `arazzo bundle`",
                   SV_ARG(bundle->name), SV_ARG(path));
  }
  *text = json_string(json_get(file, SV("text")));
  if (!sha256(*text, &digest, e)) {
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  return sv_eq(sv_from(hex.text), json_string(json_get(file, SV("sha256")))) ||
         err_set(e, ERR_INVALID,
                 "the text of '%.*s' was changed after the bundle '%.*s' was made; change the document, and make the "
                 "bundle anew with `arazzo bundle`",
                 SV_ARG(path), SV_ARG(bundle->name));
}

struct document_reader bundle_reader(struct bundle *bundle) {
  return (struct document_reader){.read = read_file, .context = bundle};
}
