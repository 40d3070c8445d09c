/*
 * Sends one datagram to a Unix socket, which Node cannot: what systemd listens on for the state of its services (sd_notify(3)).
 * notify(path: string, message: string): number; 0, or the errno of what failed. A path that begins with @ is an abstract socket. Never waits.
 */
#include <errno.h>
#include <node_api.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Longer messages are refused: systemd reads one page. */
#define MESSAGE_LIMIT 4096

static int send_datagram(const char *path, size_t path_length, const char *message, size_t length) {
  struct sockaddr_un address;
  memset(&address, 0, sizeof address);
  address.sun_family = AF_UNIX;
  if (path_length == 0 || path_length >= sizeof address.sun_path) return EINVAL;
  memcpy(address.sun_path, path, path_length);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length);
  if (path[0] == '@') address.sun_path[0] = '\0';
  else size += 1;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  ssize_t sent = sendto(fd, message, length, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, size);
  int failure = sent < 0 ? errno : (size_t)sent == length ? 0 : EMSGSIZE;
  close(fd);
  return failure;
}

static napi_value notify(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  size_t count = 2;
  char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
  char message[MESSAGE_LIMIT + 1];
  size_t path_length = 0;
  size_t length = 0;
  int failure = EINVAL;
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) == napi_ok && count == 2 &&
      napi_get_value_string_utf8(env, arguments[0], path, sizeof path, &path_length) == napi_ok &&
      napi_get_value_string_utf8(env, arguments[1], message, sizeof message, &length) == napi_ok) {
    /* What does not fit was cut off, and then fills the buffer. */
    failure = length == MESSAGE_LIMIT ? EMSGSIZE : send_datagram(path, path_length, message, length);
  }
  napi_value result;
  return napi_create_int32(env, failure, &result) == napi_ok ? result : NULL;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "notify", NAPI_AUTO_LENGTH, notify, NULL, &function) == napi_ok)
    napi_set_named_property(env, exports, "notify", function);
  return exports;
}
