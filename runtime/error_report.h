/* How an error is told to the Runtime API: a JSON body, and headers derived from it. */
#ifndef RUNTIME_ERROR_REPORT_H
#define RUNTIME_ERROR_REPORT_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;

/* The value of Lambda-Runtime-Function-Error-Type for the handler's error type: what the Runtime API accepts,
 * (Runtime|Function)\.[A-Z][A-Za-z]+. "Runtime." stays, any other prefix becomes "Function."; the name is the letters
 * behind the last dot. "Function.Unknown" when nothing usable is left. ERR_MEMORY. */
bool error_report_type(struct arena *arena, sv error_type, sv *out, struct err *e);

/* The body: {"errorMessage", "errorType", "stackTrace": []}. Type and message are cut at their limits; bytes that are not
 * UTF-8 become U+FFFD. ERR_MEMORY. */
bool error_report_body(struct arena *arena, sv error_type, sv message, sv *out, struct err *e);

/* The value of Lambda-Runtime-Function-XRay-Error-Cause: one line of printable ASCII, JSON, at most
 * LIMIT_XRAY_CAUSE_BYTES; it makes the error show in X-Ray's traces. ERR_MEMORY. */
bool error_report_cause(struct arena *arena, sv error_type, sv message, sv *out, struct err *e);

#endif
