import { LineDown, ReplyTimeout } from "../../shared/acquisition/modbus/modbus-errors.ts";
import type { ExchangeOptions, ModbusLine } from "../../shared/acquisition/ports.ts";
import type { Metric } from "../../shared/base/metric.ts";
import { type StopSignal, throwIfStopped } from "../../shared/base/stop-signal.ts";

/** What the line says to a request: a reply PDU, or how it fails. */
export type LineScript = (unit: number, request: Uint8Array) => Uint8Array | readonly number[] | "timeout" | "down";

/** A line that answers from a script, at once. */
export class ScriptedLine implements ModbusLine {
  readonly id = "line-1";
  readonly up = true;
  script: LineScript;
  /** Everything that was sent, oldest first. */
  readonly sent: { readonly unit: number; readonly request: readonly number[]; readonly urgent: boolean }[] = [];

  constructor(script: LineScript) {
    this.script = script;
  }

  async exchange(unit: number, request: Uint8Array, options: ExchangeOptions, stop: StopSignal): Promise<Uint8Array> {
    throwIfStopped(stop);
    this.sent.push({ unit, request: [...request], urgent: options.urgent === true });
    const reply = this.script(unit, request);
    if (reply === "timeout") throw new ReplyTimeout(options.timeout, { line: this.id, unit });
    if (reply === "down") throw new LineDown("the device closed the connection", { line: this.id, unit });
    return Uint8Array.from(reply);
  }

  metrics(): readonly Metric[] {
    return [];
  }

  async close(): Promise<void> {}
}

/** A unit with registers and coils that obeys functions 1, 3, 5, 6, 15 and 16 and counts nothing else. */
export function unitScript(registers: Map<number, number>, coils: Map<number, boolean> = new Map()): LineScript {
  return (_unit, request) => {
    const [code = 0, ah = 0, al = 0, qh = 0, ql = 0] = request;
    const [address, word] = [(ah << 8) | al, (qh << 8) | ql];
    const refuse = (exception: number) => [code | 0x80, exception];
    switch (code) {
      case 1: {
        const bytes = new Uint8Array((word + 7) >> 3);
        for (let i = 0; i < word; i += 1) if (coils.get(address + i) === true) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
        return [code, bytes.length, ...bytes];
      }
      case 3: {
        const words = Array.from({ length: word }, (_, i) => registers.get(address + i));
        return words.includes(undefined) ? refuse(2) : [code, word * 2, ...words.flatMap((value = 0) => [value >> 8, value & 255])];
      }
      case 5:
        coils.set(address, word === 0xff00);
        return request;
      case 6:
        if (!registers.has(address)) return refuse(2);
        registers.set(address, word);
        return request;
      case 16:
        for (let i = 0; i < word; i += 1) registers.set(address + i, ((request[6 + 2 * i] ?? 0) << 8) | (request[7 + 2 * i] ?? 0));
        return request.subarray(0, 5);
      default:
        return refuse(1);
    }
  };
}
