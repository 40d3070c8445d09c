// Pseudo-terminals whose bytes travel as on a wire: one after the other, each as long as a character takes at the given rate.
// usage: paced-pty BAUD BITS pair            two ends; prints their two paths
//        paced-pty BAUD BITS farm UNITS      one end, and Modbus units 1 to UNITS at the other; prints one path
// Commands on stdin, a line each: "answer UNIT MICROSECONDS", "dead UNIT", "alive UNIT" (unit 0: all of them). Ends when stdin does, and with its parent.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { room = 1 << 14, units_limit = 248, frame_limit = 256 };

/** Bytes on their way, each with the time at which it has arrived. */
struct wire {
  uint8_t bytes[room];
  int64_t due[room];
  unsigned head, tail;
  /** When the last byte on it has arrived: the next begins no earlier. */
  int64_t free_at;
};

static int64_t character, silence;
static struct wire towards[2];
static int masters[2] = {-1, -1};
static int unit_count;
static int64_t answer_time[units_limit];
static int dead[units_limit];
/** The request that a farm is hearing. */
static uint8_t heard[frame_limit];
static int heard_length;
static int64_t heard_at;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put(struct wire *wire, const uint8_t *bytes, int count, int64_t from) {
  if (wire->free_at < from) wire->free_at = from;
  for (int i = 0; i < count && wire->tail - wire->head < room; i++) {
    wire->free_at += character;
    wire->bytes[wire->tail % room] = bytes[i];
    wire->due[wire->tail % room] = wire->free_at;
    wire->tail++;
  }
}

static uint16_t crc16(const uint8_t *bytes, int count) {
  uint16_t crc = 0xffff;
  while (count-- > 0) {
    crc ^= *bytes++;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
  }
  return crc;
}

/** Answers a whole request: a register holds 256 x unit + address, a bit is on where its address is a multiple of 3, writes are echoed. */
static void answer(const uint8_t *request, int length, int64_t ended) {
  int unit = request[0], code = request[1], address = request[2] << 8 | request[3], quantity = request[4] << 8 | request[5];
  if (unit < 1 || unit > unit_count || dead[unit] || crc16(request, length) != 0) return;
  uint8_t reply[frame_limit] = {unit, code};
  int at = 2;
  if ((code == 3 || code == 4) && quantity >= 1 && quantity <= 125) {
    reply[at++] = quantity * 2;
    for (int i = 0; i < quantity; i++) {
      int value = unit * 256 + address + i;
      reply[at++] = value >> 8;
      reply[at++] = value;
    }
  } else if ((code == 1 || code == 2) && quantity >= 1 && quantity <= 2000) {
    reply[at++] = (quantity + 7) / 8;
    for (int i = 0; i < quantity; i++)
      if ((address + i) % 3 == 0) reply[3 + i / 8] |= 1 << i % 8;
    at += reply[2];
  } else if (code == 5 || code == 6 || code == 15 || code == 16) {
    memcpy(reply + 2, request + 2, 4);
    at = 6;
  } else {
    reply[1] = code | 0x80;
    reply[at++] = code >= 1 && code <= 4 ? 3 : 1;
  }
  uint16_t crc = crc16(reply, at);
  reply[at++] = crc;
  reply[at++] = crc >> 8;
  put(&towards[0], reply, at, ended + silence + answer_time[unit]);
}

/** A byte has arrived at the farm. */
static void hear(uint8_t byte, int64_t at) {
  if (heard_length > 0 && at - heard_at > silence) heard_length = 0;
  heard_at = at;
  if (heard_length == frame_limit) heard_length = 0;
  heard[heard_length++] = byte;
  if (heard_length < 8) return;
  int length = heard[1] == 15 || heard[1] == 16 ? 9 + heard[6] : 8;
  if (heard_length < length) return;
  answer(heard, length, at);
  heard_length = 0;
}

/** Hands over what has arrived at an end by now. */
static void deliver(int end, int64_t time) {
  struct wire *wire = &towards[end];
  uint8_t batch[frame_limit];
  while (wire->head != wire->tail && wire->due[wire->head % room] <= time) {
    int count = 0;
    for (; count < frame_limit && wire->head != wire->tail && wire->due[wire->head % room] <= time; wire->head++) {
      if (masters[end] < 0) hear(wire->bytes[wire->head % room], wire->due[wire->head % room]);
      else batch[count++] = wire->bytes[wire->head % room];
    }
    if (count > 0 && write(masters[end], batch, count) < 0 && errno != EAGAIN) exit(1);
  }
}

static int open_end(void) {
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  char path[64];
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, path, sizeof path) != 0) exit(2);
  // Kept open, so that nobody being at that end is no hang-up.
  int slave = open(path, O_RDWR | O_NOCTTY);
  struct termios raw;
  if (slave < 0 || tcgetattr(slave, &raw) != 0) exit(2);
  cfmakeraw(&raw);
  tcsetattr(slave, TCSANOW, &raw);
  printf("%s\n", path);
  return master;
}

static void command(const char *line) {
  int unit;
  long micros;
  int first = 1, last = unit_count;
  char word[16];
  if (sscanf(line, "%15s %d", word, &unit) != 2 || unit < 0 || unit >= units_limit) return;
  if (unit > 0) first = last = unit;
  for (int n = first; n <= last; n++) {
    if (strcmp(word, "dead") == 0) dead[n] = 1;
    if (strcmp(word, "alive") == 0) dead[n] = 0;
    if (strcmp(word, "answer") == 0 && sscanf(line, "%*s %*d %ld", &micros) == 1) answer_time[n] = (int64_t)micros * 1000;
  }
  printf("ok\n");
  fflush(stdout);
}

static void read_commands(void) {
  static char text[4096];
  static unsigned length;
  ssize_t count = read(0, text + length, sizeof text - 1 - length);
  if (count <= 0) exit(0);
  length += count;
  text[length] = 0;
  for (char *end; (end = strchr(text, '\n')) != NULL;) {
    *end = 0;
    command(text);
    length -= end + 1 - text;
    memmove(text, end + 1, length + 1);
  }
}

int main(int count, char **words) {
  if (count < 4) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1);
  // A wire does not wait for a processor; where this is refused, bytes come later on a busy machine, but never closer together on average.
  sched_setscheduler(0, SCHED_RR, &(struct sched_param){.sched_priority = 1});
  long baud = atol(words[1]), bits = atol(words[2]);
  character = bits * 1000000000 / baud;
  silence = baud > 19200 ? 1750000 : character * 7 / 2;
  masters[0] = open_end();
  if (strcmp(words[3], "pair") == 0) masters[1] = open_end();
  else unit_count = count > 4 ? atoi(words[4]) : 1;
  if (unit_count >= units_limit) return 2;
  fflush(stdout);
  for (;;) {
    int64_t time = now(), next = -1;
    for (int end = 0; end < 2; end++) deliver(end, time);
    for (int end = 0; end < 2; end++) {
      const struct wire *wire = &towards[end];
      if (wire->head != wire->tail && (next < 0 || wire->due[wire->head % room] < next)) next = wire->due[wire->head % room];
    }
    struct pollfd ends[3] = {{0, POLLIN, 0}, {masters[0], POLLIN, 0}, {masters[1], POLLIN, 0}};
    int64_t left = next < 0 ? 0 : next - now();
    if (left < 0) left = 0;
    struct timespec wait = {left / 1000000000, left % 1000000000};
    if (ppoll(ends, 3, next < 0 ? NULL : &wait, NULL) < 0 && errno != EINTR) return 1;
    if (ends[0].revents) read_commands();
    for (int end = 0; end < 2; end++) {
      uint8_t bytes[4096];
      if ((ends[1 + end].revents & POLLIN) == 0) continue;
      ssize_t got = read(masters[end], bytes, sizeof bytes);
      if (got > 0) put(&towards[1 - end], bytes, got, now());
    }
  }
}
