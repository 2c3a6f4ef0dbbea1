/* arazzo policy: the IAM policy that a run of a document needs, and nothing else, as far as it can be known without running it. The
 * policy goes to standard output; what makes it wider than it should be is told on standard error, step by step. */
#include "commands.h"

#include <stdio.h>

#include "arena.h"
#include "aws_endpoint.h"
#include "environment.h"
#include "errinfo.h"
#include "given.h"
#include "limits.h"
#include "policy_walk.h"
#include "screen.h"
#include "session.h"

static void print_note(const struct step *step, sv about, const char *why) {
  fprintf(stderr, "arazzo: note: workflow ");
  screen_print(stderr, step->workflow->id);
  fprintf(stderr, " / step ");
  screen_print(stderr, step->id);
  fprintf(stderr, ": ");
  if (about.len) {
    screen_print(stderr, about);
    fprintf(stderr, " ");
  }
  fprintf(stderr, "%s\n", why);
}

static bool read_secrets(struct policy_walk *walk, struct err *e) {
  struct environment environment = environment_of_process();
  sv text;
  return !environment_get(&environment, "ARAZZO_SECRETS", &text) ||
         api_secrets_read(walk->arena, text, &walk->secrets, e) || err_in(e, "ARAZZO_SECRETS");
}

/* What stands for a wildcard inside must not come from outside. Recursion is as deep as the JSON, which its parser bounds. */
static bool check_plain(const json *value, struct err *e) {
  sv text = json_string(value);
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] > 0 && text.ptr[i] < ' ') {
      return err_set(e, ERR_INVALID, "an input holds the control character U+%04X, which no name of a resource has",
                     (unsigned)text.ptr[i]);
    }
  }
  bool good = true;
  for (const json *each = json_first(value); each && good; each = each->next) {
    good = check_plain(each, e);
  }
  return good;
}

static bool walk_document(struct policy_walk *walk, const struct arguments *arguments, const struct document *document,
                          struct err *e) {
  sv id = arguments_text(arguments, "--workflow", SV(""));
  const struct workflow *chosen = id.len ? document_workflow(document, id) : &document->workflows[0];
  json *inputs = NULL;
  if (!chosen) {
    return err_set(e, ERR_INVALID, "the document has no workflow '%.*s'", SV_ARG(id));
  }
  if (!given_inputs(walk->arena, arguments, chosen, &inputs, e) || !check_plain(inputs, e)) {
    return false;
  }
  for (size_t i = 0; i < document->workflow_count; i++) {
    const struct workflow *workflow = &document->workflows[i];
    if ((id.len == 0 || workflow == chosen) && !policy_walk_workflow(walk, workflow, inputs, e)) {
      return false;
    }
  }
  return true;
}

static bool make(struct policy_walk *walk, const struct arguments *arguments, json **out, struct err *e) {
  const struct document *document = NULL;
  walk->grants.arena = walk->arena;
  walk->note = print_note;
  sv region = arguments_text(arguments, "--region", SV("*"));
  sv partition = sv_from(aws_partition_of(region)->name);
  walk->place = (struct policy_place){.partition = arguments_text(arguments, "--partition", partition),
                                      .region = region,
                                      .account = arguments_text(arguments, "--account", SV("*"))};
  return document_load(walk->arena, arguments->operands[0], document_file_reader(), &document, e) &&
         read_secrets(walk, e) && walk_document(walk, arguments, document, e) &&
         policy_grants_write(&walk->grants, out, e);
}

static enum exit_status run(const struct arguments *arguments) {
  struct err e;
  struct policy_walk walk = {.arena = arena_new(LIMIT_DOCUMENT_ARENA_BYTES)};
  json *policy = NULL;
  err_clear(&e);
  bool good = (walk.arena || err_memory(&e)) && make(&walk, arguments, &policy, &e);
  if (!good) {
    session_complain(&e);
  }
  good = good && screen_print_json(walk.arena, policy);
  arena_drop(walk.arena);
  return good ? EXIT_DONE : EXIT_FAILED;
}

static bool is_account(sv text) {
  unsigned long long ignored = 0;
  return text.len == 12 && sv_to_uint(text, 999999999999ULL, &ignored);
}

static bool check(const struct arguments *arguments, struct err *e) {
  sv account = arguments_text(arguments, "--account", SV("000000000000"));
  sv region = arguments_text(arguments, "--region", SV("us-east-1"));
  if (!is_account(account)) {
    return err_set(e, ERR_INVALID, "--account takes the 12 digits of an account, not '%.*s'", SV_ARG(account));
  }
  return region_is_valid(region) || sv_eq(region, SV("*")) ||
         err_set(e, ERR_INVALID, "--region takes the name of a region, such as eu-west-1, not '%.*s'", SV_ARG(region));
}

static const struct option options[] = {
    {"--workflow", OPTION_TEXT, "ID", "of this workflow alone; default: of all", 0, 0},
    {"--inputs", OPTION_TEXT, "JSON|@FILE", "inputs that name resources", 0, 0},
    {"--input", OPTION_PAIR, "NAME=VALUE", "one of them; may be given several times", 0, 0},
    {"--account", OPTION_TEXT, "ID", "the account of the resources; default *", 0, 0},
    {"--region", OPTION_TEXT, "REGION", "their region; default *", 0, 0},
    {"--partition", OPTION_CHOICE, "aws|aws-cn|aws-us-gov|aws-eusc|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f",
     "default: that of the region", 0, 0},
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

const struct command command_policy = {
    .name = "policy",
    .operands = "DOC",
    .least = 1,
    .most = 1,
    .options = options,
    .summary = "the IAM policy that the document's calls of AWS need",
    .details =
        "Resources are as narrow as the document and the given inputs tell. What is not known is a *, and standard\n"
        "error says at which step. With ARAZZO_SECRETS also the secrets that the document's APIs need.\n",
    .examples = "  arazzo policy workflow.yml --account 123456789012 --region eu-west-1 \\\n"
                "    --input imageRecipeArn=arn:… --input infrastructureConfigurationArn=arn:… > policy.json\n",
    .check = check,
    .run = run,
};
