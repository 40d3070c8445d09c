import { parseDuration } from "../base/duration.ts";
import { type Millis, millis } from "../base/units.ts";
import type { LineConfig } from "./line-config.ts";

/** What all lines have. */
interface ResolvedLineBase {
  readonly id: string;
  readonly timeout: Millis;
  /** Share of the line's time that silent units may take from the others, 0 to 1. */
  readonly sickShare: number;
}

export interface ResolvedModbusTcpLine extends ResolvedLineBase {
  readonly protocol: "modbus-tcp";
  readonly host: string;
  readonly port: number;
  /** Transactions under way at once, or found out by trying. */
  readonly inFlight: number | "learn";
  readonly connectTimeout: Millis;
}

export interface ResolvedModbusRtuLine extends ResolvedLineBase {
  readonly protocol: "modbus-rtu";
  /** Path, or id of a serial port of the board. */
  readonly device: string;
  readonly baud: number;
  readonly parity: "even" | "odd" | "none";
  readonly stopBits: 1 | 2;
  readonly rs485: "automatic" | "kernel" | "rts";
  readonly echo: boolean;
  /** `undefined`: none, or as learned. */
  readonly turnaround: Millis | undefined;
}

export interface ResolvedModbusRtuTcpLine extends ResolvedLineBase {
  readonly protocol: "modbus-rtu-tcp";
  readonly host: string;
  readonly port: number;
  readonly baud: number;
  readonly connectTimeout: Millis;
  readonly turnaround: Millis | undefined;
}

/** A line with all its defaults. */
export type ResolvedLine = ResolvedModbusTcpLine | ResolvedModbusRtuLine | ResolvedModbusRtuTcpLine;

const modbusPort = 502;
const defaultTimeout = millis(1000);
const defaultConnectTimeout = millis(3000);
const defaultSickShare = 3;
/** Modbus over Serial Line V1.02 §3.3. */
const defaultBaud = 19_200;
const defaultTunnelBaud = 9600;

const durationOr = (text: string | undefined, usual: Millis): Millis => (text === undefined ? usual : parseDuration(text));
const optionalDuration = (text: string | undefined): Millis | undefined => (text === undefined ? undefined : parseDuration(text));

/** Fills in the defaults. @throws {BadDuration} only for what the schema refuses */
export function resolveLine(line: LineConfig): ResolvedLine {
  const base = {
    id: line.id,
    timeout: durationOr(line.timeout, defaultTimeout),
    sickShare: (line.sickShare ?? defaultSickShare) / 100,
  };
  switch (line.protocol) {
    case "modbus-tcp":
      return {
        ...base,
        protocol: line.protocol,
        host: line.host,
        port: line.port ?? modbusPort,
        inFlight: line.inFlight ?? 1,
        connectTimeout: durationOr(line.connectTimeout, defaultConnectTimeout),
      };
    case "modbus-rtu": {
      const parity = line.parity ?? "even";
      return {
        ...base,
        protocol: line.protocol,
        device: line.device,
        baud: line.baud ?? defaultBaud,
        parity,
        stopBits: line.stopBits ?? (parity === "none" ? 2 : 1),
        rs485: line.rs485 ?? "automatic",
        echo: line.echo ?? false,
        turnaround: optionalDuration(line.turnaround),
      };
    }
    case "modbus-rtu-tcp":
      return {
        ...base,
        protocol: line.protocol,
        host: line.host,
        port: line.port ?? modbusPort,
        baud: line.baud ?? defaultTunnelBaud,
        connectTimeout: durationOr(line.connectTimeout, defaultConnectTimeout),
        turnaround: optionalDuration(line.turnaround),
      };
  }
}
