/* A Modbus RTU unit on libmodbus. usage: rtu-unit DEVICE. It is unit 1 at 19200 8E1. Holding registers 0 to 249 hold seconds since its start plus their
   address; 300 to 309 keep what is written to them, and each write is told on standard output. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { counting = 250, kept = 300, keptCount = 10 };

int main(int count, char **arguments) {
  if (count != 2) return 2;
  modbus_mapping_t *mapping = modbus_mapping_new(16, 16, kept + keptCount, 16);
  if (mapping == NULL) return 1;
  struct timespec begun, now;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  for (;;) {
    modbus_t *context = modbus_new_rtu(arguments[1], 19200, 'E', 8, 1);
    if (context == NULL) return 1;
    modbus_set_slave(context, 1);
    if (modbus_connect(context) == -1) {
      modbus_free(context);
      sleep(1);
      continue;
    }
    uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];
    uint16_t before[keptCount];
    int received;
    /* A frame that is damaged or not for this unit is passed over; only a port that is gone is opened anew. */
    while ((received = modbus_receive(context, query)) != -1 || errno >= MODBUS_ENOBASE || errno == ETIMEDOUT) {
      if (received <= 0) continue;
      clock_gettime(CLOCK_MONOTONIC, &now);
      for (int i = 0; i < counting; i++) mapping->tab_registers[i] = (uint16_t)(now.tv_sec - begun.tv_sec + i);
      memcpy(before, mapping->tab_registers + kept, sizeof before);
      modbus_reply(context, query, received, mapping);
      for (int i = 0; i < keptCount; i++)
        if (before[i] != mapping->tab_registers[kept + i]) printf("UNIT register %d is %d\n", kept + i, mapping->tab_registers[kept + i]);
      fflush(stdout);
    }
    modbus_close(context);
    modbus_free(context);
  }
}
