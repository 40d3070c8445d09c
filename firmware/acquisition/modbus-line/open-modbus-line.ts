import type { LearnedLines, ModbusLine } from "../../../shared/acquisition/ports.ts";
import type { ResolvedLine } from "../../../shared/acquisition/resolve-line.ts";
import type { BackoffRange } from "../../../shared/base/backoff.ts";
import type { Clock } from "../../../shared/base/clock.ts";
import type { Log } from "../../../shared/base/log.ts";
import { FineClock } from "../modbus-rtu/fine-clock.ts";
import { ModbusRtuLine } from "../modbus-rtu/modbus-rtu-line.ts";
import { PortSerialChannel } from "../modbus-rtu/serial-channel-port.ts";
import { TcpSerialChannel } from "../modbus-rtu/serial-channel-tcp.ts";
import { ModbusTcpLine } from "../modbus-tcp/modbus-tcp-line.ts";

export interface OpenLineParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Gives a number in [0, 1). */
  readonly random: () => number;
  /** What earlier runs of the board found out about its lines. */
  readonly learned?: LearnedLines;
  /** How long to wait between attempts to connect; default 1 to 60 s. */
  readonly reconnect?: BackoffRange;
}

/** Opens a line of any protocol, its `device` being a path. Gives it at once; it connects in the background and loads what a serial port needs with the first of them. */
export function openModbusLine(line: ResolvedLine, parts: OpenLineParts): ModbusLine {
  const clock = new FineClock(parts.clock);
  switch (line.protocol) {
    case "modbus-tcp":
      return ModbusTcpLine.open({
        ...line,
        ...parts,
        learnedInFlight: parts.learned?.inFlight(line.id),
        onInFlight: (inFlight) => parts.learned?.putInFlight(line.id, inFlight),
      });
    case "modbus-rtu": {
      const { device, baud, parity, stopBits } = line;
      return ModbusRtuLine.open({
        ...parts,
        clock,
        id: line.id,
        place: { device, baud, parity, stopBits },
        baud,
        characterBits: 1 + 8 + (parity === "none" ? 0 : 1) + stopBits,
        echo: line.echo,
        turnaround: line.turnaround,
        open: (events) => new PortSerialChannel(line, events),
      });
    }
    case "modbus-rtu-tcp":
      return ModbusRtuLine.open({
        ...parts,
        clock,
        id: line.id,
        place: { host: line.host, port: line.port },
        baud: line.baud,
        turnaround: line.turnaround,
        redialWhenDeaf: true,
        open: (events) => new TcpSerialChannel({ ...line, clock: parts.clock }, events),
      });
  }
}
