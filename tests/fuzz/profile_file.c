/* Any bytes as a credentials and as a config file: read, or refused with a line; what is read lies in the text. Values are cut
 * into words, too, as a credential_process is, which makes no word longer than the value. */
#include "profile_file.h"

#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "shell_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void split(struct arena *arena, sv command) {
  char **words = NULL;
  struct err e = {0};
  if (shell_words_split(arena, command, &words, &e) != (e.code == ERR_NONE)) {
    __builtin_trap();
  }
  for (size_t i = 0; e.code == ERR_NONE && words[i]; i++) {
    if (strlen(words[i]) > command.len || i > command.len) {
      __builtin_trap();
    }
  }
}

static void read_profile(struct arena *arena, sv text, enum profile_file_kind kind, sv name) {
  struct profile profile;
  struct err e = {0};
  if (!profile_file_read(SV("f"), text, kind, name, &profile, &e)) {
    if (e.code != ERR_SYNTAX || e.line == 0) {
      __builtin_trap();
    }
    return;
  }
  for (size_t i = 0; i < PROFILE_KEYS_COUNT; i++) {
    sv value = profile.values[i].text;
    if (value.len && (value.ptr < text.ptr || value.ptr + value.len > text.ptr + text.len || profile.line == 0)) {
      __builtin_trap();
    }
    split(arena, value);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  struct arena *arena = arena_new(MIB(64));
  read_profile(arena, text, PROFILE_FILE_CREDENTIALS, SV("default"));
  read_profile(arena, text, PROFILE_FILE_CONFIG, SV("default"));
  read_profile(arena, text, PROFILE_FILE_CONFIG, SV("b"));
  split(arena, text);
  arena_drop(arena);
  return 0;
}
