import { ExceptionCode } from "./modbus-errors.ts";

/** What an exception says about the values that were asked for. Modbus Application Protocol V1.1b3 §7. */
export const ExceptionClass = {
  /** There is nothing at that address: the request was wrong, and will be tomorrow. */
  absent: "absent",
  /** The device cannot answer now; the last value may still hold. */
  busy: "busy",
  /** The unit behind a gateway does not answer. */
  unreachable: "unreachable",
  /** The device answers and says that it cannot give the value. */
  faulty: "faulty",
} as const;
export type ExceptionClass = (typeof ExceptionClass)[keyof typeof ExceptionClass];

/** Sorts an exception code by what to do about it. */
export function classifyException(exception: number): ExceptionClass {
  switch (exception) {
    case ExceptionCode.illegalFunction:
    case ExceptionCode.illegalDataAddress:
    case ExceptionCode.illegalDataValue:
      return ExceptionClass.absent;
    case ExceptionCode.acknowledge:
    case ExceptionCode.serverDeviceBusy:
      return ExceptionClass.busy;
    case ExceptionCode.gatewayPathUnavailable:
    case ExceptionCode.gatewayTargetFailedToRespond:
      return ExceptionClass.unreachable;
    default:
      return ExceptionClass.faulty;
  }
}
