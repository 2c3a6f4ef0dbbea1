/* JSON values as text, RFC 8259: compact, or indented for people. Numbers keep their text, so that what was read is what
 * is written. It recurses; the depth is that of the tree, which is bounded where trees come from (LIMIT_JSON_DEPTH,
 * LIMIT_YAML_DEPTH). */
#include "json.h"

#include "quote.h"
#include "sb.h"

struct writer {
  struct sb *out;
  bool pretty;
  size_t depth;
};

static void new_line(const struct writer *w) {
  if (w->pretty) {
    sb_char(w->out, '\n');
    for (size_t i = 0; i < w->depth; i++) {
      sb_put(w->out, SV("  "));
    }
  }
}

static void write_value(struct writer *w, const json *value);

static void write_children(struct writer *w, const json *value, bool named) {
  w->depth++;
  for (const json *child = value->child; child; child = child->next) {
    if (child != value->child) {
      sb_char(w->out, ',');
    }
    new_line(w);
    if (named) {
      quote_json(w->out, json_name(child));
      sb_put(w->out, w->pretty ? SV(": ") : SV(":"));
    }
    write_value(w, child);
  }
  w->depth--;
  if (value->child) {
    new_line(w);
  }
}

static void write_value(struct writer *w, const json *value) {
  switch (json_type(value)) {
  case JSON_NULL:
    sb_put(w->out, SV("null"));
    return;
  case JSON_BOOLEAN:
    sb_put(w->out, json_is_true(value) ? SV("true") : SV("false"));
    return;
  case JSON_NUMBER:
    sb_put(w->out, json_number_text(value));
    return;
  case JSON_STRING:
    quote_json(w->out, json_string(value));
    return;
  case JSON_ARRAY:
    sb_char(w->out, '[');
    write_children(w, value, false);
    sb_char(w->out, ']');
    return;
  case JSON_OBJECT:
    sb_char(w->out, '{');
    write_children(w, value, true);
    sb_char(w->out, '}');
    return;
  }
}

void json_write(struct sb *out, const json *value) {
  struct writer writer = {.out = out};
  write_value(&writer, value);
}

void json_write_pretty(struct sb *out, const json *value) {
  struct writer writer = {.out = out, .pretty = true};
  write_value(&writer, value);
}

void json_put_text(struct sb *out, const json *value) {
  if (json_is_string(value)) {
    sb_put(out, json_string(value));
  } else {
    json_write(out, value);
  }
}
