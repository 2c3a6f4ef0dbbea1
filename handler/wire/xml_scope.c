/* Declarations of namespaces (Namespaces in XML 1.0). A scope is a list on the arena, from the innermost declaration outwards. */
#include "xml_scope.h"

#include "arena.h"
#include "errinfo.h"
#include "sb.h"
#include "xml_text.h"

#define OF_XML "http://www.w3.org/XML/1998/namespace"
#define OF_XMLNS "http://www.w3.org/2000/xmlns/"

sv xml_scope_find(const struct xml_scope *scope, sv prefix) {
  while (scope && !sv_eq(scope->prefix, prefix)) {
    scope = scope->outer;
  }
  return scope ? scope->uri : sv_eq(prefix, SV("xml")) ? SV(OF_XML) : SV("");
}

/* Namespaces in XML 1.0 3: a prefix can't be undeclared, xmlns is no prefix, and xml's namespace has no other one. */
static bool check_pair(sv prefix, sv uri, struct err *e) {
  bool is_reserved =
      sv_eq(prefix, SV("xmlns")) || sv_eq(prefix, SV("xml")) || sv_eq(uri, SV(OF_XML)) || sv_eq(uri, SV(OF_XMLNS));
  if (is_reserved || (prefix.len && (!uri.len || !xml_is_name(prefix)))) {
    return err_set(e, ERR_INVALID, "the prefix '%.*s' can not stand for the namespace '%.*s' in XML",
                   SV_ARG(sv_slice(prefix, 0, 80)), SV_ARG(sv_slice(uri, 0, 200)));
  }
  return true;
}

static bool is_declared_inside(const struct xml_scope *outside, const struct xml_scope *scope, sv prefix) {
  while (scope != outside && !sv_eq(scope->prefix, prefix)) {
    scope = scope->outer;
  }
  return scope != outside;
}

bool xml_scope_declare(struct sb *out, const struct xml_scope *outside, const struct xml_scope **scope, sv prefix,
                       sv uri, struct err *e) {
  if (sv_eq(xml_scope_find(*scope, prefix), uri)) {
    return true;
  }
  if (!check_pair(prefix, uri, e)) {
    return false;
  }
  if (is_declared_inside(outside, *scope, prefix)) {
    return err_set(e, ERR_INVALID, "two namespaces are declared for %s%.*s in one element",
                   prefix.len ? "the prefix " : "names without a prefix", SV_ARG(sv_slice(prefix, 0, 80)));
  }
  struct xml_scope *inner = arena_alloc(out->arena, sizeof *inner);
  if (!inner) {
    return err_memory(e);
  }
  *inner = (struct xml_scope){*scope, prefix, uri};
  *scope = inner;
  sb_put(out, prefix.len ? SV(" xmlns:") : SV(" xmlns"));
  sb_put(out, prefix);
  sb_put(out, SV("=\""));
  bool good = xml_text_put_attribute(out, uri, e);
  sb_char(out, '"');
  return good;
}

bool xml_scope_check(const struct xml_scope *scope, sv name, struct err *e) {
  sv prefix = SV("");
  sv local = name;
  bool has_prefix = sv_split(name, ':', &prefix, &local);
  if (!xml_is_name(local) || (has_prefix && !xml_is_name(prefix))) {
    return err_set(e, ERR_INVALID, "'%.*s' is no name of an element or attribute in XML",
                   SV_ARG(sv_slice(name, 0, 80)));
  }
  if (has_prefix && !xml_scope_find(scope, prefix).len) {
    return err_set(e, ERR_INVALID,
                   "the prefix of '%.*s' has no namespace: write xml: {prefix: %.*s, namespace: …} "
                   "into the schema of an element around it",
                   SV_ARG(sv_slice(name, 0, 80)), SV_ARG(sv_slice(prefix, 0, 80)));
  }
  return true;
}
