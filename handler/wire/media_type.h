/* What a media type means for a body. */
#ifndef ARAZZO_MEDIA_TYPE_H
#define ARAZZO_MEDIA_TYPE_H

#include "sv.h"

enum media_kind {
  MEDIA_JSON, /* application/json, text/json, …+json, application/x-amz-json-… */
  MEDIA_FORM, /* application/x-www-form-urlencoded */
  MEDIA_XML,  /* application/xml, text/xml, …+xml */
  MEDIA_TEXT, /* every other type that is text */
  MEDIA_MULTIPART,
  MEDIA_BINARY /* bytes, archives, images, sounds, videos, fonts */
};

/* The kind of a media type; its parameters are ignored, and upper and lower case are the same. */
enum media_kind media_type_kind(sv media_type);

/* True for application/json and every type that ends in +json or is application/x-amz-json-…; parameters are ignored. */
bool media_type_is_json(sv media_type);

/* The value of a parameter ("charset"), without quotes; false when there is none of this name. */
bool media_type_parameter(sv media_type, sv name, sv *value);

/* True for "type/subtype", parameters behind ';' or not, in characters that a header may hold. */
bool media_type_is_well_formed(sv media_type);

#endif
