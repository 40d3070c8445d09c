/* A Modbus TCP server on libmodbus: prints its port, then serves one client after the other until it is killed. */
#include <arpa/inet.h>
#include <modbus.h>
#include <stdio.h>

int main(void) {
  modbus_t *context = modbus_new_tcp("127.0.0.1", 0);
  modbus_mapping_t *mapping = modbus_mapping_new(0, 0, 2000, 0);
  if (context == NULL || mapping == NULL) return 1;
  for (int i = 0; i < 2000; i++) mapping->tab_registers[i] = (uint16_t)(i * 7);

  int listener = modbus_tcp_listen(context, 1);
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  if (listener == -1 || getsockname(listener, (struct sockaddr *)&address, &length) == -1) return 1;
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
  while (modbus_tcp_accept(context, &listener) != -1) {
    int received;
    while ((received = modbus_receive(context, query)) != -1)
      if (received > 0) modbus_reply(context, query, received, mapping);
    modbus_close(context);
  }
  return 1;
}
