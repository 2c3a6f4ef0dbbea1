/* arazzo sign: AWS Signature Version 4 with all that it is made of, to lay beside what AWS says that it expected (a 403
 * SignatureDoesNotMatch quotes its own canonical request and string to sign). Nothing is sent.
 *
 * Credentials come from the environment or a profile; a container's endpoint is not asked, since that is a request. The secret key
 * and the session token are never printed, but for the token in a presigned URL, which is of no use without it. */
#include "commands.h"

#include "arena.h"
#include "clock.h"
#include "credentials_chain.h"
#include "credentials_profile.h"
#include "environment.h"
#include "errinfo.h"
#include "given.h"
#include "http_token.h"
#include "limits.h"
#include "masking.h"
#include "screen.h"
#include "session.h"
#include "sigv4.h"
#include "timestamp.h"

#define CREDENTIALS_MS INT64_C(60000) /* a credential_process may ask its user for a code */

/* One signature. */
struct signing {
  const struct arguments *arguments;
  struct arena *arena;
  struct http_request request;
  struct sigv4_settings settings;
  struct sigv4_result result;
  struct masking *masking;
  json *out;
};

/* ---- what is signed ---- */

static bool add_header(struct signing *s, sv text, struct err *e) {
  sv name = text;
  sv value = SV("");
  sv_split(text, ':', &name, &value);
  return http_header_add(s->arena, &s->request.headers, sv_trim(name), sv_trim(value), e) || err_in(e, "--header");
}

static bool read_request(struct signing *s, struct err *e) {
  const struct arguments *arguments = s->arguments;
  sv header;
  s->request.method = arguments_text(arguments, "--method", SV("GET"));
  s->request.url = arguments_text(arguments, "--url", SV(""));
  s->request.has_body = arguments_has(arguments, "--body");
  for (size_t i = 0; arguments_nth(arguments, "--header", i, &header); i++) {
    if (!add_header(s, header, e)) {
      return false;
    }
  }
  return given_text(s->arena, arguments_text(arguments, "--body", SV("")), LIMIT_REQUEST_BODY_BYTES, &s->request.body,
                    e);
}

/* "20150830T123600Z", as X-Amz-Date has it, becomes RFC 3339. */
static bool read_amz_date(sv text, int64_t *out) {
  char long_form[21];
  if (text.len != 16 || text.ptr[8] != 'T' || text.ptr[15] != 'Z') {
    return false;
  }
  snprintf(long_form, sizeof long_form, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text.ptr, text.ptr + 4, text.ptr + 6,
           text.ptr + 9, text.ptr + 11, text.ptr + 13);
  return timestamp_parse(sv_from(long_form), out);
}

static bool read_time(const struct arguments *arguments, int64_t *out, struct err *e) {
  sv text = arguments_text(arguments, "--time", SV(""));
  struct clock clock = clock_system();
  *out = clock_wall_ms(&clock);
  return text.len == 0 || timestamp_parse(text, out) || read_amz_date(text, out) ||
         err_set(e, ERR_INVALID, "--time takes 2015-08-30T12:36:00Z or 20150830T123600Z, not '%.*s'", SV_ARG(text));
}

static enum sigv4_body payload_mode(sv text) {
  if (sv_eq(text, SV("implied"))) {
    return SIGV4_BODY_IMPLIED;
  }
  return sv_eq(text, SV("unsigned")) ? SIGV4_BODY_UNSIGNED : SIGV4_BODY_DECLARED;
}

/* Paths are signed as the engine signs them: as they are for S3, else normalised and encoded once more. */
static bool read_settings(struct signing *s, struct err *e) {
  struct sigv4_settings *settings = &s->settings;
  settings->region = arguments_text(s->arguments, "--region", SV(""));
  settings->service = arguments_text(s->arguments, "--service", SV(""));
  settings->normalize_path = !sigv4_keeps_path(settings->service);
  settings->double_encode_path = settings->normalize_path;
  settings->body = payload_mode(arguments_text(s->arguments, "--payload", SV("header")));
  return read_time(s->arguments, &settings->time_ms, e);
}

/* ---- the result ---- */

static bool put(struct signing *s, json *object, sv name, sv text, struct err *e) {
  return json_set(s->arena, object, name, json_new_string(s->arena, text)) ||
         err_set(e, ERR_INVALID, "the request holds text that is not UTF-8");
}

static bool put_headers(struct signing *s, struct err *e) {
  json *headers = json_new_object(s->arena);
  for (size_t i = 0; i < s->request.headers.count; i++) {
    const struct http_header *header = &s->request.headers.items[i];
    if (!put(s, headers, header->name, masking_apply(s->masking, s->arena, header->value), e)) {
      return false;
    }
  }
  return json_set(s->arena, s->out, SV("headers"), headers) || err_memory(e);
}

static bool describe(struct signing *s, struct err *e) {
  const struct sigv4_result *result = &s->result;
  bool is_presigned = result->authorization.len == 0;
  s->out = json_new_object(s->arena);
  return put(s, s->out, SV("canonicalRequest"), masking_apply(s->masking, s->arena, result->canonical_request), e) &&
         put(s, s->out, SV("stringToSign"), result->string_to_sign, e) &&
         put(s, s->out, SV("signedHeaders"), result->signed_headers, e) &&
         put(s, s->out, SV("signature"), result->signature, e) &&
         (is_presigned ? put(s, s->out, SV("url"), s->request.url, e)
                       : put(s, s->out, SV("authorization"), result->authorization, e)) &&
         put_headers(s, e);
}

static bool sign_request(struct signing *s, struct err *e) {
  unsigned seconds = (unsigned)arguments_number(s->arguments, "--presign", 0);
  return seconds ? sigv4_presign(s->arena, &s->request, &s->settings, seconds, &s->result, e)
                 : sigv4_sign(s->arena, &s->request, &s->settings, &s->result, e);
}

static bool sign_with(struct signing *s, const struct credentials *credentials, struct err *e) {
  s->settings.credentials = *credentials;
  s->masking = masking_new(s->arena);
  return (s->masking || err_memory(e)) && masking_add(s->masking, credentials->secret_access_key, e) &&
         masking_add(s->masking, credentials->session_token, e) && sign_request(s, e) && describe(s, e);
}

/* ---- the command ---- */

static credentials_load *const sources[] = {credentials_from_environment, credentials_from_profile};

static bool sign_by_chain(struct signing *s, struct err *e) {
  struct environment environment = environment_of_process();
  struct credentials credentials;
  struct clock clock = clock_system();
  struct credentials_world world = {.environment = &environment,
                                    .inquiry = {.clock = clock, .entropy = entropy_system(), .max_attempts = 1}};
  struct credentials_chain *chain =
      credentials_chain_open(s->arena, &world, sources, sizeof sources / sizeof *sources, e);
  if (!chain) {
    return false;
  }
  struct credentials_provider provider = credentials_chain_provider(chain);
  bool good = provider.get(provider.context, clock_wall_ms(&clock) + CREDENTIALS_MS, &credentials, e) &&
              sign_with(s, &credentials, e);
  credentials_chain_close(chain);
  return good;
}

static enum exit_status run(const struct arguments *arguments) {
  struct err e;
  struct signing s = {.arguments = arguments, .arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES)};
  err_clear(&e);
  bool good = (s.arena || err_memory(&e)) && read_request(&s, &e) && read_settings(&s, &e) && sign_by_chain(&s, &e);
  if (!good) {
    session_complain(&e);
  }
  good = good && screen_print_json(s.arena, s.out);
  if (s.arena) {
    arena_reset(s.arena); /* wipes what was derived from the secret */
  }
  arena_drop(s.arena);
  return good ? EXIT_DONE : EXIT_FAILED;
}

static bool check(const struct arguments *arguments, struct err *e) {
  static const char *const needed[] = {"--url", "--service", "--region"};
  int64_t ignored = 0;
  sv header;
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
    if (arguments_text(arguments, needed[i], SV("")).len == 0) {
      return err_set(e, ERR_INVALID, "sign needs %s", needed[i]);
    }
  }
  for (size_t i = 0; arguments_nth(arguments, "--header", i, &header); i++) {
    if (sv_find(header, ':') == header.len) {
      return err_set(e, ERR_INVALID, "--header takes 'NAME: VALUE', not '%.*s'", SV_ARG(sv_slice(header, 0, 80)));
    }
  }
  if (!http_is_token(arguments_text(arguments, "--method", SV("GET")))) {
    return err_set(e, ERR_INVALID, "--method takes the name of a method, such as GET");
  }
  return read_time(arguments, &ignored, e);
}

static const struct option options[] = {
    {"--method", OPTION_TEXT, "METHOD", "default GET", 0, 0},
    {"--url", OPTION_TEXT, "URL", "as it is sent, encoded; needed", 0, 0},
    {"--service", OPTION_TEXT, "NAME", "the signing name, such as imagebuilder; needed", 0, 0},
    {"--region", OPTION_TEXT, "REGION", "the region to sign for; needed", 0, 0},
    {"--header", OPTION_LIST, "'NAME: VALUE'", "a header; may be given several times", 0, 0},
    {"--body", OPTION_TEXT, "TEXT|@FILE", "the body", 0, 0},
    {"--payload", OPTION_CHOICE, "header|implied|unsigned", "default header: X-Amz-Content-Sha256 is sent", 0, 0},
    {"--time", OPTION_TEXT, "TIME", "2015-08-30T12:36:00Z or 20150830T123600Z; default now", 0, 0},
    {"--presign", OPTION_NUMBER, "SECONDS", "a URL that is valid so long, in place of headers", 1,
     LIMIT_PRESIGN_SECONDS},
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

const struct command command_sign = {
    .name = "sign",
    .operands = "",
    .least = 0,
    .most = 0,
    .options = options,
    .summary = "signs a request for AWS and shows what the signature is made of; sends nothing",
    .details = "Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or a profile.\n"
               "The secret key is never printed. A session token is shown as ***, but for a presigned URL's.\n"
               "Prints {\"canonicalRequest\", \"stringToSign\", \"signedHeaders\", \"signature\", \"headers\",\n"
               "\"authorization\" or \"url\"}.\n",
    .examples = "  arazzo sign --url 'https://imagebuilder.eu-west-1.amazonaws.com/ListImages' --method POST \\\n"
                "    --service imagebuilder --region eu-west-1 --header 'Content-Type: application/json' --body '{}'\n",
    .check = check,
    .run = run,
};
