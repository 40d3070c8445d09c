import { ElfMachine } from "./elf-header.ts";

/** One kind of machine that a bundle is built for. */
export interface BoardTarget {
  readonly name: BoardTargetName;
  /** `process.arch` of its Node. */
  readonly arch: "x64" | "arm64" | "arm";
  /** `architecture` in the descriptions of its boards. */
  readonly architecture: "x86-64" | "arm64" | "armv7";
  readonly elf: { readonly bits: 32 | 64; readonly machine: number; readonly hardFloat: boolean };
  /** Prefix of the cross compilers' names, as Debian's packages have it. */
  readonly triple: string;
  /** Flags of the compilers. */
  readonly compilerFlags: readonly string[];
  /** Packages with a prebuilt native part, and where it is in them. */
  readonly prebuilt: Readonly<Record<string, string>>;
}

/** Names of the targets. */
export const boardTargetNames = ["linux-x64", "linux-arm64", "linux-armv7"] as const;
export type BoardTargetName = (typeof boardTargetNames)[number];

/** What `npm run build` makes bundles for. The C library is glibc: Node's own binaries are for no other. */
export const boardTargets: Readonly<Record<BoardTargetName, BoardTarget>> = {
  "linux-x64": {
    name: "linux-x64",
    arch: "x64",
    architecture: "x86-64",
    elf: { bits: 64, machine: ElfMachine.x64, hardFloat: false },
    triple: "x86_64-linux-gnu",
    compilerFlags: [],
    prebuilt: {
      "classic-level": "prebuilds/linux-x64/classic-level.node",
      "@serialport/bindings-cpp": "prebuilds/linux-x64/@serialport+bindings-cpp.glibc.node",
    },
  },
  "linux-arm64": {
    name: "linux-arm64",
    arch: "arm64",
    architecture: "arm64",
    elf: { bits: 64, machine: ElfMachine.arm64, hardFloat: false },
    triple: "aarch64-linux-gnu",
    compilerFlags: [],
    prebuilt: {
      "classic-level": "prebuilds/linux-arm64/classic-level.armv8.node",
      "@serialport/bindings-cpp": "prebuilds/linux-arm64/@serialport+bindings-cpp.armv8.glibc.node",
    },
  },
  "linux-armv7": {
    name: "linux-armv7",
    arch: "arm",
    architecture: "armv7",
    elf: { bits: 32, machine: ElfMachine.arm, hardFloat: true },
    triple: "arm-linux-gnueabihf",
    compilerFlags: ["-march=armv7-a", "-mfpu=vfpv3-d16"],
    prebuilt: {
      "classic-level": "prebuilds/linux-arm/classic-level.armv7.node",
      "@serialport/bindings-cpp": "prebuilds/linux-arm/@serialport+bindings-cpp.armv7.glibc.node",
    },
  },
};

/** True for the name of a target. */
export function isBoardTargetName(name: string): name is BoardTargetName {
  return boardTargetNames.some((known) => known === name);
}

/** The target that this machine itself is, if any. */
export function ownTarget(): BoardTarget | undefined {
  return Object.values(boardTargets).find(({ arch }) => process.platform === "linux" && process.arch === arch);
}
