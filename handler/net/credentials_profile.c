/* Profiles, with the precedence of AWS's tools: keys in the credentials file, then credential_process, then keys in the config
 * file; before all of them what makes the profile assume a role or sign in, which is refused here, since other credentials of the
 * profile are then meant for something else. A file that does not exist is as if it were empty. */
#include "credentials_profile.h"

#include "credentials_process.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "profile_file.h"
#include "sb.h"
#include "text_file.h"

/* A profile as both files have it. */
struct profiles {
  const char *variable; /* that names the profile; NULL: none does */
  sv name;
  struct profile credentials;
  struct profile config;
};

/* Ways to credentials that are not gone here. */
static const struct {
  enum profile_key key;
  const char *what;
} ways[] = {
    {PROFILE_ROLE_ARN, "assumes a role"},
    {PROFILE_WEB_IDENTITY_TOKEN_FILE, "has a web identity token"},
    {PROFILE_SSO_SESSION, "signs in by IAM Identity Center"},
    {PROFILE_SSO_START_URL, "signs in by IAM Identity Center"},
    {PROFILE_LOGIN_SESSION, "signs in by 'aws login'"},
};
#define WAYS_COUNT (sizeof ways / sizeof *ways)

/* ---- reading ---- */

/* The variable's path, or the usual one; "~/" is the home folder. Empty when that is not known. */
static bool file_path(const struct environment *environment, struct arena *arena, const char *variable, sv usual,
                      sv *out, struct err *e) {
  sv home = SV("");
  struct sb path = sb_new(arena, LIMIT_PATH_BYTES);
  if (!environment_get(environment, variable, out)) {
    *out = usual;
  }
  if (!sv_starts(*out, SV("~/"))) {
    return true;
  }
  if (!environment_get(environment, "HOME", &home)) {
    *out = SV("");
    return true;
  }
  sb_put(&path, home);
  sb_put(&path, sv_slice(*out, 1, out->len));
  return sb_finish(&path, variable, out, e);
}

static bool read_file(struct arena *arena, sv path, enum profile_file_kind kind, sv name, struct profile *out,
                      struct err *e) {
  struct err why;
  sv text;
  *out = (struct profile){.path = path};
  err_clear(&why);
  if (path.len == 0) {
    return true;
  }
  if (!text_file_read(arena, path, LIMIT_PROFILE_FILE_BYTES, &text, &why)) {
    if (why.code != ERR_UNRESOLVED) {
      *e = why;
    }
    return why.code == ERR_UNRESOLVED;
  }
  return profile_file_read(path, text, kind, name, out, e);
}

static void choose_name(const struct environment *environment, struct profiles *out) {
  static const char *const variables[] = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"};
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
    if (environment_get(environment, variables[i], &out->name)) {
      out->variable = variables[i];
      return;
    }
  }
  out->name = SV("default");
}

static bool read_profiles(const struct environment *environment, struct arena *arena, struct profiles *out,
                          struct err *e) {
  sv credentials;
  sv config;
  *out = (struct profiles){.variable = NULL};
  choose_name(environment, out);
  return file_path(environment, arena, "AWS_SHARED_CREDENTIALS_FILE", SV("~/.aws/credentials"), &credentials, e) &&
         file_path(environment, arena, "AWS_CONFIG_FILE", SV("~/.aws/config"), &config, e) &&
         read_file(arena, credentials, PROFILE_FILE_CREDENTIALS, out->name, &out->credentials, e) &&
         read_file(arena, config, PROFILE_FILE_CONFIG, out->name, &out->config, e);
}

static bool check_exists(const struct profiles *profiles, struct err *e) {
  return profiles->credentials.line || profiles->config.line || !profiles->variable ||
         err_set(e, ERR_UNRESOLVED, "%s names the profile '%.*s', which neither '%.*s' nor '%.*s' has",
                 profiles->variable, SV_ARG(profiles->name), SV_ARG(profiles->credentials.path),
                 SV_ARG(profiles->config.path));
}

/* ---- values ---- */

static bool refuse_at(const struct profile *profile, unsigned line, struct err *e) {
  return err_at(e, profile->path, line, 0);
}

static bool read_value(const struct profile *profile, enum profile_key key, sv *out, struct err *e) {
  const struct profile_value *value = &profile->values[key];
  *out = value->text;
  if (value->is_continued) {
    err_set(e, ERR_INVALID, "%s goes on in the next line; write it in one", profile_key_name(key));
    return refuse_at(profile, value->line, e);
  }
  return true;
}

static bool read_key(const struct profile *profile, enum profile_key key, sv *out, struct err *e) {
  return read_value(profile, key, out, e) &&
         (credentials_check_text(profile_key_name(key), *out, e) || refuse_at(profile, profile->values[key].line, e));
}

static bool read_keys(const struct profile *profile, struct credentials_found *out, struct err *e) {
  struct credentials *keys = &out->credentials;
  if (!read_key(profile, PROFILE_ACCESS_KEY_ID, &keys->access_key_id, e) ||
      !read_key(profile, PROFILE_SECRET_ACCESS_KEY, &keys->secret_access_key, e) ||
      !read_key(profile, PROFILE_SESSION_TOKEN, &keys->session_token, e)) {
    return false;
  }
  bool has_id = keys->access_key_id.len != 0;
  out->is_found = has_id && keys->secret_access_key.len != 0;
  if (has_id == (keys->secret_access_key.len != 0)) {
    return true;
  }
  err_set(e, ERR_UNRESOLVED, "the profile has %s without %s",
          profile_key_name(has_id ? PROFILE_ACCESS_KEY_ID : PROFILE_SECRET_ACCESS_KEY),
          profile_key_name(has_id ? PROFILE_SECRET_ACCESS_KEY : PROFILE_ACCESS_KEY_ID));
  return refuse_at(profile, profile->line, e);
}

static bool run_process(const struct credentials_world *world, struct arena *arena, const struct profile *profile,
                        int64_t deadline_ms, struct credentials_found *out, struct err *e) {
  sv command;
  if (!read_value(profile, PROFILE_CREDENTIAL_PROCESS, &command, e)) {
    return false;
  }
  if (command.len == 0 || credentials_from_process(world, arena, command, deadline_ms, out, e)) {
    return true;
  }
  err_path(e, "credential_process");
  return refuse_at(profile, profile->values[PROFILE_CREDENTIAL_PROCESS].line, e);
}

/* ---- what is refused ---- */

static bool check_ways(const struct profiles *profiles, const struct profile *profile, struct err *e) {
  for (size_t i = 0; i < WAYS_COUNT; i++) {
    const struct profile_value *value = &profile->values[ways[i].key];
    if (value->line) {
      err_set(e, ERR_UNSUPPORTED,
              "the profile '%.*s' %s (%s), which is not done here; let 'aws configure export-credentials --profile "
              "%.*s --format env' do it, and set what it prints",
              SV_ARG(profiles->name), ways[i].what, profile_key_name(ways[i].key), SV_ARG(profiles->name));
      return refuse_at(profile, value->line, e);
    }
  }
  return true;
}

/* The same, told by the environment. */
static bool check_web_identity(const struct environment *environment, struct err *e) {
  sv ignored;
  return !environment_get(environment, "AWS_WEB_IDENTITY_TOKEN_FILE", &ignored) ||
         err_set(e, ERR_UNSUPPORTED,
                 "AWS_WEB_IDENTITY_TOKEN_FILE is set, but roles are not assumed here; let 'aws configure "
                 "export-credentials --format env' do it, and set what it prints");
}

/* ---- the two doors ---- */

bool credentials_from_profile(const struct credentials_world *world, struct arena *arena, int64_t deadline_ms,
                              struct credentials_found *out, struct err *e) {
  struct profiles profiles;
  *out = (struct credentials_found){.is_found = false};
  if (!check_web_identity(world->environment, e) || !read_profiles(world->environment, arena, &profiles, e) ||
      !check_exists(&profiles, e) || !check_ways(&profiles, &profiles.credentials, e) ||
      !check_ways(&profiles, &profiles.config, e)) {
    return false;
  }
  return read_keys(&profiles.credentials, out, e) &&
         (out->is_found || run_process(world, arena, &profiles.credentials, deadline_ms, out, e)) &&
         (out->is_found || run_process(world, arena, &profiles.config, deadline_ms, out, e)) &&
         (out->is_found || read_keys(&profiles.config, out, e));
}

/* AWS's tools take the region of the config file first, and of the other one when it has none. */
bool profile_region(const struct environment *environment, struct arena *arena, sv *out, struct err *e) {
  struct profiles profiles;
  return read_profiles(environment, arena, &profiles, e) && read_value(&profiles.config, PROFILE_REGION, out, e) &&
         (out->len || read_value(&profiles.credentials, PROFILE_REGION, out, e));
}
