/* Reading arguments by a command's table. An option takes its value as the next argument, or behind '='; "--" ends the options; "-" alone
 * is an operand. */
#include "arguments.h"

#include <string.h>

#include "errinfo.h"
#include "new_file.h"
#include "sb.h"

static const struct option *find_option(const struct command *command, sv name) {
  for (const struct option *each = command->options; each && each->name; each++) {
    if (sv_eq(name, sv_from(each->name))) {
      return each;
    }
  }
  return NULL;
}

static bool check_number(const struct option *option, sv value, struct err *e) {
  unsigned long long number = 0;
  if (sv_to_uint(value, (unsigned long long)option->max, &number) && (int64_t)number >= option->min) {
    return true;
  }
  return err_set(e, ERR_INVALID, "%s takes a whole number from %lld up to %lld, not '%.*s'", option->name,
                 (long long)option->min, (long long)option->max, SV_ARG(value));
}

static bool check_choice(const struct option *option, sv value, struct err *e) {
  sv rest = sv_from(option->value);
  while (rest.len) {
    sv word = rest;
    sv tail = SV("");
    sv_split(rest, '|', &word, &tail);
    if (sv_eq(word, value)) {
      return true;
    }
    rest = tail;
  }
  return err_set(e, ERR_INVALID, "%s takes one of %s, not '%.*s'", option->name, option->value, SV_ARG(value));
}

static bool check_value(const struct option *option, sv value, struct err *e) {
  switch (option->kind) {
  case OPTION_FLAG:
  case OPTION_TEXT:
  case OPTION_LIST:
    return true;
  case OPTION_NUMBER:
    return check_number(option, value, e);
  case OPTION_CHOICE:
    return check_choice(option, value, e);
  case OPTION_PAIR:
    return (sv_find(value, '=') < value.len && !sv_starts(value, SV("="))) ||
           err_set(e, ERR_INVALID, "%s takes NAME=VALUE, not '%.*s'", option->name, SV_ARG(value));
  case OPTION_FILE:
  case OPTION_NEW_FILE:
    return value.len || err_set(e, ERR_INVALID, "%s needs the path of a file", option->name);
  case OPTION_AT_FILE:
    return (value.len > 1 && value.ptr[0] == '@') || err_set(e, ERR_INVALID, "%s takes @FILE", option->name);
  }
  return err_set(e, ERR_INTERNAL, "an unknown kind of option");
}

/* The value of an option: behind '=', or the next argument. */
static bool take_value(const struct option *option, int count, char *const *texts, int *at, sv *value, struct err *e) {
  sv ignored;
  bool has_value = sv_split(sv_from(texts[*at]), '=', &ignored, value);
  if (option->kind == OPTION_FLAG) {
    return !has_value || err_set(e, ERR_INVALID, "%s takes no value", option->name);
  }
  if (has_value) {
    return true;
  }
  if (*at + 1 >= count) {
    return err_set(e, ERR_INVALID, "%s needs a value", option->name);
  }
  *value = sv_from(texts[++*at]);
  return true;
}

static bool read_option(struct arguments *out, int count, char *const *texts, int *at, struct err *e) {
  sv whole = sv_from(texts[*at]);
  sv name = sv_slice(whole, 0, sv_find(whole, '='));
  sv value = SV("");
  const struct option *option = find_option(out->command, name);
  if (!option) {
    return err_set(e, ERR_INVALID, "'%.*s' is not an option of %s", SV_ARG(name), out->command->name);
  }
  if (!take_value(option, count, texts, at, &value, e) || !check_value(option, value, e)) {
    return false;
  }
  if (out->given_count == ARGUMENTS_OPTIONS) {
    return err_set(e, ERR_LIMIT, "there are more than %d options", ARGUMENTS_OPTIONS);
  }
  out->given[out->given_count++] = (struct given_option){option, value};
  return true;
}

static bool read_operand(struct arguments *out, sv operand, struct err *e) {
  const struct command *command = out->command;
  if (out->operand_count == ARGUMENTS_OPERANDS) {
    return err_set(e, ERR_LIMIT, "there are more than %d arguments; give the rest to another call of %s",
                   ARGUMENTS_OPERANDS, command->name);
  }
  if (out->operand_count == command->most) {
    return err_set(e, ERR_INVALID, "'%.*s' is one too many: %s takes %s", SV_ARG(operand), command->name,
                   command->operands[0] ? command->operands : "options only");
  }
  out->operands[out->operand_count++] = operand;
  return true;
}

static bool check_operands(const struct arguments *out, struct err *e) {
  bool is_enough = out->operand_count >= out->command->least;
  for (size_t i = 0; is_enough && i < out->operand_count; i++) {
    is_enough = out->operands[i].len > 0;
  }
  return is_enough || err_set(e, ERR_INVALID, "%s needs %s", out->command->name, out->command->operands);
}

static bool is_help(sv text) {
  return sv_eq(text, SV("--help")) || sv_eq(text, SV("-h"));
}

/* What is written must not take the place of what is read, or of something else that is written. */
static bool check_written(const struct arguments *out, const struct given_option *given, struct err *e) {
  for (size_t i = 0; i < out->operand_count; i++) {
    if (new_file_is(given->value, out->operands[i])) {
      return err_set(e, ERR_INVALID, "%s would overwrite '%.*s', which is read", given->option->name,
                     SV_ARG(out->operands[i]));
    }
  }
  for (size_t i = 0; i < out->given_count; i++) {
    const struct given_option *other = &out->given[i];
    bool is_file = other->option->kind == OPTION_FILE || other->option->kind == OPTION_NEW_FILE;
    if (is_file && other->option != given->option && new_file_is(given->value, other->value)) {
      return err_set(e, ERR_INVALID, "%s and %s are the same file", given->option->name, other->option->name);
    }
  }
  return true;
}

static bool check_all_written(const struct arguments *out, struct err *e) {
  for (size_t i = 0; i < out->given_count; i++) {
    if (out->given[i].option->kind == OPTION_NEW_FILE && !check_written(out, &out->given[i], e)) {
      return false;
    }
  }
  return true;
}

bool arguments_read(const struct command *command, int count, char *const *texts, struct arguments *out,
                    struct err *e) {
  bool takes_options = true;
  *out = (struct arguments){.command = command};
  for (int at = 0; at < count; at++) {
    sv text = sv_from(texts[at]);
    bool is_option = takes_options && text.len > 1 && text.ptr[0] == '-';
    if (is_option && is_help(text)) {
      out->wants_help = true;
      return true;
    }
    if (is_option && sv_eq(text, SV("--"))) {
      takes_options = false;
    } else if (is_option ? !read_option(out, count, texts, &at, e) : !read_operand(out, text, e)) {
      return false;
    }
  }
  return check_operands(out, e) && check_all_written(out, e) && (!command->check || command->check(out, e));
}

static const struct given_option *last_given(const struct arguments *arguments, const char *name) {
  for (size_t i = arguments->given_count; i > 0; i--) {
    if (strcmp(arguments->given[i - 1].option->name, name) == 0) {
      return &arguments->given[i - 1];
    }
  }
  return NULL;
}

bool arguments_has(const struct arguments *arguments, const char *name) {
  return last_given(arguments, name) != NULL;
}

sv arguments_text(const struct arguments *arguments, const char *name, sv usual) {
  const struct given_option *given = last_given(arguments, name);
  return given ? given->value : usual;
}

int64_t arguments_number(const struct arguments *arguments, const char *name, int64_t usual) {
  const struct given_option *given = last_given(arguments, name);
  unsigned long long number = 0;
  return given && sv_to_uint(given->value, INT64_MAX, &number) ? (int64_t)number : usual;
}

bool arguments_nth(const struct arguments *arguments, const char *name, size_t n, sv *out) {
  for (size_t i = 0; i < arguments->given_count; i++) {
    if (strcmp(arguments->given[i].option->name, name) == 0 && n-- == 0) {
      *out = arguments->given[i].value;
      return true;
    }
  }
  return false;
}
