/* Arguments, by a table of options. An option takes a value, as the next argument or behind '=', unless it is a flag. */
#include "options.h"

#include "errinfo.h"
#include "limits.h"

/* What an option sets. */
enum option {
  OPTION_WORKFLOW,
  OPTION_INPUTS,
  OPTION_INPUT,
  OPTION_ENDPOINT,
  OPTION_POLL,
  OPTION_STEPS,
  OPTION_RESUME,
  OPTION_FETCH
};

static const struct {
  const char *name;
  enum option option;
  bool is_flag;
} option_names[] = {
    {"--workflow", OPTION_WORKFLOW, false}, {"--inputs", OPTION_INPUTS, false},
    {"--input", OPTION_INPUT, false},       {"--endpoint-url", OPTION_ENDPOINT, false},
    {"--poll-seconds", OPTION_POLL, false}, {"--max-steps", OPTION_STEPS, false},
    {"--resume", OPTION_RESUME, false},     {"--fetch", OPTION_FETCH, true},
};
#define OPTION_COUNT (sizeof option_names / sizeof option_names[0])

const char *options_help(void) {
  return "arazzo - runs Arazzo workflows\n"
         "\n"
         "  arazzo run DOC [--workflow ID] [--inputs JSON|@FILE] [--input NAME=VALUE]... [--endpoint-url URL]\n"
         "             [--poll-seconds N] [--max-steps N] [--fetch]\n"
         "      the whole run, waiting between polls; prints the last response; --fetch: source descriptions that are\n"
         "      https URLs are fetched\n"
         "  arazzo run DOC --resume @FILE\n"
         "      goes on from a response that was printed when a run was interrupted\n"
         "  arazzo step DOC [--fetch] < EVENT\n"
         "      exactly one invocation: event in, response out\n"
         "  arazzo --version | --help\n"
         "\n"
         "Results are JSON on stdout, everything for people goes to stderr.\n"
         "Exit status: 0 done, 1 the run failed or was interrupted, 2 usage.\n"
         "\n"
         "Example:\n"
         "  AWS_REGION=eu-central-1 arazzo run descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-"
         "cleanup-workflow.yml \\\n"
         "    --input imageRecipeArn=arn:aws:imagebuilder:... --input infrastructureConfigurationArn=arn:aws:...\n";
}

static bool read_number(sv name, sv text, unsigned long long min, unsigned long long max, int64_t *out, struct err *e) {
  unsigned long long value = 0;
  if (!sv_to_uint(text, max, &value) || value < min) {
    return err_set(e, ERR_INVALID, "%.*s takes a whole number from %llu up to %llu, not '%.*s'", SV_ARG(name), min, max,
                   SV_ARG(text));
  }
  *out = (int64_t)value;
  return true;
}

static bool apply(struct options *options, enum option option, sv name, sv value, struct err *e) {
  switch (option) {
  case OPTION_WORKFLOW:
    options->workflow_id = value;
    return true;
  case OPTION_INPUTS:
    options->inputs = value;
    return true;
  case OPTION_INPUT:
    if (options->input_count == OPTIONS_INPUTS_COUNT || sv_find(value, '=') == value.len || sv_starts(value, SV("="))) {
      return err_set(e, ERR_INVALID, "--input takes NAME=VALUE, at most %d times", OPTIONS_INPUTS_COUNT);
    }
    options->input_pairs[options->input_count++] = value;
    return true;
  case OPTION_ENDPOINT:
    options->endpoint_url = value;
    return sv_starts(value, SV("http://")) || sv_starts(value, SV("https://")) ||
           err_set(e, ERR_INVALID, "--endpoint-url takes a URL with http:// or https://, not '%.*s'", SV_ARG(value));
  case OPTION_POLL:
    return read_number(name, value, 0, LIMIT_POLL_SECONDS_MAX, &options->poll_seconds, e);
  case OPTION_STEPS:
    return read_number(name, value, 1, LIMIT_STEPS_MAX, &options->max_steps, e);
  case OPTION_RESUME:
    options->resume = value;
    return sv_starts(value, SV("@")) || err_set(e, ERR_INVALID, "--resume takes @FILE");
  case OPTION_FETCH:
    options->fetches = true;
    return true;
  }
  return err_set(e, ERR_INTERNAL, "an unknown option");
}

/* The value of an option that takes one: behind '=', or the next argument. */
static bool read_value(int count, char *const *arguments, int *at, sv name, sv *value, struct err *e) {
  sv ignored;
  if (sv_split(sv_from(arguments[*at]), '=', &ignored, value)) {
    return true;
  }
  if (*at + 1 >= count) {
    return err_set(e, ERR_INVALID, "%.*s needs a value", SV_ARG(name));
  }
  *value = sv_from(arguments[++*at]);
  return true;
}

static bool read_option(struct options *options, int count, char *const *arguments, int *at, struct err *e) {
  sv whole = sv_from(arguments[*at]);
  sv name = sv_slice(whole, 0, sv_find(whole, '='));
  sv value = SV("");
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    if (!sv_eq(name, sv_from(option_names[i].name))) {
      continue;
    }
    if (option_names[i].is_flag && name.len < whole.len) {
      return err_set(e, ERR_INVALID, "%.*s takes no value", SV_ARG(name));
    }
    if (!option_names[i].is_flag && !read_value(count, arguments, at, name, &value, e)) {
      return false;
    }
    return apply(options, option_names[i].option, name, value, e);
  }
  return err_set(e, ERR_INVALID, "'%.*s' is not an option", SV_ARG(name));
}

static bool is_help(sv text) {
  return sv_eq(text, SV("--help")) || sv_eq(text, SV("-h"));
}

static bool read_command(sv text, enum command *out, struct err *e) {
  if (sv_eq(text, SV("run"))) {
    *out = COMMAND_RUN;
  } else if (sv_eq(text, SV("step"))) {
    *out = COMMAND_STEP;
  } else if (is_help(text) || sv_eq(text, SV("help"))) {
    *out = COMMAND_HELP;
  } else if (sv_eq(text, SV("--version"))) {
    *out = COMMAND_VERSION;
  } else {
    return err_set(e, ERR_INVALID, "'%.*s' is not a command; the commands are run and step", SV_ARG(text));
  }
  return true;
}

static bool check(const struct options *options, struct err *e) {
  bool takes_document = options->command == COMMAND_RUN || options->command == COMMAND_STEP;
  if (takes_document && options->document.len == 0) {
    return err_set(e, ERR_INVALID, "name the Arazzo document");
  }
  bool has_event_options =
      options->inputs.len || options->input_count || options->workflow_id.len || options->resume.len;
  if (options->command == COMMAND_STEP && has_event_options) {
    return err_set(
        e, ERR_INVALID,
        "step reads its event from standard input; --workflow, --inputs, --input and --resume belong to run");
  }
  if (options->resume.len && (options->inputs.len || options->input_count || options->workflow_id.len)) {
    return err_set(e, ERR_INVALID,
                   "--resume goes on with the run's own workflow and inputs; leave the other options out");
  }
  return true;
}

bool options_read(int count, char *const *arguments, struct options *out, struct err *e) {
  *out = (struct options){.poll_seconds = -1, .max_steps = -1};
  if (count < 2) {
    return err_set(e, ERR_INVALID, "say what to do");
  }
  if (!read_command(sv_from(arguments[1]), &out->command, e)) {
    return false;
  }
  for (int at = 2; at < count; at++) {
    sv argument = sv_from(arguments[at]);
    if (is_help(argument)) {
      out->command = COMMAND_HELP;
      return true;
    }
    if (argument.len > 1 && sv_starts(argument, SV("-"))) {
      if (!read_option(out, count, arguments, &at, e)) {
        return false;
      }
    } else if (out->document.len) {
      return err_set(e, ERR_INVALID, "there is a second document: '%.*s'", SV_ARG(argument));
    } else {
      out->document = argument;
    }
  }
  return check(out, e);
}
