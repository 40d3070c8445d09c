import { decodeResponse } from "../../shared/acquisition/modbus/decode-response.ts";
import { encodeRequest } from "../../shared/acquisition/modbus/encode-request.ts";
import { ExceptionCode, ModbusException, type ModbusPlace } from "../../shared/acquisition/modbus/modbus-errors.ts";
import { FunctionCode } from "../../shared/acquisition/modbus/modbus-function.ts";
import type { MaskWriteRegister, ModbusRequest, ReadBits, ReadRegisters } from "../../shared/acquisition/modbus/modbus-request.ts";
import { replyData } from "../../shared/acquisition/modbus/reply-data.ts";
import { readWord } from "../../shared/acquisition/modbus/wire-word.ts";
import type { Actuator, SampleSink, WritePolicy, WriteResult } from "../../shared/acquisition/ports.ts";
import type { PointValue } from "../../shared/acquisition/sample.ts";
import { WriteGuard } from "../../shared/acquisition/write-guard.ts";
import { type WriteRequest, writeRequest } from "../../shared/acquisition/write-request.ts";
import type { Clock } from "../../shared/base/clock.ts";
import { codeAndReason, EdgeError } from "../../shared/base/edge-error.ts";
import type { Log } from "../../shared/base/log.ts";
import type { Metric, MetricSource } from "../../shared/base/metric.ts";
import { Stopped, type StopSignal } from "../../shared/base/stop-signal.ts";
import { payloadValue } from "../../shared/broker/payloads.ts";
import { type FeatureKey, featureKey } from "../../shared/twin/feature-twin.ts";
import type { LivePoint } from "./live-point.ts";
import type { ModbusUnit } from "./modbus-unit.ts";

export interface ModbusActuatorParts {
  readonly points: Iterable<LivePoint>;
  /** By thing. */
  readonly units: ReadonlyMap<string, ModbusUnit>;
  readonly sink: SampleSink;
  readonly clock: Clock;
  /** Every write ends as one entry here: who, what, before, after, result. */
  readonly log: Log;
}

/** A point that may be written. */
interface Writable {
  readonly live: LivePoint;
  readonly unit: ModbusUnit;
  readonly guard: WriteGuard;
  readonly readBack: boolean;
  readonly policy: WritePolicy;
}

/** The device took the write, but holds another value than the one that was written. */
export class WriteMismatch extends EdgeError {
  readonly code = "EDGE_WRITE_MISMATCH";
  constructor(wanted: PointValue, found: PointValue | null) {
    super(`the device took ${text(wanted)} but holds ${text(found)}`);
  }
}

/** Writes points of Modbus units: allow-list first, then ahead of all polls, read back, and every one of them logged. */
export class ModbusActuator implements Actuator, MetricSource {
  readonly #parts: ModbusActuatorParts;
  readonly #writables = new Map<FeatureKey, Writable>();
  readonly #outcomes = { written: 0, refused: 0, failed: 0 };

  constructor(parts: ModbusActuatorParts) {
    this.#parts = parts;
    for (const live of parts.points) {
      const unit = parts.units.get(live.device.thing);
      const rule = live.point.write;
      if (unit === undefined || rule === undefined) continue;
      const guard = new WriteGuard(rule);
      this.#writables.set(featureKey(live.device.thing, live.point.id), {
        live,
        unit,
        guard,
        readBack: rule.readBack,
        policy: this.#policy(live, guard),
      });
    }
  }

  policy(thing: string, feature: string): WritePolicy | undefined {
    return this.#writables.get(featureKey(thing, feature))?.policy;
  }

  async write(thing: string, feature: string, value: PointValue, who: string, stop: StopSignal): Promise<WriteResult> {
    const writable = this.#writables.get(featureKey(thing, feature));
    const result = writable === undefined ? unknownPoint(thing, feature) : await this.#write(writable, value, stop);
    this.#outcomes[result.outcome] += 1;
    const { before, after, outcome, code, reason } = result;
    const place =
      writable === undefined
        ? {}
        : { line: writable.live.device.lineId, unit: writable.live.device.unit, area: writable.live.area, address: writable.live.address };
    const entry = {
      audit: "write",
      who,
      thing,
      feature,
      ...place,
      requested: payloadValue(value),
      before: payloadValue(before),
      after: payloadValue(after),
      outcome,
      code,
      reason,
    };
    if (outcome === "written") this.#parts.log.info(entry, "write");
    else this.#parts.log.warn(entry, "write");
    return result;
  }

  metrics(): readonly Metric[] {
    const values = Object.entries(this.#outcomes).map(([outcome, value]) => ({ labels: { outcome }, value }));
    return [{ name: "penstock_writes_total", help: "Writes to devices by outcome", type: "counter", values }];
  }

  #policy(live: LivePoint, guard: WriteGuard): WritePolicy {
    const { point, codec } = live;
    return {
      expiry: point.write?.expiry ?? live.device.timeout,
      hold: point.write?.hold ?? false,
      refusal: (value) => {
        const refused = guard.wouldRefuse(value, this.#parts.clock.monotonic()) ?? attempt(() => writeRequest(point.layout, codec, value));
        return refused instanceof EdgeError ? codeAndReason(refused) : undefined;
      },
      same: (a, b) => sameOnWire(live, a, b),
    };
  }

  async #write(writable: Writable, value: PointValue, stop: StopSignal): Promise<WriteResult> {
    const { live, guard, readBack, unit } = writable;
    // Whoever wants a write wants it tried, even of a unit that has been silent; but then it is worth knowing that it was.
    const silent = unit.breaker.state === "closed" ? "" : `; the unit has not answered its polls lately: ${unit.state.reason}`;
    const before = live.tracker.value;
    const request = attempt(() => writeRequest(live.point.layout, live.codec, value));
    const refused = request instanceof EdgeError ? request : guard.refuse(value, this.#parts.clock.monotonic());
    if (request instanceof EdgeError || refused !== undefined)
      return { outcome: "refused", ...codeAndReason(refused), before, after: before };
    try {
      const failure = await this.#send(writable, request, stop).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failure instanceof Stopped) throw failure;
      if (!readBack) {
        if (failure !== undefined) throw failure;
        this.#hand(live, live.tracker.assumed(value, this.#parts.clock.wall()));
        return { outcome: "written", before, after: value };
      }
      // A write that was not answered may have been carried out all the same: only the device knows.
      if (failure instanceof ModbusException) throw failure;
      const after = await this.#readBack(writable, stop).catch((error: unknown) => Promise.reject(failure ?? error));
      if (after !== null && sameOnWire(live, after, value)) return { outcome: "written", before, after };
      const mismatch = failure ?? new WriteMismatch(value, after);
      return { outcome: "failed", ...codeAndReason(mismatch), before, after };
    } catch (error) {
      if (error instanceof Stopped) throw error;
      const { code, reason } = codeAndReason(error);
      return { outcome: "failed", code, reason: reason + silent, before, after: null };
    }
  }

  async #send(writable: Writable, request: WriteRequest, stop: StopSignal): Promise<void> {
    try {
      await this.#exchange(writable, request, stop);
    } catch (error) {
      const unsupported = error instanceof ModbusException && error.exception === ExceptionCode.illegalFunction;
      if (!unsupported || request.function !== FunctionCode.maskWriteRegister) throw error;
      await this.#changeBits(writable, request, stop);
    }
  }

  /** For devices without mask write: reads the register and writes it back changed. What the device changes in between is lost; there is no better way. */
  async #changeBits(writable: Writable, { address, and, or }: MaskWriteRegister, stop: StopSignal): Promise<void> {
    const read: ReadRegisters = { function: FunctionCode.readHoldingRegisters, address, quantity: 1 };
    const reply = await this.#exchange(writable, read, stop);
    const value = (readWord(reply, replyData(read, reply)) & and) | (or & ~and & 0xffff);
    await this.#exchange(writable, { function: FunctionCode.writeSingleRegister, address, value }, stop);
  }

  async #readBack(writable: Writable, stop: StopSignal): Promise<PointValue | null> {
    const { live } = writable;
    const { address, span: quantity, area, tracker, codec } = live;
    const bits = area === "coil";
    const read: ReadBits | ReadRegisters = {
      function: bits ? FunctionCode.readCoils : FunctionCode.readHoldingRegisters,
      address,
      quantity,
    };
    const reply = await this.#exchange(writable, read, stop);
    const offset = replyData(read, reply, this.#place(writable));
    const sample = tracker.measured(codec.decode(reply, bits ? offset * 8 : offset), this.#parts.clock.wall());
    this.#hand(live, sample);
    return sample.value;
  }

  async #exchange(writable: Writable, request: ModbusRequest, stop: StopSignal): Promise<Uint8Array> {
    const place = this.#place(writable);
    const reply = await writable.unit.exchange(encodeRequest(request, place), stop, true);
    decodeResponse(request, reply, place);
    return reply;
  }

  #hand(live: LivePoint, sample: ReturnType<LivePoint["tracker"]["measured"]>): void {
    if (live.filter.passes(sample, this.#parts.clock.monotonic())) this.#parts.sink.accept([sample]);
  }

  #place({ live }: Writable): ModbusPlace {
    return { line: live.device.lineId, unit: live.device.unit };
  }
}

/** Two values are the same when the device would give them back as the same. */
function sameOnWire({ codec }: LivePoint, a: PointValue, b: PointValue): boolean {
  try {
    const [one, other] = codec.mask === undefined ? [codec.decode(codec.encode(a), 0), codec.decode(codec.encode(b), 0)] : [a, b];
    return one !== undefined && other !== undefined && text(one) === text(other);
  } catch {
    return false;
  }
}

/** What `work` gives, or the error of ours that it threw. */
function attempt<Result>(work: () => Result): Result | EdgeError {
  try {
    return work();
  } catch (error) {
    if (error instanceof EdgeError) return error;
    throw error;
  }
}

function unknownPoint(thing: string, feature: string): WriteResult {
  return {
    outcome: "refused",
    code: "EDGE_WRITE_UNKNOWN",
    reason: `${thing}/${feature} is no point that may be written`,
    before: null,
    after: null,
  };
}

function text(value: PointValue | null): string {
  return typeof value === "bigint" ? String(value) : JSON.stringify(payloadValue(value));
}
