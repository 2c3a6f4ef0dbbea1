/* What of ARAZZO_SECRETS can be judged before the first request. A name that fits nothing is an error, since a slip would mean
 * requests without authentication; so is one that fits two descriptions: a secret must not go to a server that it is not meant
 * for.
 *
 * An operation that requires what nobody gives is sent as it is: the description may tell of something that a gateway, a
 * proxy or the network does. The log says so once for each scheme. */
#include "api_choice.h"
#include "api_security.h"
#include "errinfo.h"
#include "limits.h"
#include "logger.h"

struct checking {
  const struct api_security *security;
  struct logger *logger;
  bool is_used[LIMIT_SECRETS];               /* the secret is that of some scheme */
  const struct step *sent_by[LIMIT_SECRETS]; /* the first step whose request it may be sent with */
  const struct step *warned[LIMIT_SECRETS];  /* steps whose lack of a secret was told */
  size_t warned_count;
  struct err *e;
};

static sv source_path(const struct step *step) {
  return step->source ? step->source->path : SV("");
}

static bool refuse_scheme(struct checking *c, const struct security_scheme *scheme) {
  return err_set(
      c->e, ERR_UNSUPPORTED,
      "the security scheme '%.*s' (%.*s) is none that secrets are put in for: these are API keys, HTTP Basic "
      "and Bearer, and OAuth 2.0 client credentials; give the header Authorization as a parameter of the step",
      SV_ARG(scheme->name), SV_ARG(scheme->what));
}

/* Also of one that another, more exact name takes precedence over. */
static void note_use(struct checking *c, const struct step *step, sv scheme) {
  const struct api_secrets *secrets = &c->security->secrets;
  for (size_t i = 0; i < secrets->count; i++) {
    c->is_used[i] = c->is_used[i] || api_choice_names(&secrets->items[i], step, scheme);
  }
}

static bool check_scheme(struct checking *c, const struct step *step, const struct security_scheme *scheme) {
  const struct api_secret *secret = api_choice_secret(&c->security->secrets, step, scheme);
  note_use(c, step, scheme->name);
  if (!secret) {
    return true;
  }
  if (scheme->type == SECURITY_OTHER || scheme->type == SECURITY_AWS_SIGV4) {
    return refuse_scheme(c, scheme);
  }
  const struct step **user = &c->sent_by[secret - c->security->secrets.items];
  bool is_plain = sv_eq(secret->name, scheme->name);
  if (*user && is_plain && !sv_eq(source_path(*user), source_path(step))) {
    return err_set(c->e, ERR_INVALID,
                   "two descriptions have a security scheme '%.*s'; write '%.*s.%.*s' for the one meant",
                   SV_ARG(scheme->name), SV_ARG(step->source->name), SV_ARG(scheme->name));
  }
  *user = *user ? *user : step;
  return true;
}

/* ---- requests without authentication ---- */

static const struct security_scheme *first_scheme(const struct step *step) {
  const struct security *security = &step->operation->security;
  for (size_t i = 0; i < security->count; i++) {
    if (security->items[i].count == 0) {
      return NULL;
    }
  }
  return security->count ? security->items[0].items[0].scheme : NULL;
}

static bool was_warned(const struct checking *c, const struct step *step, const struct security_scheme *scheme) {
  for (size_t i = 0; i < c->warned_count; i++) {
    const struct security_scheme *warned = first_scheme(c->warned[i]);
    if (warned && sv_eq(warned->name, scheme->name) && sv_eq(source_path(c->warned[i]), source_path(step))) {
      return true;
    }
  }
  return c->warned_count == LIMIT_SECRETS;
}

static void warn(struct checking *c, const struct step *step) {
  const struct security_scheme *scheme = first_scheme(step);
  bool is_signed = step->operation->signing == SIGNING_AWS_SIGV4;
  if (!scheme || is_signed || api_choice_make(&c->security->secrets, step, NULL) || was_warned(c, step, scheme)) {
    return;
  }
  c->warned[c->warned_count++] = step;
  LOG(c->logger, LOG_WARN, "an operation requires authentication that nobody gives; it is called without",
      log_text("workflowId", step->workflow->id), log_text("stepId", step->id),
      log_text("securityScheme", scheme->name));
}

/* ---- all steps ---- */

static bool check_step(struct checking *c, const struct step *step) {
  const struct security *security = &step->operation->security;
  for (size_t i = 0; i < security->count; i++) {
    for (size_t j = 0; j < security->items[i].count; j++) {
      if (!check_scheme(c, step, security->items[i].items[j].scheme)) {
        return false;
      }
    }
  }
  warn(c, step);
  return true;
}

static bool check_workflow(struct checking *c, const struct workflow *workflow) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (workflow->steps[i].operation && !check_step(c, &workflow->steps[i])) {
      return false;
    }
  }
  return true;
}

static bool check_use(const struct checking *c) {
  for (size_t i = 0; i < c->security->secrets.count; i++) {
    if (!c->is_used[i]) {
      return err_set(
          c->e, ERR_INVALID,
          "'%.*s' is the name of no security scheme of the operations that the document calls; write 'scheme' "
          "or 'source.scheme', as the OpenAPI description and the Arazzo document name them",
          SV_ARG(sv_slice(c->security->secrets.items[i].name, 0, 200)));
    }
  }
  return true;
}

bool api_security_check(const struct api_security *security, const struct document_set *set, struct logger *logger,
                        struct err *e) {
  struct checking c = {.security = security, .logger = logger, .e = e};
  for (size_t i = 0; i < set->count; i++) {
    for (size_t j = 0; j < set->items[i]->workflow_count; j++) {
      if (!check_workflow(&c, &set->items[i]->workflows[j])) {
        return false;
      }
    }
  }
  return check_use(&c);
}
