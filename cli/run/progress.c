/* Progress. The line that follows the step is drawn over itself (CR, then "erase to the end of the line", ECMA-48 EL), and is cut one
 * column short of the terminal's width, which is asked each time: so it never wraps, and a terminal that was made narrower is right
 * again with the next drawing. Whatever comes from documents or answers goes through screen_put. */
#include "progress.h"

#include <unistd.h>

#include "arena.h"
#include "errinfo.h"
#include "interrupt.h"
#include "limits.h"
#include "record_words.h"
#include "sb.h"
#include "screen.h"

#define DRAW_US 100000
#define COUNTDOWN_US 250000
#define STEP_COLUMNS 24
#define ARENA_BYTES MIB(16)
#define LINE_BYTES KIB(64)
#define ERASE "\r\033[K"

enum colour { PLAIN, GREEN, RED, YELLOW, DIM };

static const char *const colours[] = {"", "\033[32m", "\033[31m", "\033[33m", "\033[2m"};

bool progress_open(struct progress *progress, FILE *file, const struct environment *environment, bool is_quiet,
                   bool has_colours, struct err *e) {
  sv term;
  sv ignored;
  bool is_capable = isatty(fileno(file)) && environment_get(environment, "TERM", &term) && !sv_eq(term, SV("dumb"));
  *progress = (struct progress){.file = file, .clock = clock_system()};
  progress->mode = is_quiet ? PROGRESS_OFF : is_capable ? PROGRESS_LIVE : PROGRESS_LINES;
  /* no-color.org: set and not empty. */
  progress->has_colours = is_capable && has_colours && !environment_get(environment, "NO_COLOR", &ignored);
  progress->rows_arena = arena_new(ARENA_BYTES);
  progress->line_arena = arena_new(ARENA_BYTES);
  progress->opened_us = clock_monotonic_us(&progress->clock);
  return (progress->rows_arena && progress->line_arena) || err_memory(e);
}

void progress_close(struct progress *progress) {
  arena_drop(progress->rows_arena);
  arena_drop(progress->line_arena);
  progress->rows_arena = progress->line_arena = NULL;
}

/* ---- lines ---- */

static struct sb new_line(const struct progress *progress) {
  return sb_new(progress->line_arena, LINE_BYTES);
}

/* Prints a line of its own; on a terminal it is not longer than that is wide. */
static void print_line(const struct progress *progress, const struct sb *line, enum colour colour) {
  bool is_live = progress->mode == PROGRESS_LIVE;
  size_t columns = is_live ? screen_width(progress->file) - 1 : SIZE_MAX;
  struct sb shown = new_line(progress);
  bool has_colour = progress->has_colours && colour != PLAIN;
  screen_put(&shown, sb_view(line), columns);
  fprintf(progress->file, "%s%s%.*s%s\n", is_live ? ERASE : "", has_colour ? colours[colour] : "",
          SV_ARG(sb_view(&shown)), has_colour ? "\033[0m" : "");
  fflush(progress->file);
  arena_reset(progress->line_arena);
}

static void put_padded(struct sb *line, sv text, size_t columns) {
  size_t before = line->len;
  screen_put(line, text, SIZE_MAX);
  size_t width = screen_columns(sv_slice(sb_view(line), before, line->len));
  for (; width < columns; width++) {
    sb_char(line, ' ');
  }
}

/* "41.2 ms" would hide what matters: "0.0 s", "1:05", "1:02:03". */
static void put_duration(struct sb *line, int64_t ms) {
  int64_t seconds = ms / 1000;
  if (seconds < 60) {
    sb_format(line, "%.1f s", (double)ms / 1000.0);
  } else if (seconds < 3600) {
    sb_format(line, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
  } else {
    sb_format(line, "%lld:%02lld:%02lld", (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
              (long long)(seconds % 60));
  }
}

/* Whole seconds: "42 s", "1:05". */
static void put_countdown(struct sb *line, int64_t seconds) {
  if (seconds < 60) {
    sb_format(line, "%lld s", (long long)seconds);
  } else {
    put_duration(line, seconds * 1000);
  }
}

/* ---- the line that follows the step ---- */

static int64_t now_us(const struct progress *progress) {
  return clock_monotonic_us(&progress->clock);
}

static int64_t left_ms(const struct progress *progress) {
  int64_t left = progress->until_us - now_us(progress);
  return left > 0 ? left / 1000 : 0;
}

static void put_tries(const struct progress *progress, struct sb *line) {
  if (progress->attempt > 1) {
    sb_format(line, "  try %u of %u", progress->attempt, progress->max_attempts);
  }
}

static void put_phase(const struct progress *progress, struct sb *line) {
  sb_format(line, "> %s  ", progress->step);
  switch (progress->phase) {
  case PROGRESS_IDLE:
    break;
  case PROGRESS_SENDING:
    sb_format(line, "%s", progress->method);
    put_tries(progress, line);
    sb_put(line, SV("  "));
    put_duration(line, (now_us(progress) - progress->started_us) / 1000);
    break;
  case PROGRESS_BACKOFF:
    sb_format(line, "%s  %s, try %u of %u in ", progress->method, progress->cause, progress->attempt + 1,
              progress->max_attempts);
    put_duration(line, left_ms(progress));
    break;
  case PROGRESS_WAITING:
    sb_put(line, SV("in "));
    put_countdown(line, (left_ms(progress) + 999) / 1000);
    break;
  }
}

static void draw(struct progress *progress) {
  struct sb line = new_line(progress);
  struct sb shown = new_line(progress);
  put_phase(progress, &line);
  if (interrupt_is_wanted()) {
    sb_put(&line, SV("  (ends with this request; once more cuts it)"));
  }
  screen_put(&shown, sb_view(&line), screen_width(progress->file) - 1);
  fprintf(progress->file, ERASE "%.*s", SV_ARG(sb_view(&shown)));
  fflush(progress->file);
  arena_reset(progress->line_arena);
  progress->drawn_us = now_us(progress);
}

void progress_tick(struct progress *progress) {
  if (progress->mode == PROGRESS_LIVE && progress->phase != PROGRESS_IDLE &&
      now_us(progress) - progress->drawn_us >= (progress->phase == PROGRESS_WAITING ? COUNTDOWN_US : DRAW_US)) {
    draw(progress);
  }
}

void progress_clear(struct progress *progress) {
  if (progress->mode == PROGRESS_LIVE) {
    fputs(ERASE, progress->file);
    fflush(progress->file);
    progress->drawn_us = 0;
  }
}

static void begin_phase(struct progress *progress, enum progress_phase phase) {
  progress->phase = phase;
  progress->drawn_us = 0;
  progress_tick(progress);
}

/* Copied, since the line is drawn when the text may be gone; shown only, so it may be cut. */
static void keep(char *out, sv text) {
  snprintf(out, PROGRESS_NAME_BYTES, "%.*s", SV_ARG(text));
}

void progress_request(struct progress *progress, sv step, sv method, unsigned max_attempts) {
  keep(progress->step, step);
  keep(progress->method, method);
  progress->attempt = 0;
  progress->max_attempts = max_attempts;
  progress->started_us = now_us(progress);
}

void progress_try(struct progress *progress) {
  progress->attempt++;
  progress->requests++;
  begin_phase(progress, PROGRESS_SENDING);
}

void progress_judged(struct progress *progress, const struct exchange *exchange, int64_t wait_ms) {
  struct sb cause = new_line(progress);
  if (wait_ms < 0) {
    return;
  }
  sb_put(&cause, record_outcome_word(exchange->outcome));
  if (!exchange->failure) {
    sb_format(&cause, " (%d)", exchange->response.status);
  }
  keep(progress->cause, sb_view(&cause));
  progress->until_us = now_us(progress) + wait_ms * 1000;
  begin_phase(progress, PROGRESS_BACKOFF);
}

void progress_wait(struct progress *progress, sv next, int64_t seconds) {
  keep(progress->step, next);
  progress->until_us = now_us(progress) + seconds * 1000000;
  begin_phase(progress, PROGRESS_WAITING);
}

/* ---- steps that are over ---- */

static struct progress_row *row_of(struct progress *progress, sv step) {
  struct progress_row **end = &progress->rows;
  while (*end && !sv_eq((*end)->step, step)) {
    end = &(*end)->next;
  }
  if (!*end) {
    *end = arena_alloc(progress->rows_arena, sizeof **end);
  }
  if (*end && !(*end)->step.len) {
    (*end)->step = sv_copy(progress->rows_arena, step);
  }
  return *end;
}

static int64_t integer(const json *object, const char *name) {
  int64_t value = 0;
  json_to_int(json_get(object, sv_from(name)), &value);
  return value;
}

static sv text(const json *object, const char *name) {
  return json_string(json_get(object, sv_from(name)));
}

static double real(const json *object, const char *name) {
  const json *value = json_get(object, sv_from(name));
  return value ? value->valuedouble : 0;
}

static void count_step(struct progress *progress, const json *last) {
  struct progress_row *row = row_of(progress, text(last, "stepId"));
  if (row) {
    row->requests += integer(last, "attempts");
    row->status = integer(last, "statusCode");
    row->duration_ms += real(last, "durationMs");
    row->action = sv_copy(progress->rows_arena, text(last, "action"));
  }
}

static void put_status(struct sb *line, int64_t status) {
  if (status) {
    sb_format(line, "%3lld", (long long)status);
  } else {
    sb_put(line, SV("---"));
  }
}

static enum colour colour_of(const json *last) {
  sv action = text(last, "action");
  bool is_waiting = sv_eq(action, SV("wait")) || sv_eq(action, SV("retry"));
  return is_waiting ? YELLOW : json_is_true(json_get(last, SV("success"))) ? PLAIN : RED;
}

static void print_step(struct progress *progress, const json *response, const json *last) {
  struct sb line = new_line(progress);
  sv next = text(response, "nextStepId");
  put_padded(&line, text(last, "stepId"), STEP_COLUMNS);
  sb_char(&line, ' ');
  put_padded(&line, text(last, "method"), 6);
  sb_char(&line, ' ');
  put_status(&line, integer(last, "statusCode"));
  sb_format(&line, "  %.*s", SV_ARG(text(last, "action")));
  if (next.len) {
    sb_format(&line, " -> %.*s", SV_ARG(next));
  }
  if (integer(response, "waitSeconds")) {
    sb_format(&line, " in %lld s", (long long)integer(response, "waitSeconds"));
  }
  print_line(progress, &line, colour_of(last));
}

void progress_step_done(struct progress *progress, const json *response) {
  const json *last = json_get(response, SV("lastStep"));
  progress->phase = PROGRESS_IDLE;
  if (last && progress->mode != PROGRESS_OFF) {
    count_step(progress, last);
    print_step(progress, response, last);
  }
}

/* ---- the end ---- */

static void print_head(const struct progress *progress) {
  struct sb line = new_line(progress);
  put_padded(&line, SV("step"), STEP_COLUMNS);
  sb_put(&line, SV(" requests  status      time  action"));
  print_line(progress, &line, DIM);
}

static void print_row(const struct progress *progress, const struct progress_row *row) {
  struct sb line = new_line(progress);
  struct sb duration = new_line(progress);
  put_padded(&line, row->step, STEP_COLUMNS);
  sb_format(&line, " %8lld     ", (long long)row->requests);
  put_status(&line, row->status);
  put_duration(&duration, (int64_t)row->duration_ms);
  sb_format(&line, "  %8.*s  %.*s", SV_ARG(sb_view(&duration)), SV_ARG(row->action));
  print_line(progress, &line, PLAIN);
}

static void print_table(const struct progress *progress) {
  fprintf(progress->file, ERASE "\n");
  print_head(progress);
  for (const struct progress_row *row = progress->rows; row; row = row->next) {
    print_row(progress, row);
  }
}

static void print_outcome(const struct progress *progress, const json *response) {
  struct sb line = new_line(progress);
  sv status = text(response, "status");
  sv message = text(json_get(response, SV("error")), "message");
  screen_put(&line, status, SIZE_MAX);
  if (progress->mode == PROGRESS_LIVE) {
    sb_put(&line, SV(" after "));
    put_duration(&line, (now_us(progress) - progress->opened_us) / 1000);
    sb_format(&line, ", %lld request%s", (long long)progress->requests, progress->requests == 1 ? "" : "s");
  }
  print_line(progress, &line, sv_eq(status, SV("SUCCEEDED")) ? GREEN : sv_eq(status, SV("FAILED")) ? RED : YELLOW);
  if (message.len) {
    screen_print(progress->file, message);
    fputc('\n', progress->file);
  }
}

void progress_end(struct progress *progress, const json *response) {
  bool is_live = progress->mode == PROGRESS_LIVE;
  progress->phase = PROGRESS_IDLE;
  if (is_live && progress->rows) {
    print_table(progress);
  }
  if (progress->mode != PROGRESS_OFF) {
    print_outcome(progress, response);
  }
}
