/* Reads 125 holding registers again and again through libmodbus. Arguments: port, seconds. Prints reads, seconds, seconds of CPU time. */
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  modbus_t *context = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
  if (context == NULL || modbus_set_slave(context, 1) == -1 || modbus_connect(context) == -1) return 1;

  uint16_t registers[125];
  for (int i = 0; i < 200; i++)
    if (modbus_read_registers(context, 0, 125, registers) != 125) return 1;

  double start = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), end = start + atof(argv[2]), now = start;
  long reads = 0;
  while (now < end) {
    for (int i = 0; i < 50; i++, reads++)
      if (modbus_read_registers(context, 0, 125, registers) != 125 || registers[124] != 124 * 7) return 1;
    now = seconds(CLOCK_MONOTONIC);
  }
  printf("%ld %.6f %.6f\n", reads, now - start, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  modbus_close(context);
  return 0;
}
