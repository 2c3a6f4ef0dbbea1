/* arazzo(1) in roff. Text of the tables is escaped: a backslash begins a sequence, a hyphen would become another character, and a line that
 * begins with a dot or a quote would be a request. */
#include "manual.h"

#include "arguments.h"
#include "commands.h"
#include "sb.h"

/* The text's special characters; `*at_start` tells whether a line begins, before and after. */
static void put_text(struct sb *out, const char *text) {
  bool at_start = out->len == 0 || out->data[out->len - 1] == '\n';
  for (const char *c = text; *c; c++) {
    if (at_start && (*c == '.' || *c == '\'')) {
      sb_put(out, SV("\\&"));
    }
    if (*c == '\\') {
      sb_put(out, SV("\\e"));
    } else if (*c == '-') {
      sb_put(out, SV("\\-"));
    } else {
      sb_char(out, *c);
    }
    at_start = *c == '\n';
  }
}

/* Lines that are shown as they are. */
static void put_example(struct sb *out, const char *text) {
  sb_put(out, SV(".PP\n.nf\n"));
  put_text(out, text);
  sb_put(out, SV(".fi\n"));
}

static void put_option(struct sb *out, const struct option *option) {
  sb_put(out, SV(".TP\n\\fB"));
  put_text(out, option->name);
  sb_put(out, SV("\\fR"));
  if (option->value) {
    sb_put(out, SV(" \\fI"));
    put_text(out, option->value);
    sb_put(out, SV("\\fR"));
  }
  sb_char(out, '\n');
  put_text(out, option->help);
  sb_put(out, SV(".\n"));
}

static void put_synopsis(struct sb *out, const struct command *command) {
  sb_put(out, SV("\\fBarazzo "));
  put_text(out, command->name);
  sb_put(out, SV("\\fR"));
  if (command->operands[0]) {
    sb_put(out, SV(" \\fI"));
    put_text(out, command->operands);
    sb_put(out, SV("\\fR"));
  }
  sb_put(out, command->options ? SV(" [\\fIOPTION\\fR]...\n") : SV("\n"));
}

static void put_command(struct sb *out, const struct command *command) {
  sb_put(out, SV(".SS "));
  put_synopsis(out, command);
  put_text(out, command->summary);
  sb_put(out, SV(".\n"));
  if (command->details) {
    sb_put(out, SV(".PP\n"));
    put_text(out, command->details);
  }
  for (const struct option *option = command->options; option && option->name; option++) {
    put_option(out, option);
  }
  if (command->examples) {
    put_example(out, command->examples);
  }
}

static void put_synopses(struct sb *out) {
  sb_put(out, SV(".SH SYNOPSIS\n"));
  for (size_t i = 0; commands[i]; i++) {
    put_synopsis(out, commands[i]);
    sb_put(out, SV(".br\n"));
  }
  sb_put(out, SV("\\fBarazzo \\-\\-version\\fR\n"));
}

void manual_put(struct sb *out) {
  sb_put(out, SV(".\\\" Made by \"arazzo --man\".\n"
                 ".TH ARAZZO 1 \"\" \"arazzo " ARAZZO_VERSION "\" \"User Commands\"\n"
                 ".SH NAME\narazzo \\- runs, checks and shows Arazzo workflows\n"));
  put_synopses(out);
  sb_put(out,
         SV(".SH DESCRIPTION\n"
            "Executes Arazzo workflows as the AWS Lambda function of the same project does, and helps to write them.\n"
            "Results are on standard output, everything for people is on standard error.\n"
            ".SH COMMANDS\n"));
  for (size_t i = 0; commands[i]; i++) {
    put_command(out, commands[i]);
  }
  sb_put(out, SV(".SH EXIT STATUS\n"
                 ".TP\n0\nDone.\n"
                 ".TP\n1\nThe run or the check failed.\n"
                 ".TP\n2\nThe arguments are wrong; nothing was done.\n"
                 ".SH ENVIRONMENT\n"
                 "The variables of the function, which its README lists, and those by which tools for AWS find "
                 "credentials, region, "
                 "endpoints and proxies: \\fBAWS_PROFILE\\fR, \\fBAWS_REGION\\fR, \\fBAWS_ENDPOINT_URL\\fR and so on.\n"
                 ".SH FILES\n"
                 ".TP\n\\fI~/.aws/credentials\\fR, \\fI~/.aws/config\\fR\n"
                 "Profiles, for what sends requests that are signed.\n"));
}
