/* Credentials and region of a profile in the files that AWS's tools share. For the command line; a function has no such files. */
#ifndef ARAZZO_CREDENTIALS_PROFILE_H
#define ARAZZO_CREDENTIALS_PROFILE_H

#include "credentials.h"

/* The profile that AWS_PROFILE (AWS_DEFAULT_PROFILE, else "default") names, in AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and
 * AWS_CONFIG_FILE (~/.aws/config): its keys, else what its credential_process prints. Nothing is found when it has neither.
 * ERR_UNSUPPORTED for a profile that assumes a role or signs in; ERR_UNRESOLVED when a profile that is named does not exist or
 * has half of the keys; ERR_SYNTAX, ERR_INVALID, ERR_LIMIT for the files. Errors say file and line, never a value. */
credentials_load credentials_from_profile;

/* The region of the same profile; empty when it has none. Errors of the files, as above. The text lives in the arena. */
bool profile_region(const struct environment *environment, struct arena *arena, sv *out, struct err *e);

#endif
