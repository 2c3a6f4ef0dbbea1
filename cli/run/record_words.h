/* The words of a trace. */
#ifndef ARAZZO_RECORD_WORDS_H
#define ARAZZO_RECORD_WORDS_H

#include "errinfo.h"
#include "observer.h"

struct sb;

sv record_outcome_word(enum attempt_class outcome);
sv record_verdict_word(enum verdict verdict);
sv record_criterion_word(enum criterion_type type);
sv record_transition_word(enum transition_kind kind);

/* Why there was no response: "network", "tls", "timeout" …, and back; ERR_INTERNAL for another word. */
sv record_failure_word(enum err_code code);
enum err_code record_failure_code(sv word);

/* Appends why the run goes this way. */
void record_put_why(struct sb *out, const struct run *run, const struct transition *transition, bool succeeded);

#endif
