/* Media types (RFC 9110 8.3.1, RFC 6838 4.2.8 for suffixes). A type that is not known is taken as text: whoever writes a
 * payload into a document writes text. */
#include "media_type.h"

#include "http_token.h"
static bool starts(sv type, const char *prefix) {
  sv wanted = sv_from(prefix);
  return sv_eq_nocase(sv_slice(type, 0, wanted.len), wanted);
}

static bool is_binary(sv type) {
  static const char *const prefixes[] = {"image/",
                                         "audio/",
                                         "video/",
                                         "font/",
                                         "application/octet-stream",
                                         "binary/octet-stream",
                                         "application/pdf",
                                         "application/zip",
                                         "application/gzip",
                                         "application/x-tar",
                                         "application/wasm",
                                         "application/cbor",
                                         "application/protobuf",
                                         "application/x-protobuf",
                                         "application/grpc",
                                         "application/vnd.amazon.eventstream"};
  for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
    if (starts(type, prefixes[i])) {
      return true;
    }
  }
  return false;
}

bool media_type_is_json(sv media_type) {
  sv type = sv_trim(sv_slice(media_type, 0, sv_find(media_type, ';')));
  return sv_eq_nocase(type, SV("application/json")) || sv_eq_nocase(type, SV("text/json")) ||
         (type.len > 5 && sv_eq_nocase(sv_slice(type, type.len - 5, type.len), SV("+json"))) ||
         sv_eq_nocase(sv_slice(type, 0, 22), SV("application/x-amz-json"));
}

enum media_kind media_type_kind(sv media_type) {
  sv type = sv_trim(sv_slice(media_type, 0, sv_find(media_type, ';')));
  bool has_xml_suffix = type.len > 4 && sv_eq_nocase(sv_slice(type, type.len - 4, type.len), SV("+xml"));
  if (media_type_is_json(media_type)) {
    return MEDIA_JSON;
  }
  if (sv_eq_nocase(type, SV("application/x-www-form-urlencoded"))) {
    return MEDIA_FORM;
  }
  if (has_xml_suffix || sv_eq_nocase(type, SV("application/xml")) || sv_eq_nocase(type, SV("text/xml"))) {
    return MEDIA_XML;
  }
  if (starts(type, "multipart/")) {
    return MEDIA_MULTIPART;
  }
  return is_binary(type) ? MEDIA_BINARY : MEDIA_TEXT;
}

/* Takes the next parameter from `*rest`: RFC 9110 5.6.6, parameters = *( OWS ";" OWS [ token "=" ( token / quoted-string ) ] ). A
 * quoted text is given without its quotes; one with escapes in it is none that a parameter of interest here has. */
static bool next_parameter(sv *rest, sv *name, sv *value) {
  sv before;
  sv after;
  if (!sv_split(*rest, ';', &before, &after)) {
    return false;
  }
  after = sv_trim(after);
  size_t name_end = sv_find(after, '=');
  *name = sv_trim(sv_slice(after, 0, name_end));
  *value = sv_slice(after, name_end + 1, after.len);
  bool is_quoted = sv_starts(*value, SV("\""));
  sv inner = sv_slice(*value, is_quoted ? 1 : 0, value->len);
  *value = sv_trim(sv_slice(inner, 0, sv_find(inner, is_quoted ? '"' : ';')));
  *rest = sv_slice(inner, is_quoted ? value->len + 1 : value->len, inner.len);
  return true;
}

bool media_type_parameter(sv media_type, sv name, sv *value) {
  sv rest = media_type;
  sv found;
  while (next_parameter(&rest, &found, value)) {
    if (sv_eq_nocase(found, name)) {
      return true;
    }
  }
  return false;
}

bool media_type_is_well_formed(sv media_type) {
  sv type = sv_trim(sv_slice(media_type, 0, sv_find(media_type, ';')));
  sv name;
  sv subtype;
  for (size_t i = 0; i < media_type.len; i++) {
    if ((unsigned char)media_type.ptr[i] < ' ' || (unsigned char)media_type.ptr[i] > '~') {
      return false;
    }
  }
  return sv_split(type, '/', &name, &subtype) && http_is_token(name) && http_is_token(subtype);
}
