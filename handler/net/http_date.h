/* Dates in HTTP headers. */
#ifndef ARAZZO_HTTP_DATE_H
#define ARAZZO_HTTP_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

/* Reads an HTTP date (RFC 9110 5.6.7, all three forms, years 1970 to 9999) as milliseconds since 1970. `now_ms` tells
 * the century of the form with two digits. False when the text is no such date. */
bool http_date_parse(sv text, int64_t now_ms, int64_t *wall_ms);

#endif
