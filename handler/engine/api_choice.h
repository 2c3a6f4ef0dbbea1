/* Which way of authentication a step's request takes. */
#ifndef ARAZZO_API_CHOICE_H
#define ARAZZO_API_CHOICE_H

#include "api_secret.h"
#include "document.h"
#include "http.h"

/* True when the secret's name is the scheme's, with or without the step's source description. */
bool api_choice_names(const struct api_secret *secret, const struct step *step, sv scheme);

/* The secret that is configured for the scheme in the step's source description; NULL: none. */
const struct api_secret *api_choice_secret(const struct api_secrets *secrets, const struct step *step,
                                           const struct security_scheme *scheme);

/* True when the request holds what the scheme asks for without our doing. With `request` NULL: when the step has a parameter for
 * it, whose value is not known yet. */
bool api_choice_is_given(const struct step *step, const struct security_scheme *scheme,
                         const struct http_request *request);

/* The first alternative of the step's operation for whose schemes all there is a secret, a parameter, or AWS's signature; NULL when
 * there is none, or nothing is required. */
const struct security_alternative *api_choice_make(const struct api_secrets *secrets, const struct step *step,
                                                   const struct http_request *request);

#endif
