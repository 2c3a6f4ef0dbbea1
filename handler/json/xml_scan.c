/* A look at an XML text before libxml2 reads it: where each element, comment and processing instruction begins and ends, and
 * how many there are.
 *
 * libxml2 compares each attribute of an element with each other one, and goes on after most errors; so what is too deep, too
 * large or declares entities is found here, in one pass without recursion, and never reaches it. The scan knows tags, quotes
 * and sections (XML 1.0 2.4-2.8, 3.1), enough to find the same markup that libxml2 finds in a well-formed text; anything
 * that it can't place is malformed at once. Names, nesting by name and characters are left to libxml2.
 *
 * A DOCTYPE may name a DTD, which is never fetched. Declarations inside of it ([ … ]) are refused: that is where entities
 * are declared, whose use doubles and doubles ("billion laughs"), and default attributes. So the only references are XML's
 * own five (XML 1.0 4.6) and those to characters. */
#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "utf8.h"
#include "xml.h"

#define FIRST_CAPACITY ((uint32_t)64)

struct scan {
  struct arena *arena;
  struct xml_document *document;
  sv text;
  size_t at;
  uint32_t capacity;
  uint32_t open[LIMIT_XML_DEPTH];     /* the elements in progress */
  uint32_t declared[LIMIT_XML_DEPTH]; /* the namespaces that each of them declares */
  uint32_t depth;
  uint32_t namespaces; /* that they declare together */
  bool has_root;
  struct err *e;
};

static enum xml_result too_large(struct scan *s, const char *what, size_t limit, const char *name) {
  err_set(s->e, ERR_LIMIT, "the XML document has more than %zu %s (%s)", limit, what, name);
  return XML_FAILED;
}

static sv rest_of(const struct scan *s) {
  return sv_slice(s->text, s->at, s->text.len);
}

/* Moves behind the next `mark`; false when there is none. */
static bool skip_past(struct scan *s, sv mark) {
  for (; s->at < s->text.len; s->at++) {
    s->at += sv_find(rest_of(s), mark.ptr[0]);
    if (sv_starts(rest_of(s), mark)) {
      s->at += mark.len;
      return true;
    }
  }
  return false;
}

/* Counts nodes of the document that is to be. */
static enum xml_result count_nodes(struct scan *s, uint32_t count) {
  s->document->node_count += count;
  return s->document->node_count > LIMIT_XML_NODES
             ? too_large(s, "elements, attributes, texts and comments", LIMIT_XML_NODES, "LIMIT_XML_NODES")
             : XML_READ;
}

static enum xml_result add_source(struct scan *s, size_t start) {
  struct xml_document *document = s->document;
  if (document->source_count == s->capacity) {
    uint32_t capacity = s->capacity ? 2 * s->capacity : FIRST_CAPACITY;
    struct xml_source *grown =
        arena_grow(s->arena, document->sources, s->capacity * sizeof *grown, capacity * sizeof *grown);
    if (!grown) {
      err_memory(s->e);
      return XML_FAILED;
    }
    document->sources = grown;
    s->capacity = capacity;
  }
  uint32_t from = (uint32_t)start;
  uint32_t end = (uint32_t)s->at;
  document->sources[document->source_count++] = (struct xml_source){from, end, end, end};
  return count_nodes(s, 1);
}

/* XML 1.0 4.1, 4.6: &lt; &gt; &amp; &apos; &quot; and &#…; no other entity is ever declared. */
static bool references_are_known(sv text) {
  static const sv known[] = {{"&lt;", 4}, {"&gt;", 4}, {"&amp;", 5}, {"&apos;", 6}, {"&quot;", 6}, {"&#", 2}};
  for (size_t at = sv_find(text, '&'); at < text.len; at += 1 + sv_find(sv_slice(text, at + 1, text.len), '&')) {
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
      found = found || sv_starts(sv_slice(text, at, text.len), known[i]);
    }
    if (!found) {
      return false;
    }
  }
  return true;
}

/* XML 1.0 3.1: an attribute's value, from its quote on; neither '<' nor the quote are in it. */
static bool skip_value(struct scan *s) {
  char quote = s->text.ptr[s->at++];
  sv value = sv_slice(rest_of(s), 0, sv_find(rest_of(s), quote));
  s->at += value.len + 1;
  return s->at <= s->text.len && sv_find(value, '<') == value.len && references_are_known(value);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The attributes of a tag and its '>'; how many of them declare namespaces goes to `*declared`. */
static enum xml_result skip_attributes(struct scan *s, uint32_t *declared) {
  uint32_t count = 0;
  while (s->at < s->text.len && s->text.ptr[s->at] != '>') {
    char c = s->text.ptr[s->at];
    bool is_quote = c == '"' || c == '\'';
    if (c == '<' || (is_quote && !skip_value(s))) {
      return XML_MALFORMED;
    }
    *declared += is_blank(c) && sv_starts(sv_slice(s->text, s->at + 1, s->text.len), SV("xmlns"));
    s->at += is_quote ? 0 : 1;
    count += is_quote;
    if (count > LIMIT_XML_ATTRIBUTES) {
      return too_large(s, "attributes in one element", LIMIT_XML_ATTRIBUTES, "LIMIT_XML_ATTRIBUTES");
    }
  }
  if (s->at == s->text.len) {
    return XML_MALFORMED;
  }
  s->at++;
  return count_nodes(s, count);
}

static enum xml_result open_element(struct scan *s, uint32_t declared) {
  if (s->depth == LIMIT_XML_DEPTH) {
    return too_large(s, "elements inside of each other", LIMIT_XML_DEPTH, "LIMIT_XML_DEPTH");
  }
  s->declared[s->depth] = declared;
  s->open[s->depth++] = s->document->source_count - 1;
  s->namespaces += declared;
  /* libxml2 looks through all of them for each prefix. */
  return s->namespaces > LIMIT_XML_NAMESPACES
             ? too_large(s, "namespaces declared inside of each other", LIMIT_XML_NAMESPACES, "LIMIT_XML_NAMESPACES")
             : XML_READ;
}

static enum xml_result scan_open(struct scan *s) {
  size_t start = s->at++;
  uint32_t declared = 0;
  enum xml_result result = s->depth == 0 && s->has_root ? XML_MALFORMED : skip_attributes(s, &declared);
  if (result == XML_READ) {
    result = add_source(s, start);
  }
  if (result != XML_READ) {
    return result;
  }
  s->has_root = true;
  return s->text.ptr[s->at - 2] == '/' ? XML_READ : open_element(s, declared);
}

static enum xml_result scan_close(struct scan *s) {
  size_t start = s->at;
  if (s->depth == 0 || !skip_past(s, SV(">")) ||
      sv_find(sv_slice(s->text, start + 1, s->at), '<') + start + 1 < s->at) {
    return XML_MALFORMED;
  }
  struct xml_source *source = &s->document->sources[s->open[--s->depth]];
  source->close = (uint32_t)start;
  source->end = (uint32_t)s->at;
  s->namespaces -= s->declared[s->depth];
  return XML_READ;
}

static enum xml_result scan_section(struct scan *s, sv open, sv close, bool is_node) {
  size_t start = s->at;
  s->at += open.len;
  if (!skip_past(s, close)) {
    return XML_MALFORMED;
  }
  return is_node ? add_source(s, start) : count_nodes(s, 1);
}

/* XML 1.0 2.8: doctypedecl, without declarations of its own. */
static enum xml_result scan_doctype(struct scan *s) {
  while (s->at < s->text.len && s->text.ptr[s->at] != '>') {
    char c = s->text.ptr[s->at++];
    if (c == '[') {
      err_set(s->e, ERR_LIMIT,
              "the XML document's DOCTYPE declares entities or the like; at most %d declarations are allowed "
              "(LIMIT_XML_DECLARATIONS)",
              LIMIT_XML_DECLARATIONS);
      return XML_FAILED;
    }
    if (c == '"' || c == '\'') {
      s->at += sv_find(rest_of(s), c) + 1;
    }
  }
  s->at++;
  return s->at <= s->text.len && !s->has_root ? XML_READ : XML_MALFORMED;
}

static enum xml_result scan_markup(struct scan *s) {
  sv rest = rest_of(s);
  if (sv_starts(rest, SV("<!--"))) {
    return scan_section(s, SV("<!--"), SV("-->"), true);
  }
  if (sv_starts(rest, SV("<?"))) {
    return scan_section(s, SV("<?"), SV("?>"), true);
  }
  if (sv_starts(rest, SV("<![CDATA["))) {
    return s->depth ? scan_section(s, SV("<![CDATA["), SV("]]>"), false) : XML_MALFORMED;
  }
  if (sv_starts(rest, SV("<!DOCTYPE"))) {
    return scan_doctype(s);
  }
  if (sv_starts(rest, SV("<!")) || sv_starts(rest, SV("<>"))) {
    return XML_MALFORMED;
  }
  return sv_starts(rest, SV("</")) ? scan_close(s) : scan_open(s);
}

/* Text up to the next markup. */
static enum xml_result scan_text(struct scan *s) {
  sv text = sv_slice(rest_of(s), 0, sv_find(rest_of(s), '<'));
  s->at += text.len;
  return references_are_known(text) ? count_nodes(s, 1) : XML_MALFORMED;
}

/* XML 1.0 2.8: XMLDecl, which is no node. Its encoding is only remembered: the text has been UTF-8 since it came. */
static bool scan_declaration(struct scan *s) {
  s->at += sv_starts(s->text, SV("\xef\xbb\xbf")) ? 3 : 0;
  sv rest = rest_of(s);
  if (!sv_starts(rest, SV("<?xml")) || rest.len < 6 || !is_blank(rest.ptr[5])) {
    return true;
  }
  size_t start = s->at;
  if (!skip_past(s, SV("?>"))) {
    return false;
  }
  size_t end = s->at;
  s->at = start;
  if (skip_past(s, SV("encoding")) && s->at < end) {
    s->at += sv_find(rest_of(s), '=') + 1;
    sv value = sv_trim(sv_slice(s->text, s->at, end));
    s->document->encoding =
        value.len ? sv_slice(value, 1, 1 + sv_find(sv_slice(value, 1, value.len), value.ptr[0])) : value;
  }
  s->at = end;
  return true;
}

enum xml_result xml_scan(struct arena *arena, struct xml_document *document, struct err *e) {
  struct scan scan = {.arena = arena, .document = document, .text = document->text, .e = e};
  if (scan.text.len > LIMIT_XML_BYTES) {
    return too_large(&scan, "bytes", LIMIT_XML_BYTES, "LIMIT_XML_BYTES");
  }
  size_t good = sv_find(sv_slice(scan.text, 0, utf8_valid_prefix(scan.text)), '\0');
  document->fault = good;
  enum xml_result result = good == scan.text.len && scan_declaration(&scan) ? XML_READ : XML_MALFORMED;
  while (result == XML_READ && scan.at < scan.text.len) {
    document->fault = scan.at;
    result = scan.text.ptr[scan.at] == '<' ? scan_markup(&scan) : scan_text(&scan);
  }
  document->fault = result == XML_READ ? scan.text.len : document->fault;
  return result == XML_READ && (scan.depth || !scan.has_root) ? XML_MALFORMED : result;
}
