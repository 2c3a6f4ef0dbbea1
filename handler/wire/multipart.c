/* Writing multipart bodies. The parts are written one behind the other, with a note of where each ends; then the boundary is chosen,
 * which depends on them, and put between.
 *
 * A member of the object is a part; a list is a part for each of its elements, which share the name. Of multipart/form-data each has
 * its name in Content-Disposition (RFC 7578 4.2); of other types parts have none, and a list may stand for the whole. The content
 * type of a part is its Encoding Object's, else the bytes' own, else by its value (OpenAPI 3.1, "Special Considerations for multipart
 * Content"): text/plain for scalars, application/json for objects and lists in lists, application/octet-stream for bytes and for what
 * the schema calls bytes. text/plain is not written in form data, where it is what no type means (RFC 7578 4.4).
 *
 * A text is sent as it is, also where the schema calls it bytes: with contentEncoding base64 that is what the server expects, and with
 * format binary whoever has bytes gives {"base64": "…"}. No Content-Transfer-Encoding is sent (RFC 7578 4.7). Parts of bytes have a
 * file name, as servers' frameworks take no part for a file without one: their own, else the part's name.
 *
 * Not written: styles other than exploded form, headers of an Encoding Object (the description has no values for them), and
 * multipart inside of multipart. */
#include "multipart.h"

#include "arena.h"
#include "digest.h"
#include "errinfo.h"
#include "limits.h"
#include "media_value.h"
#include "sb.h"

#define BOUNDARY_MAX 70

/* The parts that are written so far. */
struct parts {
  struct sb content;
  size_t *ends;
  size_t count;
  const struct media *media;
  bool is_form; /* multipart/form-data: parts have names */
  struct err *e;
};

/* ---- the type ---- */

/* RFC 2046 5.1.1: bcharsnospace */
static bool is_boundary_character(char c) {
  sv others = SV("'()+_,-./:=?");
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || sv_find(others, c) < others.len;
}

bool multipart_type_is_valid(sv content_type) {
  sv boundary;
  if (!media_type_parameter(content_type, SV("boundary"), &boundary)) {
    return true;
  }
  for (size_t i = 0; i < boundary.len; i++) {
    if (!is_boundary_character(boundary.ptr[i])) {
      return false;
    }
  }
  return boundary.len > 0 && boundary.len <= BOUNDARY_MAX;
}

bool multipart_type_is_form(sv content_type) {
  sv name = SV("multipart/form-data");
  return sv_eq_nocase(sv_trim(sv_slice(content_type, 0, sv_find(content_type, ';'))), name);
}

/* An Encoding Object may list several types, or ranges of them; the first that is a type is taken. Empty: none is. */
static sv first_type(sv list) {
  sv rest = list;
  while (rest.len) {
    sv type = sv_trim(sv_slice(rest, 0, sv_find(rest, ',')));
    if (!sv_contains(type, SV("*"))) {
      return type;
    }
    rest = sv_slice(rest, sv_find(rest, ',') + 1, rest.len);
  }
  return SV("");
}

/* OpenAPI 3.1, Encoding Object: contentType, and its default. */
static sv part_type(const struct media_encoding *encoding, const struct wire_schema *schema, const json *value) {
  sv declared = encoding ? first_type(encoding->content_type) : SV("");
  bool is_tree = json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY;
  if (byte_content_is(value)) {
    sv own = json_string(json_get(value, SV("contentType")));
    return own.len ? own : declared.len ? declared : SV("application/octet-stream");
  }
  if (declared.len) {
    return declared;
  }
  if (is_tree) {
    return SV("application/json");
  }
  return schema && schema->is_bytes ? SV("application/octet-stream") : SV("text/plain");
}

/* ---- one part ---- */

/* RFC 7578 4.2 refers to HTML's form data: quotes and line breaks of a name are percent-encoded, all else is UTF-8. */
static void put_quoted(struct sb *out, sv text) {
  sb_char(out, '"');
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c == '"' || (unsigned char)c < ' ') {
      sb_format(out, "%%%02X", (unsigned)(unsigned char)c);
    } else {
      sb_char(out, c);
    }
  }
  sb_char(out, '"');
}

static sv file_name(const struct wire_schema *schema, const json *value, sv name) {
  sv own = byte_content_is(value) ? json_string(json_get(value, SV("filename"))) : SV("");
  bool is_file = byte_content_is(value) || (schema && schema->is_bytes && !json_first(value));
  return own.len ? own : is_file ? name : SV("");
}

static void put_disposition(struct parts *parts, sv name, sv file) {
  struct sb *out = &parts->content;
  if (!parts->is_form && !file.len) {
    return;
  }
  sb_put(out, parts->is_form ? SV("Content-Disposition: form-data; name=") : SV("Content-Disposition: attachment"));
  if (parts->is_form) {
    put_quoted(out, name);
  }
  if (file.len) {
    sb_put(out, SV("; filename="));
    put_quoted(out, file);
  }
  sb_put(out, SV("\r\n"));
}

/* RFC 2046 5.1: a part without a type is of US-ASCII, in form data of UTF-8. */
static void put_type(struct parts *parts, sv type, bool is_declared) {
  struct sb *out = &parts->content;
  bool is_plain = sv_eq(type, SV("text/plain")) && !is_declared;
  if (!is_plain) {
    sb_format(out, "Content-Type: %.*s\r\n", SV_ARG(type));
  } else if (!parts->is_form) {
    sb_put(out, SV("Content-Type: text/plain; charset=utf-8\r\n"));
  }
}

/* How the value is written. Bytes that say their type or name are a file, of JSON perhaps; others are an object where JSON is
 * declared. */
static enum media_kind part_kind(sv type, const json *value) {
  bool is_file = byte_content_is(value) && (json_get(value, SV("contentType")) || json_get(value, SV("filename")));
  return is_file ? MEDIA_BINARY : media_type_kind(type);
}

static bool put_part(struct parts *parts, sv name, const struct media_encoding *encoding,
                     const struct wire_schema *schema, const json *value) {
  sv type = part_type(encoding, schema, value);
  if (json_type(value) == JSON_NULL) {
    return true;
  }
  if (!media_type_is_well_formed(type)) {
    return err_set(parts->e, ERR_INVALID, "'%.*s' is no media type; write it as type/subtype, for example image/png",
                   SV_ARG(sv_slice(type, 0, 120)));
  }
  put_disposition(parts, name, file_name(schema, value, name));
  put_type(parts, type, encoding && first_type(encoding->content_type).len);
  sb_put(&parts->content, SV("\r\n"));
  if (!media_value_put(&parts->content, part_kind(type, value), value, schema, parts->e)) {
    return false;
  }
  parts->ends[parts->count++] = parts->content.len;
  return true;
}

/* ---- all parts ---- */

static bool check_style(const struct media_encoding *encoding, const json *value, struct err *e) {
  bool has_parts = json_type(value) == JSON_ARRAY || json_type(value) == JSON_OBJECT;
  bool repeats =
      json_type(value) == JSON_ARRAY && encoding && encoding->style.name == STYLE_FORM && encoding->style.explode;
  return !encoding || !encoding->has_style || !has_parts || repeats ||
         err_set(e, ERR_UNSUPPORTED,
                 "the operation's encoding has a style by which %s is not written in multipart; only exploded lists "
                 "of style form are",
                 json_type_name(value));
}

static bool put_member(struct parts *parts, const json *member) {
  sv name = member->string ? json_name(member) : SV("");
  const struct media_encoding *encoding = media_encoding(parts->media, name);
  const struct wire_schema *schema = media_property_schema(parts->media, name);
  bool is_list = json_type(member) == JSON_ARRAY && member->string;
  if (!check_style(encoding, member, parts->e)) {
    return false;
  }
  if (!is_list) {
    return put_part(parts, name, encoding, schema, member);
  }
  for (const json *each = json_first(member); each; each = each->next) {
    if (!put_part(parts, name, encoding, schema ? schema->items : NULL, each)) {
      return false;
    }
  }
  return true;
}

static bool put_parts(struct parts *parts, const json *value) {
  for (const json *member = json_first(value); member; member = member->next) {
    if (!put_member(parts, member)) {
      return err_in(parts->e, "part %.*s", SV_ARG(member->string ? sv_slice(json_name(member), 0, 120) : SV("")));
    }
  }
  return true;
}

static size_t most_parts(const json *value) {
  size_t count = 0;
  for (const json *member = json_first(value); member; member = member->next) {
    count += json_type(member) == JSON_ARRAY ? json_count(member) + 1 : 1;
  }
  return count;
}

static bool check_value(const struct parts *parts, const json *value, struct err *e) {
  bool is_list = json_type(value) == JSON_ARRAY && !parts->is_form;
  return json_type(value) == JSON_OBJECT || is_list ||
         err_set(e, ERR_INVALID, "the payload is of type %s, which has no parts; give an object%s",
                 json_type_name(value), parts->is_form ? "" : " or a list");
}

/* ---- the boundary ---- */

/* A digest of the content can't occur in it but by design of whoever can break SHA-256; what is checked is the author's. */
static bool choose_boundary(struct parts *parts, sv content_type, sv content, sv *boundary, sv *full_type) {
  struct sb text = sb_new(parts->content.arena, LIMIT_HEADER_BYTES);
  struct sha256 digest;
  *full_type = content_type;
  if (media_type_parameter(content_type, SV("boundary"), boundary)) {
    return !sv_contains(content, *boundary) ||
           err_set(parts->e, ERR_INVALID,
                   "the boundary that 'contentType' names occurs in the content; leave it out, and one that does not "
                   "is chosen");
  }
  if (!sha256(content, &digest, parts->e)) {
    return false;
  }
  struct sha256_hex hex = sha256_to_hex(&digest);
  sb_format(&text, "%.*s; boundary=", SV_ARG(content_type));
  size_t start = text.len;
  sb_put(&text, sv_slice(sv_from(hex.text), 0, 32));
  if (!sb_finish(&text, "the content type", full_type, parts->e)) {
    return false;
  }
  *boundary = sv_slice(*full_type, start, full_type->len);
  return true;
}

/* RFC 2046 5.1.1: multipart-body */
static void assemble(struct sb *out, const struct parts *parts, sv content, sv boundary) {
  size_t from = 0;
  for (size_t i = 0; i < parts->count; i++) {
    sb_put(out, SV("--"));
    sb_put(out, boundary);
    sb_put(out, SV("\r\n"));
    sb_put(out, sv_slice(content, from, parts->ends[i]));
    sb_put(out, SV("\r\n"));
    from = parts->ends[i];
  }
  sb_put(out, SV("--"));
  sb_put(out, boundary);
  sb_put(out, SV("--\r\n"));
}

bool multipart_put(struct sb *out, sv content_type, const struct media *media, const json *value, sv *full_type,
                   struct err *e) {
  struct parts parts = {.content = sb_new(out->arena, out->max_bytes),
                        .ends = arena_array(out->arena, most_parts(value) + 1, sizeof *parts.ends),
                        .media = media,
                        .is_form = multipart_type_is_form(content_type),
                        .e = e};
  sv content;
  sv boundary;
  if (!parts.ends) {
    return err_memory(e);
  }
  if (!check_value(&parts, value, e) || !put_parts(&parts, value) ||
      !sb_finish(&parts.content, "the request's body", &content, e) ||
      !choose_boundary(&parts, content_type, content, &boundary, full_type)) {
    return false;
  }
  assemble(out, &parts, content, boundary);
  return true;
}
