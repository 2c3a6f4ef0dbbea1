/* Payload replacement: values are written into the document's own text, at the places where the nodes stand. So everything else
 * stays as it was written, byte for byte: white space, comments, CDATA sections, quotes, references, declaration.
 *
 * What is not kept: what stood inside of a replaced element (its elements, comments and CDATA), and the form <a/> of an empty
 * element that gets a text. A node inside of an element that is replaced itself goes with it. The document (/), comments,
 * processing instructions and namespaces have no text to set.
 *
 * The value is escaped for where it goes. Where the declaration names another encoding than UTF-8, characters beyond ASCII are
 * written as references (XML 1.0 4.1), which mean the same in every encoding. */
#include "xpath_replace.h"

#include "limits.h"
#include "sb.h"
#include "utf8.h"

struct writer {
  const struct xml_document *document;
  struct sb out;
  sv value;
  size_t at; /* of the document's text, what was copied */
  bool ascii_only;
  size_t set_count;
};

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* XML 1.0 2.2: Char. */
static bool is_character(uint32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c != 0xFFFE && c != 0xFFFF);
}

static bool check_value(sv value, struct err *e) {
  uint32_t c = 0;
  for (size_t at = 0, size = 0; at < value.len; at += size) {
    size = utf8_decode(sv_slice(value, at, value.len), &c);
    if (size == 0) {
      return err_set(e, ERR_INVALID, "the value to put into the XML document is not UTF-8");
    }
    if (!is_character(c)) {
      return err_set(e, ERR_INVALID, "the value to put into the XML document holds U+%04X, which XML can't hold", c);
    }
  }
  return true;
}

/* XML 1.0 2.4; 2.11 and 3.3.3 for what would be read as another white space. `quote` is 0 outside of attributes. */
static bool is_plain(const struct writer *w, uint32_t c, char quote) {
  bool is_special = c == '<' || c == '>' || c == '&' || c == '\r' || (quote && (c == '\t' || c == '\n'));
  return !is_special && !(quote && c == (unsigned char)quote) && (c < 0x80 || !w->ascii_only);
}

static void put_value(struct writer *w, char quote) {
  uint32_t c = 0;
  for (size_t at = 0, size = 0; at < w->value.len; at += size) {
    sv rest = sv_slice(w->value, at, w->value.len);
    size = utf8_decode(rest, &c);
    if (is_plain(w, c, quote)) {
      sb_put(&w->out, sv_slice(rest, 0, size));
    } else if (c == '<' || c == '>' || c == '&') {
      sb_put(&w->out, c == '<' ? SV("&lt;") : c == '>' ? SV("&gt;") : SV("&amp;"));
    } else {
      sb_format(&w->out, "&#%u;", c);
    }
  }
}

/* Copies what is in front of `from`, and goes on behind `to`. */
static void move_to(struct writer *w, size_t from, size_t to) {
  sb_put(&w->out, sv_slice(w->document->text, w->at, from));
  w->at = to;
  w->set_count++;
}

/* The qualified name of an element, behind '<'. */
static sv tag_name(sv text, size_t start) {
  size_t end = start + 1;
  while (end < text.len && !is_blank(text.ptr[end]) && text.ptr[end] != '>' && text.ptr[end] != '/') {
    end++;
  }
  return sv_slice(text, start + 1, end);
}

static void set_element(struct writer *w, const struct xml_source *source) {
  sv text = w->document->text;
  bool is_empty_tag = source->end == source->open;
  if (!is_empty_tag) {
    move_to(w, source->open, source->close);
    put_value(w, '\0');
    return;
  }
  size_t slash = source->open - 2;
  if (w->value.len == 0) {
    move_to(w, slash, slash);
    return;
  }
  move_to(w, slash, source->open);
  sb_char(&w->out, '>');
  put_value(w, '\0');
  sb_format(&w->out, "</%.*s>", SV_ARG(tag_name(text, source->start)));
}

static bool is_name_of(sv name, const struct xml_node *attribute) {
  sv prefix = attribute->prefix;
  return prefix.len == 0 ? sv_eq(name, attribute->name)
                         : name.len == prefix.len + 1 + attribute->name.len && sv_starts(name, prefix) &&
                               name.ptr[prefix.len] == ':' && sv_ends(name, attribute->name);
}

/* Sets an attribute: finds it by its name among those of the tag, which is well-formed. */
static void set_attribute(struct writer *w, const struct xml_node *attribute) {
  const struct xml_source *source = &w->document->sources[w->document->nodes[attribute->parent].source];
  sv tag = sv_slice(w->document->text, 0, source->open);
  for (size_t at = source->start + 1 + tag_name(tag, source->start).len; at < tag.len;) {
    size_t equals = at + sv_find(sv_slice(tag, at, tag.len), '=');
    sv name = sv_trim(sv_slice(tag, at, equals));
    size_t open = equals + 1;
    while (open < tag.len && is_blank(tag.ptr[open])) {
      open++;
    }
    if (open >= tag.len) {
      return;
    }
    char quote = tag.ptr[open];
    size_t close = open + 1 + sv_find(sv_slice(tag, open + 1, tag.len), quote);
    if (is_name_of(name, attribute)) {
      move_to(w, open + 1, close);
      put_value(w, quote);
      return;
    }
    at = close + 1;
  }
}

static const struct xml_source *source_of(const struct writer *w, const struct xml_node *node) {
  return &w->document->sources[node->source];
}

/* What is inside of an element that was set has gone with its text. */
static void set_node(struct writer *w, const struct xml_node *node) {
  switch (node->kind) {
  case XML_ELEMENT:
    if (source_of(w, node)->open > w->at) {
      set_element(w, source_of(w, node));
    }
    break;
  case XML_ATTRIBUTE:
    if (source_of(w, &w->document->nodes[node->parent])->open > w->at) {
      set_attribute(w, node);
    }
    break;
  case XML_TEXT:
    if (node->from >= w->at) {
      move_to(w, node->from, node->to);
      put_value(w, '\0');
    }
    break;
  case XML_ROOT:
  case XML_NAMESPACE:
  case XML_COMMENT:
  case XML_INSTRUCTION:
    break;
  }
}

/* Nodes come in document order, which has an element before its attributes; its text comes behind them. */
static void set_nodes(struct writer *w, const uint32_t *nodes, size_t count) {
  const struct xml_node *waiting = NULL;
  for (size_t i = 0; i < count && w->out.state == SB_OK; i++) {
    const struct xml_node *node = &w->document->nodes[nodes[i]];
    bool is_beside = node->kind == XML_ATTRIBUTE || node->kind == XML_NAMESPACE;
    bool is_its = waiting && is_beside && &w->document->nodes[node->parent] == waiting;
    if (waiting && !is_its) {
      set_node(w, waiting);
      waiting = NULL;
    }
    if (node->kind == XML_ELEMENT) {
      waiting = node;
    } else {
      set_node(w, node);
    }
  }
  if (waiting) {
    set_node(w, waiting);
  }
}

bool xml_replace(const struct xevaluation *ev, const struct xvalue *nodes, sv value, sv *out, struct err *e) {
  sv encoding = ev->document->encoding;
  struct writer w = {.document = ev->document,
                     .out = sb_new(ev->arena, LIMIT_REQUEST_BODY_BYTES),
                     .value = value,
                     .ascii_only = encoding.len && !sv_eq_nocase(encoding, SV("UTF-8"))};
  if (!check_value(value, e)) {
    return false;
  }
  if (nodes->count) {
    set_nodes(&w, ev->nodes + nodes->base, nodes->count);
  }
  if (w.set_count == 0) {
    return err_set(e, ERR_UNRESOLVED,
                   "the XPath target selects no element, attribute or text of the XML document; nothing was replaced");
  }
  sb_put(&w.out, sv_slice(w.document->text, w.at, w.document->text.len));
  return sb_finish(&w.out, "the XML document with its replacements", out, e);
}
