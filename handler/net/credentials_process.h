/* Credentials from a program: the setting credential_process of a profile. */
#ifndef ARAZZO_CREDENTIALS_PROCESS_H
#define ARAZZO_CREDENTIALS_PROCESS_H

#include "credentials.h"

/* Runs the command, without a shell, and reads the credentials that it prints, at most LIMIT_CREDENTIAL_PROCESS_BYTES within
 * LIMIT_CREDENTIAL_PROCESS_MS and until the deadline. Its standard error is ours, its standard input is empty. ERR_SYNTAX and
 * ERR_INVALID for a command that can't be started, ends in failure or prints anything but credentials, ERR_TIMEOUT, ERR_LIMIT,
 * ERR_MEMORY. No error holds what the command prints, or the words behind its first. */
bool credentials_from_process(const struct credentials_world *world, struct arena *arena, sv command,
                              int64_t deadline_ms, struct credentials_found *out, struct err *e);

#endif
