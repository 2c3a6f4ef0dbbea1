/* One file in two roles: a trace would take the place of the state that a run goes on from. What options name as such is compared where
 * arguments are read; here, what stands behind '@'. */
#include "output_files.h"

#include "errinfo.h"
#include "new_file.h"

/* The file that an option names behind '@'; empty: none. */
static sv file_of(const struct arguments *arguments, const char *option) {
  sv value = arguments_text(arguments, option, SV(""));
  return sv_starts(value, SV("@")) ? sv_slice(value, 1, value.len) : SV("");
}

static bool check(const struct arguments *arguments, const char *option, const char *other, struct err *e) {
  sv written = arguments_text(arguments, option, SV(""));
  sv read = file_of(arguments, other);
  return written.len == 0 || read.len == 0 || !new_file_is(written, read) ||
         err_set(e, ERR_INVALID, "%s and %s are the same file", option, other);
}

bool output_files_check(const struct arguments *arguments, struct err *e) {
  return check(arguments, "--trace", "--inputs", e) && check(arguments, "--trace", "--resume", e) &&
         check(arguments, "--har", "--inputs", e) && check(arguments, "--har", "--resume", e) &&
         check(arguments, "--save", "--inputs", e);
}
