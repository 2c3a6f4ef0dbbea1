/* Signals that end a run: SIGINT, SIGTERM, SIGHUP. The first one asks for its end between two steps, the second one at once. */
#ifndef ARAZZO_INTERRUPT_H
#define ARAZZO_INTERRUPT_H

#include <stdbool.h>

/* From now on these signals are counted, except for a SIGHUP that was ignored before (nohup); and SIGPIPE is ignored. */
void interrupt_watch(void);

/* A signal came: the request under way is finished, nothing else is begun. */
bool interrupt_is_wanted(void);

/* A second one came: the request under way is cut. */
bool interrupt_is_urgent(void);

#endif
