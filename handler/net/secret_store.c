/* GetSecretValue (AWS Secrets Manager API Reference) and GetParameter (AWS Systems Manager API Reference), each one POST of JSON. The
 * region is the ARN's, else the function's. A service's own message is not repeated, only the type of its error. */
#include "secret_store.h"

#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "json.h"
#include "limits.h"
#include "sb.h"

/* One of the two services. */
struct service {
  const char *name; /* for people */
  struct aws_client_service aws;
  sv target;
  const char *permission;
};

static const struct service services[] = {
    [SECRET_OF_SECRETS_MANAGER] = {"Secrets Manager",
                                   {{"secretsmanager", 14}, "AWS_ENDPOINT_URL_SECRETS_MANAGER"},
                                   {"secretsmanager.GetSecretValue", 29},
                                   "secretsmanager:GetSecretValue"},
    [SECRET_OF_PARAMETER_STORE] = {"the Parameter Store",
                                   {{"ssm", 3}, "AWS_ENDPOINT_URL_SSM"},
                                   {"AmazonSSM.GetParameter", 22},
                                   "ssm:GetParameter"},
};

/* A request under way. */
struct fetching {
  const struct secret_store *store;
  const struct secret_reference *reference;
  const struct service *service;
  sv region;
  int64_t deadline_ms;
};

static bool make_body(const struct fetching *f, struct arena *arena, sv *out, struct err *e) {
  struct sb text = sb_new(arena, KIB(4));
  json *root = json_new_object(arena);
  json *id = json_new_string(arena, f->reference->id);
  bool is_secret = f->reference->origin == SECRET_OF_SECRETS_MANAGER;
  bool good = is_secret ? json_set(arena, root, SV("SecretId"), id)
                        : json_set(arena, root, SV("Name"), id) &&
                              json_set(arena, root, SV("WithDecryption"), json_new_boolean(arena, true));
  json_write(&text, root);
  return good ? sb_finish(&text, "a request", out, e) : err_memory(e);
}

static bool send(const struct fetching *f, struct arena *arena, struct http_response *response, struct err *e) {
  struct aws_call call = {.service = &f->service->aws,
                          .region = f->region,
                          .method = SV("POST"),
                          .path = SV("/"),
                          .content_type = SV("application/x-amz-json-1.1"),
                          .target = f->service->target,
                          .deadline_ms = f->deadline_ms};
  return make_body(f, arena, &call.body, e) && aws_client_send(&f->store->client, arena, &call, response, e);
}

static bool refuse(const struct fetching *f, struct arena *arena, const struct http_response *response, struct err *e) {
  sv type;
  return aws_client_read_error(&f->store->client, arena, response, &type, e) &&
         err_set(
             e, ERR_UNRESOLVED,
             "it answered with status %d%s%.*s; look at the name and the region, and allow %s, and kms:Decrypt when "
             "it is encrypted with a key of your own",
             response->status, type.len ? " " : "", SV_ARG(type), f->service->permission);
}

static bool read_value(const struct fetching *f, struct arena *arena, sv body, sv *out, struct err *e) {
  json *root = NULL;
  struct err why;
  err_clear(&why);
  if (!json_parse(arena, body, &root, &why)) {
    return why.code == ERR_MEMORY ? err_memory(e) : err_set(e, ERR_NETWORK, "its answer is not JSON");
  }
  bool is_secret = f->reference->origin == SECRET_OF_SECRETS_MANAGER;
  const json *value =
      is_secret ? json_get(root, SV("SecretString")) : json_get(json_get(root, SV("Parameter")), SV("Value"));
  *out = json_string(value);
  if (is_secret && json_get(root, SV("SecretBinary"))) {
    return err_set(e, ERR_UNSUPPORTED, "the secret is made of bytes; store it as text");
  }
  return out->len || err_set(e, ERR_UNRESOLVED, "the secret has no text");
}

static bool fetch(struct fetching *f, struct arena *arena, sv *out, struct err *e) {
  struct http_response response;
  return send(f, arena, &response, e) && (response.status == 200 || refuse(f, arena, &response, e)) &&
         read_value(f, arena, response.body, out, e);
}

static bool read_variable(const struct secret_store *store, const struct secret_reference *reference,
                          struct arena *arena, sv *out, struct err *e) {
  const char *name = NULL;
  return sv_to_text(arena, reference->id, &name, e) &&
         (environment_get(store->client.environment, name, out) || err_set(e, ERR_UNRESOLVED, "%s is not set", name));
}

static sv region_of(const struct secret_store *store, const struct secret_reference *reference) {
  return reference->region.len ? reference->region : store->region;
}

sv secret_store_key(const struct secret_store *store, struct arena *arena, const struct secret_reference *reference) {
  struct sb key = sb_new(arena, KIB(4));
  sb_format(&key, "%d %.*s %.*s", (int)reference->origin, SV_ARG(region_of(store, reference)), SV_ARG(reference->id));
  return sb_view(&key);
}

static bool fetch_and_keep(const struct secret_store *store, struct arena *arena,
                           const struct secret_reference *reference, int64_t deadline_ms, sv *out, struct err *e) {
  struct fetching f = {store, reference, &services[reference->origin], region_of(store, reference), deadline_ms};
  int64_t now_ms = clock_wall_ms(&store->client.inquiry.clock);
  if (f.region.len == 0) {
    return err_set(e, ERR_INVALID, "no region is known: set AWS_REGION, or write the ARN");
  }
  return (fetch(&f, arena, out, e) || err_in(e, "%s", f.service->name)) &&
         secret_cache_put(store->cache, secret_store_key(store, arena, reference), *out, now_ms + LIMIT_SECRET_AGE_MS,
                          e);
}

bool secret_store_get(const struct secret_store *store, struct arena *arena, const struct secret_reference *reference,
                      int64_t deadline_ms, sv *out, bool *was_kept, struct err *e) {
  sv key = secret_store_key(store, arena, reference);
  *was_kept = false;
  if (key.len == 0) {
    return err_memory(e);
  }
  if (reference->origin == SECRET_OF_ENVIRONMENT) {
    return read_variable(store, reference, arena, out, e);
  }
  *was_kept = secret_cache_get(store->cache, key, clock_wall_ms(&store->client.inquiry.clock), out);
  if (*was_kept) {
    size_t length = out->len;
    *out = sv_copy(arena, *out);
    return out->len == length || err_memory(e);
  }
  return fetch_and_keep(store, arena, reference, deadline_ms, out, e) ||
         err_in(e, "the secret '%.*s'", SV_ARG(reference->id));
}
