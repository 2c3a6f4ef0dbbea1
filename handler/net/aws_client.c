/* One call: the URL, the headers, the signature of each try. The endpoint is AWS's own for the region, unless the variable of the
 * service, or AWS_ENDPOINT_URL, says otherwise. */
#include "aws_client.h"

#include "arena.h"
#include "aws_endpoint.h"
#include "aws_error.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "sigv4.h"

/* A call under way. */
struct calling {
  const struct aws_client *client;
  const struct aws_call *call;
};

static bool sign(void *context, struct arena *arena, struct http_request *request, struct err *e) {
  const struct calling *c = context;
  const struct aws_client *client = c->client;
  struct sigv4_result result;
  struct sigv4_settings settings = {
      .region = c->call->region,
      .service = c->call->service->signing_name,
      .time_ms = clock_skew_correct(client->inquiry.skew, clock_wall_ms(&client->inquiry.clock)),
      .normalize_path = true,
      .double_encode_path = true,
      .body = SIGV4_BODY_DECLARED,
  };
  return client->credentials.get(client->credentials.context, c->call->deadline_ms, &settings.credentials, e) &&
         sigv4_sign(arena, request, &settings, &result, e);
}

/* The variable that names the endpoint, `*out`; NULL when none does, or they are not looked at. */
static const char *configured_by(const struct calling *c, sv *out) {
  const char *const names[] = {c->call->service->endpoint_variable, "AWS_ENDPOINT_URL"};
  for (size_t i = 0; !c->client->ignores_endpoint_urls && i < sizeof names / sizeof *names; i++) {
    if (environment_get(c->client->environment, names[i], out)) {
      return names[i];
    }
  }
  return NULL;
}

static bool make_url(const struct calling *c, struct arena *arena, sv *out, struct err *e) {
  struct sb url = sb_new(arena, LIMIT_URL_BYTES);
  unsigned variant = c->client->variant;
  const char *variable = configured_by(c, out);
  if (variable && variant) {
    return err_set(e, ERR_INVALID, "%s asks for another endpoint than the one of %s; unset one of them",
                   aws_variant_variable(variant), variable);
  }
  if (variable) {
    sb_put(&url, sv_ends(*out, SV("/")) ? sv_slice(*out, 0, out->len - 1) : *out);
  } else {
    sb_put(&url, SV("https://"));
    aws_host_put(&url, c->call->service->signing_name, c->call->region, variant);
  }
  sb_put(&url, c->call->path);
  return sb_finish(&url, "the URL of an endpoint", out, e);
}

static bool add_headers(const struct aws_call *call, struct arena *arena, struct http_request *request, struct err *e) {
  return (call->body.len == 0 ||
          http_header_add(arena, &request->headers, SV("Content-Type"), call->content_type, e)) &&
         (call->target.len == 0 || http_header_add(arena, &request->headers, SV("X-Amz-Target"), call->target, e));
}

bool aws_client_send(const struct aws_client *client, struct arena *arena, const struct aws_call *call,
                     struct http_response *response, struct err *e) {
  struct calling c = {client, call};
  struct http_request request = {.method = call->method, .body = call->body, .has_body = call->body.len > 0};
  return make_url(&c, arena, &request.url, e) && add_headers(call, arena, &request, e) &&
         inquiry_send(&client->inquiry, arena, &request, sign, &c, call->deadline_ms, response, e);
}

bool aws_client_read_error(const struct aws_client *client, struct arena *arena, const struct http_response *response,
                           sv *type, struct err *e) {
  struct aws_error error;
  if (!aws_error_read(arena, response, &error, e)) {
    return false;
  }
  *type = error.type;
  if (aws_error_kind(error.type) == AWS_ERROR_EXPIRED) {
    client->credentials.refuse(client->credentials.context);
    return err_set(e, ERR_NETWORK, "it answered that the AWS credentials have expired");
  }
  return true;
}
