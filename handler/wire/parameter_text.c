/* The places of parameters, and their names. */
#include "parameter_text.h"

sv parameter_in_name(enum parameter_in in) {
  static const char *const names[PARAMETER_IN_COUNT] = {"path", "query", "header", "cookie", "querystring"};
  return sv_from(names[in]);
}

bool parameter_in_read(sv name, enum parameter_in *in) {
  for (unsigned i = 0; i < PARAMETER_IN_COUNT; i++) {
    if (sv_eq(name, parameter_in_name((enum parameter_in)i))) {
      *in = (enum parameter_in)i;
      return true;
    }
  }
  return false;
}
