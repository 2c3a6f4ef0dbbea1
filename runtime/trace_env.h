/* The X-Ray trace of the current invocation, where AWS's SDKs and tools look for it: the environment. */
#ifndef RUNTIME_TRACE_ENV_H
#define RUNTIME_TRACE_ENV_H

#include "sv.h"

/* Sets _X_AMZN_TRACE_ID of this process, or removes it when `trace_id` is empty, holds a NUL or is longer than
 * LIMIT_TRACE_ID_BYTES. Not for use by several threads at once. */
void trace_env_set(sv trace_id);

#endif
