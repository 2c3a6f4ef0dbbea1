/* Tells linear from quadratic work without a clock's absolute value, so that it holds under valgrind and sanitizers too. */
#ifndef ARAZZO_GROWTH_H
#define ARAZZO_GROWTH_H

#include <stddef.h>

#define GROWTH_FACTOR ((size_t)16)

/* Does work of size `count` on the context. */
typedef void growth_work(void *context, size_t count);

/* Asserts that one piece of work of size GROWTH_FACTOR * count costs about as much as GROWTH_FACTOR pieces of size count
 * (quadratic work would cost GROWTH_FACTOR times as much). */
void growth_assert_even(growth_work *work, void *context, size_t count);

#endif
