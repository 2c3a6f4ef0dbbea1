/* The files that AWS's tools share: ~/.aws/credentials and ~/.aws/config. */
#ifndef ARAZZO_PROFILE_FILE_H
#define ARAZZO_PROFILE_FILE_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;

/* The properties of a profile that are read. */
enum profile_key {
  PROFILE_ACCESS_KEY_ID,
  PROFILE_SECRET_ACCESS_KEY,
  PROFILE_SESSION_TOKEN,
  PROFILE_REGION,
  PROFILE_CREDENTIAL_PROCESS,
  PROFILE_ROLE_ARN,
  PROFILE_WEB_IDENTITY_TOKEN_FILE,
  PROFILE_SSO_SESSION,
  PROFILE_SSO_START_URL,
  PROFILE_LOGIN_SESSION
};
#define PROFILE_KEYS_COUNT 10

struct profile_value {
  sv text;           /* empty: not given */
  unsigned line;     /* 1-based; 0: not given */
  bool is_continued; /* indented lines follow it, which are not read */
};

/* One profile as one file has it. */
struct profile {
  sv path;
  unsigned line; /* of its first section header, 1-based; 0: the file does not have it */
  struct profile_value values[PROFILE_KEYS_COUNT];
};

/* How sections are named: [name], or [profile name] and [default]. */
enum profile_file_kind { PROFILE_FILE_CREDENTIALS, PROFILE_FILE_CONFIG };

/* "aws_access_key_id" … */
const char *profile_key_name(enum profile_key key);

/* Reads the profile `name` out of the file's text. ERR_SYNTAX, with file and line, for a section header without its end and, in
 * this profile, for a line that is no property; no error holds a value. The views are of `text` and `path`. */
bool profile_file_read(sv path, sv text, enum profile_file_kind kind, sv name, struct profile *out, struct err *e);

#endif
