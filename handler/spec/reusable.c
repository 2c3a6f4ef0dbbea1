/* Reusable Objects and the Components Object (Arazzo 1.1.0): `reference: $components.parameters.page` stands for the object of
 * that name; a parameter's `value` may be given anew beside it. */
#include "compiler.h"
#include "errinfo.h"

/* The name behind "$components.<kind>."; the empty view when the reference is no such one. */
static sv component_name(sv reference, const char *kind) {
  sv prefix = SV("$components.");
  sv rest = sv_slice(reference, prefix.len, reference.len);
  sv wanted = sv_from(kind);
  if (!sv_starts(reference, prefix) || !sv_starts(rest, wanted) ||
      !sv_starts(sv_slice(rest, wanted.len, rest.len), SV("."))) {
    return SV("");
  }
  return sv_slice(rest, wanted.len + 1, rest.len);
}

bool reusable_resolve(const struct compiler *compiler, const char *kind, const json **node, const json **override,
                      struct err *e) {
  const json *reusable = *node;
  const json *reference = json_get(reusable, SV("reference"));
  if (override) {
    *override = NULL;
  }
  if (!reference) {
    return true;
  }
  const json *value = json_get(reusable, SV("value"));
  sv name = component_name(json_string(reference), kind);
  *node = name.len ? json_get(json_get(json_get(compiler->source->root, SV("components")), sv_from(kind)), name) : NULL;
  if (!*node) {
    source_report(compiler->source, reference, e, ERR_INVALID,
                  "'%.*s' leads nowhere; a reference here has the form $components.%s.<name>",
                  SV_ARG(json_string(reference)), kind);
    return err_unit(e, "reference");
  }
  if (value && !override) {
    source_report(compiler->source, value, e, ERR_INVALID, "only a reference to a parameter may give a 'value'");
    return err_unit(e, "reference");
  }
  if (override) {
    *override = value;
  }
  return true;
}
