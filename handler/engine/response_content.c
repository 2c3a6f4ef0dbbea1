/* From bytes to text. The charset that Content-Type names is converted (base/charset.h); JSON is always UTF-8 (RFC 8259 11: "no
 * charset parameter is defined"). XML without one says itself what it is in. What has no charset is text when it is UTF-8 without NUL, which most of what is declared as
 * octet-stream in APIs is; images and the like are bytes even then, so that what reads them need not look.
 *
 * We ask for no content coding (RFC 9110 12.5.3: identity), and there is no decoder for one: a body that comes encoded all the same
 * is malformed, not text. aws-chunked is what S3 keeps of an upload's own encoding; the body is plain. */
#include "response_content.h"

#include "charset.h"
#include "media_type.h"
#include "utf8.h"

static bool is_text(sv bytes) {
  return utf8_valid_prefix(bytes) == bytes.len && sv_find(bytes, '\0') == bytes.len;
}

/* The first coding of the list that changes the body; empty: none does. */
static sv content_coding(const struct http_response *response) {
  sv rest = SV("");
  http_header_get(&response->headers, SV("Content-Encoding"), &rest);
  while (rest.len) {
    size_t end = sv_find(rest, ',');
    sv coding = sv_trim(sv_slice(rest, 0, end));
    if (coding.len && !sv_eq_nocase(coding, SV("identity")) && !sv_eq_nocase(coding, SV("aws-chunked"))) {
      return coding;
    }
    rest = sv_slice(rest, end + 1, rest.len);
  }
  return SV("");
}

static bool is_octet_stream(sv type) {
  sv name = sv_trim(sv_slice(type, 0, sv_find(type, ';')));
  return sv_eq_nocase(name, SV("application/octet-stream")) || sv_eq_nocase(name, SV("binary/octet-stream"));
}

/* The value in quotes behind "encoding=" of an XML declaration; empty: it has none. */
static sv declared_encoding(sv declaration) {
  sv before;
  sv rest = declaration;
  while (sv_split(rest, '=', &before, &rest)) {
    sv value = sv_trim(rest);
    bool is_quoted = sv_starts(value, SV("\"")) || sv_starts(value, SV("'"));
    if (is_quoted && sv_ends(sv_trim(before), SV("encoding"))) {
      sv inner = sv_slice(value, 1, value.len);
      return sv_slice(inner, 0, sv_find(inner, value.ptr[0]));
    }
  }
  return SV("");
}

/* RFC 7303 3: without a charset parameter, a byte order mark or the declaration tells (XML 1.0 4.3.3). What is UTF-8 needs neither. */
static bool has_own_encoding(sv xml, sv *charset) {
  bool is_marked = sv_starts(xml, SV("\xFF\xFE")) || sv_starts(xml, SV("\xFE\xFF"));
  bool is_declared = sv_starts(xml, SV("<?xml"));
  *charset = is_marked ? SV("utf-16") : is_declared ? declared_encoding(sv_slice(xml, 0, sv_find(xml, '>'))) : SV("");
  return charset->len && !is_text(xml);
}

/* Converts what has a charset; an error that is not of memory is the answer's. */
static bool convert(struct arena *arena, sv charset, struct response_content *out, struct err *e) {
  if (charset_decode(arena, charset, out->text, &out->text, &out->why)) {
    return true;
  }
  if (out->why.code == ERR_MEMORY) {
    return err_memory(e);
  }
  return true;
}

bool response_content_read(struct arena *arena, const struct http_response *response, struct response_content *out,
                           struct err *e) {
  sv coding = content_coding(response);
  sv type = SV("");
  sv charset = SV("");
  *out = (struct response_content){.text = response->body};
  http_header_get(&response->headers, SV("Content-Type"), &type);
  if (coding.len && response->body.len) {
    err_set(&out->why, ERR_UNSUPPORTED, "the body has the Content-Encoding '%.*s', which was not asked for",
            SV_ARG(sv_slice(coding, 0, 60)));
    return true;
  }
  enum media_kind kind = media_type_kind(type);
  if (kind == MEDIA_BINARY) {
    out->is_bytes = !is_octet_stream(type) || !is_text(response->body);
    return true;
  }
  bool has_charset = kind != MEDIA_JSON && media_type_parameter(type, SV("charset"), &charset);
  has_charset = has_charset || (kind == MEDIA_XML && has_own_encoding(response->body, &charset));
  if (has_charset && !convert(arena, charset, out, e)) {
    return false;
  }
  out->is_bytes = kind != MEDIA_JSON && kind != MEDIA_XML && !is_text(out->text);
  return true;
}

bool response_has_no_content(sv method, int status) {
  return sv_eq(method, SV("HEAD")) || status == 204 || status == 205 || status == 304;
}
