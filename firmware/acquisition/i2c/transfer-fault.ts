/** What a failed transfer says, and of whom. */
export type TransferFault =
  /** Nobody acknowledged. */
  | "no-answer"
  /** A driver of the kernel has the address. */
  | "taken"
  /** The adapter does not know such transfers. */
  | "unable"
  /** The device of the bus is gone, or may not be used. */
  | "gone"
  /** Something broke off; said again and again it means that the bus is stuck. */
  | "trouble";

const faults: Readonly<Record<string, TransferFault>> = Object.freeze({
  ENXIO: "no-answer",
  EREMOTEIO: "no-answer",
  ENODEV: "no-answer",
  EOPNOTSUPP: "unable",
  ENOTSUP: "unable",
  ENOENT: "gone",
  EACCES: "gone",
  EPERM: "gone",
  ESHUTDOWN: "gone",
  EBADF: "gone",
});

/** The `errno` name of an error of Node's kind. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Sorts the error of a transfer. Which errors adapters use: Linux kernel, Documentation/i2c/fault-codes.rst. */
export function transferFault(error: unknown): TransferFault {
  const code = errnoOf(error) ?? "";
  // The kernel refuses the address itself, before anything goes over the bus.
  if (code === "EBUSY" && error instanceof Error && "syscall" in error && error.syscall === "setAddr") return "taken";
  return faults[code] ?? "trouble";
}

/** One sentence on why a bus cannot be opened, with what helps. @param device its path */
export function openFailure(device: string, error: unknown): string {
  switch (errnoOf(error)) {
    case "ENOENT":
    case "ENODEV":
    case "ENXIO":
      return `there is no ${device}; enable the bus and load the kernel module i2c-dev`;
    case "EACCES":
    case "EPERM":
      return `${device} may not be opened; add the user of the board to the group i2c`;
    default:
      return `${device} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
  }
}
