/* Times as text: RFC 3339. */
#ifndef ARAZZO_TIMESTAMP_H
#define ARAZZO_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

/* Reads "2026-01-13T08:05:09Z", with a fraction of a second and an offset (+01:00, +0100) where they are given, as milliseconds
 * since 1970. False when the text is no such time, or one before 1970 or after 9999. */
bool timestamp_parse(sv text, int64_t *wall_ms);

#endif
