/* Files that are never half-written. The other name is in the same folder, so that renaming is one step of the file system; a
 * process that is killed leaves it behind, readable as far as it got. */
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errinfo.h"

#define PART ".part-XXXXXX"

static bool refuse(const struct new_file *file, const char *what, struct err *e) {
  return err_set(e, ERR_INVALID, "the file '%s' can't be %s: %s", file->path, what, strerror(errno));
}

bool new_file_check(const char *path, struct err *e) {
  struct stat place;
  return stat(path, &place) != 0 || S_ISREG(place.st_mode) ||
         err_set(e, ERR_INVALID, "'%s' is there, and it is no file that could be replaced", path);
}

static bool set_path(struct new_file *file, sv path, struct err *e) {
  if (path.len + sizeof PART > sizeof file->path) {
    return err_set(e, ERR_LIMIT, "the path of a file is longer than %zu bytes", sizeof file->path - sizeof PART);
  }
  memcpy(file->path, path.ptr, path.len);
  file->path[path.len] = '\0';
  memcpy(file->part, path.ptr, path.len);
  memcpy(file->part + path.len, PART, sizeof PART);
  return true;
}

/* A name in a folder: there need be no such file yet. */
struct place {
  struct stat folder;
  sv name;
};

static bool find_place(sv path, struct place *out) {
  char folder[LIMIT_PATH_BYTES] = ".";
  size_t length = path.len;
  while (length && path.ptr[length - 1] != '/') {
    length--;
  }
  if (length >= sizeof folder) {
    return false;
  }
  if (length) {
    memcpy(folder, path.ptr, length);
    folder[length] = '\0';
  }
  out->name = sv_slice(path, length, path.len);
  return stat(folder, &out->folder) == 0;
}

static bool is_same(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool find_file(sv path, struct stat *out) {
  char name[LIMIT_PATH_BYTES];
  if (path.len >= sizeof name) {
    return false;
  }
  memcpy(name, path.ptr, path.len);
  name[path.len] = '\0';
  return stat(name, out) == 0 && S_ISREG(out->st_mode);
}

bool new_file_is(sv path, sv other) {
  struct place here;
  struct place there;
  struct stat a;
  struct stat b;
  bool is_name = find_place(path, &here) && find_place(other, &there) && sv_eq(here.name, there.name) &&
                 is_same(&here.folder, &there.folder);
  return is_name || (find_file(path, &a) && find_file(other, &b) && is_same(&a, &b));
}

bool new_file_open(struct new_file *file, sv path, struct err *e) {
  *file = (struct new_file){.tail = 0};
  if (!set_path(file, path, e) || !new_file_check(file->path, e)) {
    return false;
  }
  int made = mkstemp(file->part); /* mode 0600 */
  if (made < 0) {
    return refuse(file, "made", e);
  }
  file->file = fdopen(made, "w");
  if (!file->file) {
    close(made);
    unlink(file->part);
    return refuse(file, "made", e);
  }
  return true;
}

static bool put(FILE *file, sv text) {
  return fwrite(text.ptr, 1, text.len, file) == text.len;
}

bool new_file_add(struct new_file *file, sv text, sv tail, struct err *e) {
  bool good = fseek(file->file, file->tail, SEEK_SET) == 0 && put(file->file, text);
  file->tail = good ? ftell(file->file) : file->tail;
  good =
      good && put(file->file, tail) && fflush(file->file) == 0 && ftruncate(fileno(file->file), ftell(file->file)) == 0;
  return good || refuse(file, "written", e);
}

/* A name is on the disk once its folder is. Not every file system can tell; then there is nothing more to do. */
static void sync_folder(const struct new_file *file) {
  char folder[LIMIT_PATH_BYTES] = ".";
  const char *slash = strrchr(file->path, '/');
  if (slash) {
    size_t length = (size_t)(slash - file->path) + 1;
    memcpy(folder, file->path, length);
    folder[length] = '\0';
  }
  int opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened >= 0) {
    (void)fsync(opened);
    close(opened);
  }
}

bool new_file_share(struct new_file *file, struct err *e) {
  mode_t mask = umask(0);
  umask(mask);
  return fchmod(fileno(file->file), 0666 & ~mask) == 0 || refuse(file, "shared", e);
}

bool new_file_finish(struct new_file *file, struct err *e) {
  bool good = fflush(file->file) == 0 && fsync(fileno(file->file)) == 0;
  good = fclose(file->file) == 0 && good && rename(file->part, file->path) == 0;
  if (good) {
    sync_folder(file);
  }
  file->file = NULL;
  return good || refuse(file, "written", e);
}

void new_file_drop(struct new_file *file) {
  if (file->file) {
    fclose(file->file);
    unlink(file->part);
    file->file = NULL;
  }
}

bool new_file_write(sv path, sv text, struct err *e) {
  struct new_file file;
  bool good = new_file_open(&file, path, e) && new_file_add(&file, text, SV(""), e) && new_file_finish(&file, e);
  if (!good) {
    new_file_drop(&file);
  }
  return good;
}
