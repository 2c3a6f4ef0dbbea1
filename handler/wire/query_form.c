/* AWS's query protocols: a tree of values as pairs, whose names are the paths to the values. The path in progress is a list on the
 * stack, from its last part outwards.
 *
 * Lists: Smithy's awsQuery puts "member" between a list's name and the number of an item, unless the list is flattened.
 * Descriptions that were made from AWS's models say wrapped: false of flattened lists and nothing of the others, so only what is
 * written counts. A flattened list whose items have a name is called as they are.
 *
 * Names: xml.name of a property stands for its own; in ec2's flavour x-aws-queryName comes before it, and the first letter
 * is a capital one.
 *
 * Sources: Smithy, "AWS query protocol" and "AWS EC2 query protocol". Percent-encoding is that of SigV4, which no service
 * reads differently: everything but RFC 3986's unreserved characters, a space as %20. */
#include "query_form.h"

#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"

struct form {
  struct sb *out;
  enum query_flavour flavour;
  size_t steps;
  struct err *e;
};

/* The last part of a path: a name, or a number when it is not 0. */
struct part {
  const struct part *outer;
  sv name;
  size_t number;
  bool is_capital; /* the name's first letter becomes one */
};

static bool put_value(struct form *f, const struct part *path, const json *value, const struct wire_schema *schema);

static void put_name(struct form *f, const struct part *part) {
  char first = part->name.len ? part->name.ptr[0] : '\0';
  if (part->is_capital && first >= 'a' && first <= 'z') {
    sb_char(f->out, (char)(first - 'a' + 'A'));
    percent_put(f->out, sv_slice(part->name, 1, part->name.len), "");
  } else {
    percent_put(f->out, part->name, "");
  }
}

static void put_path(struct form *f, const struct part *part) {
  if (part->outer) {
    put_path(f, part->outer);
    sb_char(f->out, '.');
  }
  if (part->number) {
    sb_format(f->out, "%zu", part->number);
  } else {
    put_name(f, part);
  }
}

static void put_pair(struct form *f, const struct part *path, sv text) {
  char last = f->out->state == SB_OK && f->out->len ? f->out->data[f->out->len - 1] : '?';
  sb_put(f->out, last == '?' || last == '&' ? SV("") : SV("&"));
  put_path(f, path);
  sb_char(f->out, '=');
  percent_put(f->out, text, "");
}

/* ---- members ---- */

static struct part property_part(const struct form *f, const struct part *outer, const struct wire_property *property) {
  const struct wire_schema *schema = property->schema;
  bool is_ec2 = f->flavour == QUERY_EC2;
  if (is_ec2 && schema && schema->query_name.len) {
    return (struct part){.outer = outer, .name = schema->query_name};
  }
  bool is_named = schema && schema->xml_name.len;
  return (struct part){.outer = outer, .name = is_named ? schema->xml_name : property->name, .is_capital = is_ec2};
}

static bool is_called(const struct part *part, sv name) {
  char first = part->name.len ? part->name.ptr[0] : '\0';
  bool is_changed = part->is_capital && first >= 'a' && first <= 'z';
  return is_changed ? name.len == part->name.len && name.ptr[0] == first - 'a' + 'A' &&
                          sv_eq(sv_slice(name, 1, name.len), sv_slice(part->name, 1, part->name.len))
                    : sv_eq(name, part->name);
}

/* A member is called as the property is, or as the parameter is that the property comes to. */
static const struct wire_property *find_property(const struct form *f, const struct wire_schema *schema, sv name) {
  const struct wire_property *own = wire_property(schema, name);
  for (size_t i = 0; schema && !own && i < schema->property_count; i++) {
    struct part part = property_part(f, NULL, &schema->properties[i]);
    own = is_called(&part, name) ? &schema->properties[i] : NULL;
  }
  return own;
}

static bool put_member(struct form *f, const struct part *outer, const json *member, const struct wire_schema *schema) {
  const struct wire_property *property = find_property(f, schema, json_name(member));
  struct part part = {.outer = outer, .name = json_name(member)};
  part = property ? property_part(f, outer, property) : part;
  f->steps += schema ? schema->property_count : 0;
  if (f->steps > LIMIT_WIRE_STEPS) {
    return err_set(f->e, ERR_LIMIT,
                   "the value has too many members for its schema: more than %d steps to find them (LIMIT_WIRE_STEPS)",
                   LIMIT_WIRE_STEPS);
  }
  return put_value(f, &part, member, property ? property->schema : schema ? schema->values : NULL);
}

static bool put_object(struct form *f, const struct part *path, const json *value, const struct wire_schema *schema) {
  for (const json *each = json_first(value); each; each = each->next) {
    if (!put_member(f, path, each, schema)) {
      return false;
    }
  }
  return true;
}

/* ---- lists and maps ---- */

/* The path of a list's items, but for their numbers; `room` is for the part that may lie between. */
static const struct part *items_path(const struct form *f, const struct part *path, const struct wire_schema *schema,
                                     struct part *room) {
  sv name = wire_item_name(schema);
  bool is_flat = schema && schema->xml_flat;
  if (f->flavour == QUERY_EC2 || (is_flat && !name.len)) {
    return path;
  }
  *room = (struct part){.outer = is_flat ? path->outer : path, .name = name.len ? name : SV("member")};
  return room;
}

static bool put_list(struct form *f, const struct part *path, const json *value, const struct wire_schema *schema) {
  struct part room;
  struct part item = {.outer = items_path(f, path, schema, &room)};
  if (json_type(value) != JSON_ARRAY) {
    item.number = 1;
    return put_value(f, &item, value, wire_items(schema));
  }
  if (!json_first(value) && f->flavour == QUERY_AWS) {
    put_pair(f, path, SV(""));
  }
  for (const json *each = json_first(value); each; each = each->next) {
    item.number += json_type(each) != JSON_NULL;
    if (!put_value(f, &item, each, wire_items(schema))) {
      return false;
    }
  }
  return true;
}

static bool put_map(struct form *f, const struct part *path, const json *value, const struct wire_schema *schema) {
  struct wire_entry_names names = wire_entry_names(schema);
  struct part entries = {.outer = path, .name = SV("entry")};
  struct part entry = {.outer = schema->xml_flat ? path : &entries};
  for (const json *each = json_first(value); each; each = each->next) {
    struct part key = {.outer = &entry, .name = names.key};
    struct part held = {.outer = &entry, .name = names.value};
    if (json_type(each) == JSON_NULL) {
      continue;
    }
    entry.number++;
    put_pair(f, &key, json_name(each));
    if (!put_value(f, &held, each, schema->values)) {
      return false;
    }
  }
  return true;
}

static bool put_value(struct form *f, const struct part *path, const json *value, const struct wire_schema *schema) {
  sv text = SV("");
  if (json_type(value) == JSON_NULL) {
    return true;
  }
  if (json_type(value) == JSON_ARRAY || (schema && schema->type == WIRE_ARRAY)) {
    return put_list(f, path, value, schema);
  }
  if (json_type(value) == JSON_OBJECT) {
    return schema && wire_is_map(schema) ? put_map(f, path, value, schema) : put_object(f, path, value, schema);
  }
  json_scalar_text(value, &text);
  put_pair(f, path, text);
  return true;
}

bool query_form_put(struct sb *out, sv name, const json *value, const struct wire_schema *schema,
                    enum query_flavour flavour, struct err *e) {
  struct form form = {.out = out, .flavour = flavour, .e = e};
  return put_value(&form, &(struct part){.name = name}, value, schema);
}

bool query_form_write(struct sb *out, const json *value, const struct wire_schema *schema, enum query_flavour flavour,
                      struct err *e) {
  struct form form = {.out = out, .flavour = flavour, .e = e};
  if (json_type(value) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID,
                   "the body of a request in AWS's query protocol is made of named parameters: give an object, not %s",
                   json_type_name(value));
  }
  return put_object(&form, NULL, value, schema);
}
