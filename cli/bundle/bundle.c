/* arazzo bundle: the documents of a workflow in one file, which stands for them everywhere (docs/adr/0013-bundle.md).
 *
 * The document is loaded, so that only what runs is bundled; once more by names that are relative to it, while all files that the
 * loader reads are recorded: these are the bundle's. Arazzo documents are kept as they are, descriptions are pruned
 * (bundle_prune.c). At last the bundle is loaded, as the function will load it, before it is written. */
#include "bundle.h"

#include "arena.h"
#include "bundle_prune.h"
#include "commands.h"
#include "document.h"
#include "errinfo.h"
#include "limits.h"
#include "new_file.h"
#include "quote.h"
#include "sb.h"
#include "screen.h"
#include "session.h"

/* A file that the loader has read. */
struct recorded_file {
  sv path;  /* from the entry document's folder */
  sv place; /* from the working directory */
  sv text;
  struct recorded_file *next;
};

struct bundling {
  struct arena *arena;
  sv folder; /* of the document, with the slash at its end; empty: the working directory */
  sv entry;  /* the document's name in it */
  struct recorded_file *files;
  const struct document *document;
  struct bundle_prune prune;
  sv text; /* the result */
};

/* ---- recording ---- */

static const struct recorded_file *find_recorded(const struct bundling *b, sv path) {
  for (const struct recorded_file *file = b->files; file; file = file->next) {
    if (sv_eq(file->path, path)) {
      return file;
    }
  }
  return NULL;
}

static sv recorded_text(const struct bundling *b, sv path) {
  const struct recorded_file *file = find_recorded(b, path);
  return file ? file->text : SV("");
}

/* The loader's arena is gone when it has ended: what was read is kept in another one. */
static bool record(struct bundling *b, sv path, sv *text, struct err *e) {
  struct document_reader files = document_file_reader();
  struct sb name = sb_new(b->arena, LIMIT_PATH_BYTES);
  struct recorded_file *file = arena_alloc(b->arena, sizeof *file);
  sv full;
  sb_put(&name, sv_starts(path, SV("/")) ? SV("") : b->folder);
  sb_put(&name, path);
  if (!file || !sb_finish(&name, "the path of a file", &full, e) ||
      !files.read(files.context, full, b->arena, text, e)) {
    return e->code || err_memory(e);
  }
  *file = (struct recorded_file){sv_copy(b->arena, path), full, *text, b->files};
  b->files = file;
  return file->path.len || err_memory(e);
}

static bool read_recording(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  struct bundling *b = context;
  const struct recorded_file *known = find_recorded(b, path);
  (void)arena;
  if (known) {
    *text = known->text;
    return true;
  }
  return record(b, path, text, e);
}

static bool read_recorded(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const struct recorded_file *known = find_recorded(context, path);
  (void)arena;
  *text = known ? known->text : SV("");
  return known || err_set(e, ERR_INVALID, "the file '%.*s' was not needed", SV_ARG(path));
}

static void split_path(struct bundling *b, sv path) {
  size_t at = path.len;
  while (at > 0 && path.ptr[at - 1] != '/') {
    at--;
  }
  b->folder = sv_slice(path, 0, at);
  b->entry = sv_slice(path, at, path.len);
}

static bool load(struct bundling *b, sv path, struct err *e) {
  struct document_reader recorder = {.read = read_recording, .context = b};
  split_path(b, path);
  if (!document_load(b->arena, path, document_file_reader(), &b->document, e) ||
      !document_load(b->arena, b->entry, recorder, &b->document, e)) {
    return false;
  }
  return !bundle_is(recorded_text(b, b->entry)) ||
         err_set(e, ERR_INVALID, "'%.*s' is a bundle already; bundle the document that it was made of", SV_ARG(path));
}

/* ---- pruning ---- */

static bool prune_steps(struct bundling *b, const struct workflow *workflow, struct err *e) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    const struct step *step = &workflow->steps[i];
    if (step->operation && !bundle_prune_operation(&b->prune, step->source->path, step->operation, e)) {
      return false;
    }
  }
  return true;
}

static bool prune_document(struct bundling *b, const struct document *document, struct err *e) {
  for (size_t i = 0; i < document->description_count; i++) {
    const struct description *description = &document->descriptions[i];
    if (description->type == DESCRIPTION_OPENAPI && !bundle_prune_description(&b->prune, description->path, e)) {
      return false;
    }
  }
  for (size_t i = 0; i < document->workflow_count; i++) {
    if (!prune_steps(b, &document->workflows[i], e)) {
      return false;
    }
  }
  return true;
}

static bool prune_all(struct bundling *b, struct source_set *files, struct err *e) {
  const struct document_set *set = b->document->set;
  *files = (struct source_set){.arena = b->arena, .reader = {.read = read_recorded, .context = b}};
  b->prune = (struct bundle_prune){.arena = b->arena, .files = files, .map = {.arena = b->arena}};
  for (size_t i = 0; i < set->count; i++) {
    if (!prune_document(b, set->items[i], e)) {
      return false;
    }
  }
  return true;
}

/* ---- writing ---- */

static bool put_file(const struct bundling *b, sv path, sv text, bool is_pruned, struct sb *out, struct err *e) {
  struct sha256 digest;
  if (!sha256(text, &digest, e)) {
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  sb_put(out, sv_eq(path, b->entry) ? SV("\n{\"path\":") : SV(",\n{\"path\":"));
  quote_json(out, path);
  sb_format(out, ",\"sha256\":\"%s\",%s\"text\":", hex.text, is_pruned ? "\"isPruned\":true," : "");
  quote_json(out, text);
  sb_char(out, '}');
  return true;
}

/* The next file in the order of paths behind `after`, so that the bundle does not depend on the order of reading. */
static const struct recorded_file *next_file(const struct bundling *b, sv after) {
  const struct recorded_file *next = NULL;
  for (const struct recorded_file *file = b->files; file; file = file->next) {
    if (sv_compare(file->path, after) > 0 && (!next || sv_compare(file->path, next->path) < 0)) {
      next = file;
    }
  }
  return next;
}

static bool is_document(const struct document_set *set, sv path) {
  for (size_t i = 0; i < set->count; i++) {
    if (sv_eq(set->items[i]->path, path)) {
      return true;
    }
  }
  return false;
}

static bool put_description(struct bundling *b, sv path, struct sb *out, struct err *e) {
  const struct source_file *file = NULL;
  struct sb text = sb_new(b->arena, LIMIT_DOCUMENT_BYTES);
  sv view;
  if (!source_set_load(b->prune.files, path, &file, e)) {
    return false;
  }
  if (!bundle_prune_keeps(&b->prune, file)) {
    return true;
  }
  bundle_prune_write(&b->prune, file, &text);
  return sb_finish(&text, "a description in the bundle", &view, e) && put_file(b, path, view, true, out, e);
}

static bool put_files(struct bundling *b, struct sb *out, struct err *e) {
  if (!put_file(b, b->entry, recorded_text(b, b->entry), false, out, e)) {
    return false;
  }
  for (const struct recorded_file *file = next_file(b, SV("")); file; file = next_file(b, file->path)) {
    bool is_entry = sv_eq(file->path, b->entry);
    bool good = is_document(b->document->set, file->path)
                    ? is_entry || put_file(b, file->path, file->text, false, out, e)
                    : put_description(b, file->path, out, e);
    if (!good) {
      return false;
    }
  }
  return true;
}

static bool write_text(struct bundling *b, struct err *e) {
  struct sb out = sb_new(b->arena, LIMIT_DOCUMENT_BYTES);
  sb_format(&out, "{\"arazzoBundle\":%d,\"digest\":\"%s\",\"files\":[", BUNDLE_FORMAT, b->document->set->digest.text);
  if (!put_files(b, &out, e)) {
    return false;
  }
  sb_put(&out, SV("]}\n"));
  return sb_finish(&out, "the bundle", &b->text, e);
}

/* ---- checking, and the command ---- */

static bool read_bundle(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const struct bundling *b = context;
  (void)path;
  (void)arena;
  (void)e;
  *text = b->text;
  return true;
}

static bool check_loads(struct bundling *b, struct err *e) {
  const struct document *document = NULL;
  struct document_reader reader = {.read = read_bundle, .context = b};
  return document_load(b->arena, SV("the new bundle"), reader, &document, e);
}

static bool make(struct bundling *b, sv path, struct err *e) {
  struct source_set files;
  return load(b, path, e) && prune_all(b, &files, e) && write_text(b, e) && check_loads(b, e);
}

/* The file must be none of those that the bundle is made of. */
static bool check_file_is_new(const struct bundling *b, sv path, struct err *e) {
  for (const struct recorded_file *file = b->files; file; file = file->next) {
    if (new_file_is(path, file->place)) {
      return err_set(e, ERR_INVALID, "-o would overwrite '%.*s', of which the bundle is made", SV_ARG(file->place));
    }
  }
  return true;
}

/* The file is there as a whole, or not at all. */
static bool save(struct bundling *b, sv path, struct err *e) {
  struct new_file file = {.tail = 0};
  bool good = check_file_is_new(b, path, e) && new_file_open(&file, path, e) &&
              new_file_add(&file, b->text, SV(""), e) && new_file_share(&file, e) && new_file_finish(&file, e);
  if (!good) {
    new_file_drop(&file);
  }
  return good;
}

static bool report(struct bundling *b, sv path, struct err *e) {
  json *out = json_new_object(b->arena);
  bool good = json_set(b->arena, out, SV("file"), json_new_string(b->arena, path)) &&
              json_set(b->arena, out, SV("bytes"), json_new_integer(b->arena, (int64_t)b->text.len)) &&
              json_set(b->arena, out, SV("digest"), json_new_string(b->arena, sv_from(b->document->set->digest.text)));
  return (good || err_memory(e)) && (screen_print_json(b->arena, out) || err_set(e, ERR_INVALID, "standard output"));
}

static enum exit_status run(const struct arguments *arguments) {
  struct err e;
  sv path = arguments_text(arguments, "-o", SV(""));
  struct bundling b = {.arena = arena_new(LIMIT_DOCUMENT_ARENA_BYTES)};
  err_clear(&e);
  bool good =
      (b.arena || err_memory(&e)) && make(&b, arguments->operands[0], &e) && save(&b, path, &e) && report(&b, path, &e);
  if (!good) {
    session_complain(&e);
  }
  arena_drop(b.arena);
  return good ? EXIT_DONE : EXIT_FAILED;
}

static bool check(const struct arguments *arguments, struct err *e) {
  return arguments_has(arguments, "-o") || err_set(e, ERR_INVALID, "bundle needs the file to write: -o FILE");
}

static const struct option options[] = {
    {"-o", OPTION_NEW_FILE, "FILE", "the bundle; needed", 0, 0},
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

const struct command command_bundle = {
    .name = "bundle",
    .operands = "DOC",
    .least = 1,
    .most = 1,
    .options = options,
    .summary = "one small file in place of a document and its descriptions",
    .details = "The bundle holds the Arazzo documents, and of the descriptions what the called operations need.\n"
               "Every command takes it as DOC, and the function as ARAZZO_DOCUMENT. It has the digest of the files\n"
               "that it was made of: runs go on whichever of the two is deployed.\n",
    .examples = "  arazzo bundle workflow.yml -o workflow.bundle.json\n"
                "  arazzo run workflow.bundle.json --input name=value\n",
    .check = check,
    .run = run,
};
