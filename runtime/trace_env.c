/* The one file that writes to the process's environment. The variable lives in one buffer that is overwritten for each
 * invocation: setenv would leave each invocation's value behind for ever. */
#include "trace_env.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"

#define NAME "_X_AMZN_TRACE_ID"

static char variable[sizeof NAME "=" + LIMIT_TRACE_ID_BYTES];

void trace_env_set(sv trace_id) {
  const size_t prefix_len = sizeof NAME "=" - 1;
  unsetenv(NAME);
  if (trace_id.len == 0 || trace_id.len > LIMIT_TRACE_ID_BYTES || sv_find(trace_id, '\0') != trace_id.len) {
    return;
  }
  memcpy(variable, NAME "=", prefix_len);
  memcpy(variable + prefix_len, trace_id.ptr, trace_id.len);
  variable[prefix_len + trace_id.len] = '\0';
  putenv(variable);
}
