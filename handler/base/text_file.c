/* Read by system calls: a stdio stream would leave its buffer, and so a secret, in freed memory. */
#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "errinfo.h"
#include "sb.h"

static bool read_all(int file, struct sb *text) {
  char buffer[4096];
  ssize_t got = 0;
  do {
    got = read(file, buffer, sizeof buffer);
    if (got > 0) {
      sb_put(text, (sv){buffer, (size_t)got});
    }
  } while ((got > 0 && text->state == SB_OK) || (got < 0 && errno == EINTR));
  explicit_bzero(buffer, sizeof buffer);
  return got >= 0;
}

bool text_file_read(struct arena *arena, sv path, size_t max_bytes, sv *out, struct err *e) {
  struct sb text = sb_new(arena, max_bytes);
  const char *name = NULL;
  if (!sv_to_text(arena, path, &name, e)) {
    return false;
  }
  int file = open(name, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    bool is_missing = errno == ENOENT || errno == ENOTDIR;
    return err_set(e, is_missing ? ERR_UNRESOLVED : ERR_INVALID, "the file '%s' %s", name,
                   is_missing ? "does not exist" : "can't be opened");
  }
  bool good = read_all(file, &text);
  close(file);
  return (good || err_set(e, ERR_INVALID, "the file '%s' can't be read", name)) &&
         (sb_finish(&text, "its content", out, e) || err_in(e, "the file '%s'", name));
}
