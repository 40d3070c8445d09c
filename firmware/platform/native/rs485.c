// Asks the driver of a serial port to turn an RS-485 transceiver round by RTS: one ioctl, which Node does not have. Plain Node-API.
// set(fd, afterSend): RTS high while sending, or high after sending. Gives 0, or the errno.
#include <errno.h>
#include <linux/serial.h>
#include <node_api.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

static napi_value set(napi_env env, napi_callback_info info) {
  napi_value words[2], result;
  size_t count = 2;
  int fd = -1;
  bool after_send = false;
  if (napi_get_cb_info(env, info, &count, words, NULL, NULL) != napi_ok || count < 2 || napi_get_value_int32(env, words[0], &fd) != napi_ok ||
      napi_get_value_bool(env, words[1], &after_send) != napi_ok) {
    napi_throw_type_error(env, NULL, "set(fd: number, afterSend: boolean)");
    return NULL;
  }
  struct serial_rs485 wanted;
  memset(&wanted, 0, sizeof wanted);
  wanted.flags = SER_RS485_ENABLED | (after_send ? SER_RS485_RTS_AFTER_SEND : SER_RS485_RTS_ON_SEND);
  int failure = 0;
  if (ioctl(fd, TIOCSRS485, &wanted) != 0) {
    failure = errno;
  } else {
    // Drivers drop in silence what they cannot do.
    struct serial_rs485 got;
    memset(&got, 0, sizeof got);
    if (ioctl(fd, TIOCGRS485, &got) == 0 && (got.flags & wanted.flags) != wanted.flags) failure = EINVAL;
  }
  return napi_create_int32(env, failure, &result) == napi_ok ? result : NULL;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "set", NAPI_AUTO_LENGTH, set, NULL, &function) != napi_ok) return NULL;
  if (napi_set_named_property(env, exports, "set", function) != napi_ok) return NULL;
  return exports;
}
