/* References between documents (RFC 3986 5.2, Arazzo 1.1.0 "Establishing the Base URI").
 *
 * Documents are files: a reference without a scheme is a path beside the document that holds it. A document's `$self` says where
 * the author publishes it. When that is a URL, references are URLs, too; those below the same authority are turned back into
 * paths by their relation to `$self`: what lies at ../specs from the published document lies at ../specs from the file. A
 * relative `$self` moves the base, as the specification has it; one that has no path (urn:, tag:) can't be a base, and moves none.
 *
 * A document that was fetched is at a URL, and so is all that it names: files are for documents that are files.
 *
 * Fragments of references are dropped: a description is a whole file. So are queries, but for URLs. */
#include "location.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"

static sv folder_of(sv path) {
  size_t end = path.len;
  while (end > 0 && path.ptr[end - 1] != '/') {
    end--;
  }
  return sv_slice(path, 0, end);
}

/* RFC 3986 3.1: the length of a scheme and its ':'; 0 when there is none. */
static size_t scheme_length(sv text) {
  size_t i = 0;
  while (i < text.len && ((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') ||
                          (i > 0 && ((text.ptr[i] >= '0' && text.ptr[i] <= '9') || text.ptr[i] == '+' ||
                                     text.ptr[i] == '-' || text.ptr[i] == '.')))) {
    i++;
  }
  return i > 0 && i < text.len && text.ptr[i] == ':' ? i + 1 : 0;
}

/* "https://host" of "https://host/path"; empty when the text is no such URL. */
static sv authority_of(sv uri) {
  size_t scheme = scheme_length(uri);
  sv rest = sv_slice(uri, scheme, uri.len);
  if (scheme == 0 || !sv_starts(rest, SV("//"))) {
    return SV("");
  }
  sv host = sv_slice(rest, 2, rest.len);
  return sv_slice(uri, 0, scheme + 2 + sv_find(host, '/'));
}

/* Takes the last folder off what was written, unless it is ".." itself, or there is none. */
static bool drop_folder(struct sb *out, size_t floor) {
  size_t end = out->len;
  if (end <= floor || out->state != SB_OK) {
    return false;
  }
  size_t start = end - 1;
  while (start > floor && out->data[start - 1] != '/') {
    start--;
  }
  if (sv_eq((sv){out->data + start, end - 1 - start}, SV(".."))) {
    return false;
  }
  out->len = start;
  return true;
}

bool location_normalize(struct arena *arena, sv path, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_URL_BYTES);
  bool is_absolute = sv_starts(path, SV("/"));
  sb_put(&text, is_absolute ? SV("/") : SV(""));
  size_t floor = text.len;
  sv rest = path;
  for (bool more = true; more;) {
    sv segment = rest;
    sv next = SV("");
    more = sv_split(rest, '/', &segment, &next);
    segment = more ? segment : rest;
    rest = next;
    bool is_parent = sv_eq(segment, SV(".."));
    if (segment.len == 0 || sv_eq(segment, SV(".")) || (is_parent && (drop_folder(&text, floor) || is_absolute))) {
      continue;
    }
    sb_put(&text, segment);
    sb_put(&text, more ? SV("/") : SV(""));
  }
  return sb_finish(&text, "the path of a document", out, e);
}

static bool join(struct arena *arena, sv folder, sv rest, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_URL_BYTES);
  sb_put(&text, folder);
  sb_put(&text, rest);
  sv joined;
  return sb_finish(&text, "the path of a document", &joined, e) && location_normalize(arena, joined, out, e);
}

/* The relative path that leads from the folder of `from` to `to`; both are absolute paths. */
static bool relate(struct arena *arena, sv from, sv to, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_URL_BYTES);
  sv folder = folder_of(from);
  size_t common = 0;
  for (size_t i = 0; i < folder.len && i < to.len && folder.ptr[i] == to.ptr[i]; i++) {
    common = folder.ptr[i] == '/' ? i + 1 : common;
  }
  for (size_t i = common; i < folder.len; i++) {
    sb_put(&text, folder.ptr[i] == '/' ? SV("../") : SV(""));
  }
  sb_put(&text, sv_slice(to, common, to.len));
  return sb_finish(&text, "the path of a document", out, e);
}

/* The URL that `reference` is in a document that calls itself by the URL `self`. */
static bool resolve_uri(struct arena *arena, sv self, sv reference, sv *out, struct err *e) {
  bool has_authority = sv_starts(reference, SV("//"));
  sv authority = has_authority ? sv_slice(self, 0, scheme_length(self)) : authority_of(self);
  sv path = sv_slice(self, authority.len, sv_find(self, '?'));
  sv resolved = reference;
  if (scheme_length(reference)) {
    *out = reference;
    return true;
  }
  if (!sv_starts(reference, SV("/")) && !join(arena, folder_of(path), reference, &resolved, e)) {
    return false;
  }
  struct sb text = sb_new(arena, LIMIT_URL_BYTES);
  sb_put(&text, authority);
  sb_put(&text, sv_starts(resolved, SV("/")) ? SV("") : SV("/"));
  sb_put(&text, resolved);
  return sb_finish(&text, "the URL of a source description", out, e);
}

/* The file at which a URL is mirrored; none unless it has the authority of `self`, and the document is a file itself. */
static bool mirror(struct arena *arena, sv path, sv self, sv uri, sv *out, struct err *e) {
  sv authority = authority_of(self);
  sv published = sv_slice(self, authority.len, sv_find(self, '?'));
  sv relation;
  sv decoded;
  *out = SV("");
  /* RFC 3986 6.2.2.1: scheme and host are case-insensitive. */
  if (authority_of(path).len || authority.len == 0 || !sv_eq_nocase(authority_of(uri), authority)) {
    return true;
  }
  return relate(arena, published, sv_slice(uri, authority.len, uri.len), &relation, e) &&
         percent_decode(arena, relation, &decoded, e) && join(arena, folder_of(path), decoded, out, e);
}

/* Arazzo 1.1.0, Establishing the Base URI: a relative $self MUST first be resolved against the place that the document was
 * retrieved from. */
static bool local_base(struct arena *arena, sv path, sv self, sv *out, struct err *e) {
  if (self.len == 0 || scheme_length(self)) {
    *out = path;
    return true;
  }
  return sv_starts(self, SV("/")) ? location_normalize(arena, self, out, e)
                                  : join(arena, folder_of(path), self, out, e);
}

static bool resolve_path(struct arena *arena, sv path, sv self, sv reference, sv *out, struct err *e) {
  sv base;
  sv decoded;
  if (!percent_decode(arena, reference, &decoded, e)) {
    return false;
  }
  return sv_starts(decoded, SV("/"))
             ? location_normalize(arena, decoded, out, e)
             : local_base(arena, path, self, &base, e) && join(arena, folder_of(base), decoded, out, e);
}

/* A reference without its fragment, and its query, which is a part of URLs only. */
struct reference {
  sv bare;
  sv query; /* with its '?'; empty: none */
};

static struct reference reference_of(sv text) {
  sv whole = sv_slice(text, 0, sv_find(text, '#'));
  size_t end = sv_find(whole, '?');
  return (struct reference){sv_slice(whole, 0, end), sv_slice(whole, end, whole.len)};
}

/* In a document that has the URL `self`. */
static bool resolve_remote(struct arena *arena, sv path, sv self, struct reference reference, struct location *out,
                           struct err *e) {
  struct sb text = sb_new(arena, LIMIT_URL_BYTES);
  if (!resolve_uri(arena, self, reference.bare, &out->uri, e) || !mirror(arena, path, self, out->uri, &out->path, e)) {
    return false;
  }
  sb_put(&text, out->uri);
  sb_put(&text, reference.query);
  return sb_finish(&text, "the URL of a source description", &out->uri, e);
}

/* In a document that was fetched from the URL `path`, against which its `$self` is resolved first. */
static bool resolve_fetched(struct arena *arena, sv path, sv self, struct reference reference, struct location *out,
                            struct err *e) {
  sv base = path;
  if (sv_starts(reference.bare, SV("file:"))) {
    return err_set(e, ERR_INVALID, "'%.*s' is a file, which a document that was fetched can't name; give a URL",
                   SV_ARG(sv_slice(reference.bare, 0, 200)));
  }
  if (self.len && (authority_of(self).len || !scheme_length(self)) && !resolve_uri(arena, path, self, &base, e)) {
    return false;
  }
  return resolve_remote(arena, path, base, reference, out, e);
}

bool location_resolve(struct arena *arena, sv path, sv self, sv text, struct location *out, struct err *e) {
  struct reference reference = reference_of(text);
  sv bare = reference.bare;
  *out = (struct location){SV(""), SV("")};
  if (authority_of(path).len) {
    return resolve_fetched(arena, path, self, reference, out, e);
  }
  if (sv_starts(bare, SV("file://"))) {
    return resolve_path(arena, path, SV(""), sv_slice(bare, 7, bare.len), &out->path, e);
  }
  if (authority_of(self).len) {
    return resolve_remote(arena, path, self, reference, out, e);
  }
  if (scheme_length(bare) || sv_starts(bare, SV("//"))) {
    out->uri = sv_slice(text, 0, bare.len + reference.query.len);
    return true;
  }
  return resolve_path(arena, path, self, bare, &out->path, e);
}
