import type { BundleManifest } from "./bundle-manifest.ts";

const kibibytes = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

/** Sizes of a bundle in one line: what is loaded at every start, what is loaded when asked for, native parts, Node. */
export function bundleSizes({ files }: BundleManifest): string {
  const sum = (wanted: (path: string) => boolean): number =>
    files.reduce((total, file) => (wanted(file.path) ? total + file.size : total), 0);
  const started = ["board.cjs", "main.cjs", "mqtt-packet.cjs"];
  const isCode = (path: string): boolean => path.endsWith(".cjs");
  const parts = [
    `at start ${kibibytes(sum((path) => started.includes(path)))}`,
    `on demand ${kibibytes(sum((path) => isCode(path) && !started.includes(path)))}`,
    `native ${kibibytes(sum((path) => path.startsWith("native/")))}`,
  ];
  if (files.some(({ path }) => path === "node")) parts.push(`Node ${kibibytes(sum((path) => path === "node"))}`);
  return `${parts.join(", ")}; all ${kibibytes(sum(() => true))}`;
}
