/* Replays corpus folders through a fuzz target in the ordinary test run: each file once, in the order of their names, and
 * each also cut in half, which is where parsers forget the end. Arguments are folders. A folder without files is a failure,
 * since such a run would test nothing. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_BYTES 4096
#define INPUT_BYTES ((size_t)1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

/* A copy of exactly `size` bytes, so that AddressSanitizer and valgrind see a read behind its end. */
static void run_one(const uint8_t *data, size_t size) {
  uint8_t *copy = malloc(size ? size : 1);
  if (!copy) {
    abort();
  }
  memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
}

static int replay_file(const char *path) {
  uint8_t *data = malloc(INPUT_BYTES);
  FILE *file = fopen(path, "rb");
  if (!data || !file) {
    fprintf(stderr, "%s can't be read\n", path);
    return 1;
  }
  size_t size = fread(data, 1, INPUT_BYTES, file);
  fclose(file);
  run_one(data, size);
  run_one(data, size / 2);
  free(data);
  return 0;
}

static int replay_folder(const char *folder) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_visible, alphasort);
  int failed = count <= 0;
  for (int i = 0; i < count; i++) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
    failed += replay_file(path);
    free(entries[i]);
  }
  free(entries);
  printf("%s: %d files\n", folder, count);
  return failed;
}

int main(int count, char **arguments) {
  int failed = count < 2;
  for (int i = 1; i < count; i++) {
    failed += replay_folder(arguments[i]);
  }
  return failed != 0;
}
