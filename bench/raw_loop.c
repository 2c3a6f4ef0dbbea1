#define _GNU_SOURCE
/* The baseline of bench/runtime.py: the least that a Lambda Runtime API client can do. One blocking socket, one buffer,
 * Content-Length only; it echoes each event. No retry, no error, no chunked event, no limit that it would survive: this is
 * what the runtime's care is measured against, not something to use. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define BUFFER_BYTES (8 * 1024 * 1024)

static char buffer[BUFFER_BYTES];
static size_t received;

static int connect_to(const char *address) {
  char host[64];
  const char *colon = strrchr(address, ':');
  int one = 1;
  struct sockaddr_in to = {.sin_family = AF_INET};
  if (!colon || (size_t)(colon - address) >= sizeof host) {
    return -1;
  }
  memcpy(host, address, (size_t)(colon - address));
  host[colon - address] = '\0';
  to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
  inet_pton(AF_INET, host, &to.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ? fd : -1;
}

/* One whole message: its body, and its head ended by NUL; false when the connection ends. */
static bool receive(int fd, char **body, size_t *length) {
  received = 0;
  for (;;) {
    ssize_t got = read(fd, buffer + received, sizeof buffer - 1 - received);
    if (got <= 0) {
      return false;
    }
    received += (size_t)got;
    buffer[received] = '\0';
    char *end = strstr(buffer, "\r\n\r\n");
    char *field = end ? strcasestr(buffer, "\r\ncontent-length:") : NULL;
    if (field) {
      *body = end + 4;
      *length = strtoul(field + 17, NULL, 10);
      size_t wanted = (size_t)(*body - buffer) + *length;
      while (received < wanted && (got = read(fd, buffer + received, wanted - received)) > 0) {
        received += (size_t)got;
      }
      *end = '\0';
      return received >= wanted;
    }
  }
}

static bool send_all(int fd, struct iovec *parts, int count) {
  while (count) {
    ssize_t sent = writev(fd, parts, count);
    if (sent < 0) {
      return false;
    }
    while (count && (size_t)sent >= parts->iov_len) {
      sent -= (ssize_t)parts->iov_len;
      parts++;
      count--;
    }
    if (count) {
      parts->iov_base = (char *)parts->iov_base + sent;
      parts->iov_len -= (size_t)sent;
    }
  }
  return true;
}

static bool send_text(int fd, const char *head, int head_len, char *body, size_t length) {
  struct iovec parts[] = {{(void *)(uintptr_t)head, (size_t)head_len}, {body, length}};
  return send_all(fd, parts, length ? 2 : 1);
}

int main(void) {
  char next[256];
  char post[512];
  char *body = NULL;
  size_t length = 0;
  const char *address = getenv("AWS_LAMBDA_RUNTIME_API");
  int fd = address ? connect_to(address) : -1;
  int next_len = snprintf(next, sizeof next, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n",
                          address ? address : "");
  while (fd >= 0 && send_text(fd, next, next_len, NULL, 0) && receive(fd, &body, &length)) {
    const char *id = strcasestr(buffer, "lambda-runtime-aws-request-id: ");
    int id_len = id ? (int)strcspn(id + 31, "\r") : 0;
    int post_len = snprintf(post, sizeof post,
                            "POST /2018-06-01/runtime/invocation/%.*s/response HTTP/1.1\r\nHost: %s\r\n"
                            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                            id_len, id ? id + 31 : "", address, length);
    if (!send_text(fd, post, post_len, body, length) || !receive(fd, &body, &length)) {
      break;
    }
  }
  return 1;
}
