/* XML by libxml2's SAX2 parser: its events become the array of nodes. libxml2's own tree and XPath are not used: the tree has no
 * string-values at hand and allocates each node, and its XPath can't be bounded. Its operation limit (2.9.10 and later) counts
 * steps through the tree, but neither the merging of node-sets, which is quadratic, nor the making of string-values: on
 * 100,000 elements count(//a | //a) takes 7 s and count(//a[/ > 5]) more than a minute within a million operations (2.9.14).
 *
 * Memory: libxml2 allocates with malloc by itself, and everything that it allocates is freed in parse_events, the one
 * function that starts it; nothing of it outlives that. Nodes and texts are copied into the arena by the events. Its hooks
 * (xmlMemSetup) are global, and are left alone.
 *
 * Safety: xml_scan.c has bounded the text and refused declarations before. No DTD is loaded, no network used, no
 * entity defined, nothing printed. The text is UTF-8 since it became JSON; an encoding that it declares is not looked at.
 *
 * What the data model wants is what comes out: CDATA sections are text, neighbouring texts are one node, line ends are
 * LF, declarations of namespaces are no attributes. xml_scan.c's list of markup runs along, so that each node knows where
 * it stands in the text. Documents whose prefixes are not declared are malformed (Namespaces in XML 1.0 5). */
#include "xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"

#define NAMES_COUNT 64

/* A name that libxml2 keeps in its dictionary, and its copy. */
struct known_name {
  const xmlChar *key;
  sv copy;
};

struct reader {
  struct arena *arena;
  struct xml_document *document;
  xmlParserCtxtPtr parser;
  bool with_namespaces;
  uint32_t parent;
  uint32_t source;   /* the next of the document's sources */
  uint32_t cursor;   /* behind the last markup, in bytes */
  size_t text_start; /* in `texts`, of the text in progress */
  char *texts;
  size_t texts_length;
  bool no_memory; /* libxml2 has none */
  bool is_faulty; /* libxml2 found an error, and its place is known */
  struct known_name names[NAMES_COUNT];
  struct err *e;
};

static void stop(struct reader *r) {
  err_memory(r->e);
  xmlStopParser(r->parser);
}

static void stop_at_limit(struct reader *r) {
  err_set(r->e, ERR_LIMIT, "the XML document has more than %d nodes with its namespaces (LIMIT_XML_NODES)",
          LIMIT_XML_NODES);
  xmlStopParser(r->parser);
}

static bool is_stopped(const struct reader *r) {
  return r->e->code != ERR_NONE;
}

static sv copy(struct reader *r, const void *text, size_t length) {
  sv made = sv_copy(r->arena, (sv){text, length});
  if (length && !made.len) {
    stop(r);
  }
  return made;
}

/* libxml2 gives the same name at the same address, as long as it parses. */
static sv copy_name(struct reader *r, const xmlChar *name) {
  if (!name) {
    return SV("");
  }
  struct known_name *known = &r->names[((uintptr_t)name / sizeof(void *)) % NAMES_COUNT];
  if (known->key != name) {
    known->copy = copy(r, name, strlen((const char *)name));
    known->key = name;
  }
  return known->copy;
}

static bool make_room(struct reader *r) {
  struct xml_document *document = r->document;
  if (document->count < document->capacity) {
    return true;
  }
  if (document->count > LIMIT_XML_NODES) {
    stop_at_limit(r);
    return false;
  }
  uint32_t capacity = 2 * document->capacity;
  struct xml_node *grown =
      arena_grow(r->arena, document->nodes, document->capacity * sizeof *grown, capacity * sizeof *grown);
  if (!grown) {
    stop(r);
    return false;
  }
  document->nodes = grown;
  document->capacity = capacity;
  return true;
}

/* A node without anything below it; NULL when the parser was stopped. */
static struct xml_node *add_node(struct reader *r, enum xml_kind kind, uint32_t parent) {
  struct xml_document *document = r->document;
  if (is_stopped(r) || !make_room(r)) {
    return NULL;
  }
  struct xml_node *node = &document->nodes[document->count++];
  *node = (struct xml_node){.kind = kind, .parent = parent, .children = document->count, .end = document->count};
  return node;
}

/* XPath 1.0 5.7: neighbouring texts are one node. It ends where the next markup begins. */
static void end_text(struct reader *r, uint32_t to) {
  struct xml_node *node = NULL;
  if (r->texts_length > r->text_start) {
    node = add_node(r, XML_TEXT, r->parent);
  }
  if (node) {
    node->value = (sv){r->texts + r->text_start, r->texts_length - r->text_start};
    node->from = r->cursor;
    node->to = to;
  }
  r->text_start = r->texts_length;
}

/* Each start of an element, comment and instruction has its place in the list. */
static const struct xml_source *next_source(struct reader *r) {
  const struct xml_source *source = r->source < r->document->source_count ? &r->document->sources[r->source] : NULL;
  if (!source && !is_stopped(r)) {
    err_set(r->e, ERR_INTERNAL, "libxml2 finds other markup in an XML document than the scan of it");
    xmlStopParser(r->parser);
  }
  return is_stopped(r) ? NULL : source;
}

static bool is_declared(const xmlChar **namespaces, int count, sv prefix) {
  for (int i = 0; i < count; i++) {
    if (sv_eq(sv_from((const char *)namespaces[2 * (size_t)i]), prefix)) {
      return true;
    }
  }
  return false;
}

static void add_namespace(struct reader *r, uint32_t element, sv prefix, sv uri) {
  struct xml_node *node = add_node(r, XML_NAMESPACE, element);
  if (node) {
    node->name = prefix;
    node->value = uri;
  }
}

/* XPath 1.0 5.4: an element has a namespace node for each prefix in scope, and one for a default namespace. */
static void add_namespaces(struct reader *r, uint32_t element, const xmlChar **namespaces, int count) {
  const struct xml_node *parent = &r->document->nodes[r->document->nodes[element].parent];
  if (parent->kind == XML_ROOT) {
    add_namespace(r, element, SV("xml"), sv_from((const char *)XML_XML_NAMESPACE));
  }
  uint32_t at = r->document->nodes[element].parent + 1;
  for (; parent->kind == XML_ELEMENT && at < element && !is_stopped(r); at++) {
    const struct xml_node inherited = r->document->nodes[at];
    if (inherited.kind != XML_NAMESPACE) {
      break;
    }
    if (!is_declared(namespaces, count, inherited.name)) {
      add_namespace(r, element, inherited.name, inherited.value);
    }
  }
  for (int i = 0; i < count && !is_stopped(r); i++) {
    sv uri = copy_name(r, namespaces[2 * (size_t)i + 1]);
    if (uri.len) {
      add_namespace(r, element, copy_name(r, namespaces[2 * (size_t)i]), uri);
    }
  }
}

static void add_attributes(struct reader *r, uint32_t element, const xmlChar **attributes, int count) {
  for (int i = 0; i < count; i++) {
    const xmlChar **attribute = attributes + 5 * (size_t)i;
    struct xml_node *node = add_node(r, XML_ATTRIBUTE, element);
    if (!node) {
      return;
    }
    node->name = copy_name(r, attribute[0]);
    node->prefix = copy_name(r, attribute[1]);
    node->uri = copy_name(r, attribute[2]);
    node->value = copy(r, attribute[3], (size_t)(attribute[4] - attribute[3]));
  }
}

/* The namespaces that the root element declares are those of the expression. */
static void keep_root_namespaces(struct reader *r, const xmlChar **namespaces, int count) {
  struct xml_namespace *list = count ? arena_array(r->arena, (size_t)count, sizeof *list) : NULL;
  if (count && !list) {
    stop(r);
    return;
  }
  for (int i = 0; i < count; i++) {
    list[i] =
        (struct xml_namespace){copy_name(r, namespaces[2 * (size_t)i]), copy_name(r, namespaces[2 * (size_t)i + 1])};
  }
  r->document->namespaces = list;
  r->document->namespace_count = (uint32_t)count;
}

/* NOLINTNEXTLINE(readability-function-size): libxml2 gives an element by nine arguments */
static void start_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                          int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted_count,
                          const xmlChar **attributes) {
  struct reader *r = context;
  const struct xml_source *source = next_source(r);
  (void)defaulted_count;
  if (!source) {
    return;
  }
  end_text(r, source->start);
  uint32_t at = r->document->count;
  struct xml_node *node = add_node(r, XML_ELEMENT, r->parent);
  if (!node) {
    return;
  }
  node->name = copy_name(r, name);
  node->prefix = copy_name(r, prefix);
  node->uri = copy_name(r, uri);
  node->source = r->source++;
  node->value = (sv){r->texts + r->texts_length, 0};
  if (r->parent == 0) {
    keep_root_namespaces(r, namespaces, namespace_count);
  }
  if (r->with_namespaces) {
    add_namespaces(r, at, namespaces, namespace_count);
  }
  add_attributes(r, at, attributes, attribute_count);
  r->document->nodes[at].children = r->document->count;
  r->parent = at;
  r->cursor = source->open;
}

static void end_element(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  struct reader *r = context;
  (void)name;
  (void)prefix;
  (void)uri;
  if (is_stopped(r)) {
    return;
  }
  const struct xml_source *source = &r->document->sources[r->document->nodes[r->parent].source];
  end_text(r, source->close);
  struct xml_node *node = &r->document->nodes[r->parent];
  node->end = r->document->count;
  /* XPath 1.0 5.2: the texts below it, which are neighbours in the buffer. */
  node->value.len = (size_t)(r->texts + r->texts_length - node->value.ptr);
  r->parent = node->parent;
  r->cursor = source->end;
}

static void characters(void *context, const xmlChar *text, int length) {
  struct reader *r = context;
  /* XML outside of the root element is no text. What libxml2 gives is never longer than what it read. */
  size_t room = r->document->text.len - r->texts_length;
  if (r->parent == 0 || is_stopped(r) || length < 0 || (size_t)length > room) {
    return;
  }
  memcpy(r->texts + r->texts_length, text, (size_t)length);
  r->texts_length += (size_t)length;
}

static void add_leaf(struct reader *r, enum xml_kind kind, const xmlChar *name, const xmlChar *value) {
  const struct xml_source *source = next_source(r);
  if (!source) {
    return;
  }
  end_text(r, source->start);
  struct xml_node *node = add_node(r, kind, r->parent);
  if (node) {
    node->name = name ? copy(r, name, strlen((const char *)name)) : SV("");
    node->value = value ? copy(r, value, strlen((const char *)value)) : SV("");
    node->source = r->source++;
    r->cursor = source->end;
  }
}

static void comment(void *context, const xmlChar *value) {
  add_leaf(context, XML_COMMENT, NULL, value);
}

static void instruction(void *context, const xmlChar *target, const xmlChar *data) {
  add_leaf(context, XML_INSTRUCTION, target, data);
}

/* Without a handler libxml2 prints. The first error is the one that counts. */
static void silence(void *context, xmlErrorPtr error) {
  struct reader *r = context;
  r->no_memory = r->no_memory || error->code == XML_ERR_NO_MEMORY;
  long at = r->parser && !r->is_faulty ? xmlByteConsumed(r->parser) : -1;
  if (at >= 0 && (size_t)at <= r->document->text.len) {
    r->document->fault = (size_t)at;
    r->is_faulty = true;
  }
}

static enum xml_result result_of(const struct reader *r) {
  xmlParserCtxtPtr parser = r->parser;
  if (is_stopped(r)) {
    return XML_FAILED;
  }
  if (r->no_memory || parser->errNo == XML_ERR_NO_MEMORY) {
    err_memory(r->e);
    return XML_FAILED;
  }
  return parser->wellFormed && parser->nsWellFormed ? XML_READ : XML_MALFORMED;
}

/* Runs libxml2 over the text, and gives back all that it allocated. */
static enum xml_result parse_events(struct reader *r) {
  static const xmlSAXHandler events = {.initialized = XML_SAX2_MAGIC,
                                       .startElementNs = start_element,
                                       .endElementNs = end_element,
                                       .characters = characters,
                                       .ignorableWhitespace = characters,
                                       .cdataBlock = characters,
                                       .comment = comment,
                                       .processingInstruction = instruction,
                                       .serror = silence};
  sv text = r->document->text;
  r->parser = xmlCreateMemoryParserCtxt(text.ptr, (int)text.len);
  if (!r->parser) {
    err_memory(r->e);
    return XML_FAILED;
  }
  *r->parser->sax = events;
  r->parser->userData = r;
  xmlCtxtUseOptions(r->parser, XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
  xmlParseDocument(r->parser);
  enum xml_result result = result_of(r);
  xmlFreeParserCtxt(r->parser);
  r->parser = NULL;
  return result;
}

/* Errors without a parser go to the thread's handler. */
static enum xml_result read_events(struct reader *r) {
  xmlStructuredErrorFunc handler = xmlStructuredError;
  void *context = xmlStructuredErrorContext;
  xmlSetStructuredErrorFunc(r, silence);
  enum xml_result result = parse_events(r);
  xmlSetStructuredErrorFunc(context, handler);
  return result;
}

static void end_document(struct xml_document *document, const struct reader *r) {
  document->nodes[0].end = document->count;
  document->nodes[0].children = 1;
  document->nodes[0].value = (sv){r->texts, r->texts_length};
}

enum xml_result xml_read(struct arena *arena, sv text, bool with_namespaces, struct xml_document *out, struct err *e) {
  *out = (struct xml_document){.text = text};
  struct reader reader = {.arena = arena, .document = out, .with_namespaces = with_namespaces, .e = e};
  enum xml_result result = xml_scan(arena, out, e);
  if (result != XML_READ) {
    return result;
  }
  out->capacity = out->node_count + 1;
  out->nodes = arena_array(arena, out->capacity, sizeof *out->nodes);
  reader.texts = arena_alloc(arena, text.len);
  if (!out->nodes || !reader.texts) {
    err_memory(e);
    return XML_FAILED;
  }
  add_node(&reader, XML_ROOT, 0);
  result = read_events(&reader);
  if (result == XML_READ) {
    end_document(out, &reader);
  }
  return result;
}

bool xml_is_list_name(sv name) {
  return sv_eq(name, SV("member")) || sv_eq(name, SV("item")) || sv_eq(name, SV("entry"));
}
