import { EdgeError } from "../../shared/base/edge-error.ts";

/** A tool of the build is missing or failed. */
export class BuildFailed extends EdgeError {
  readonly code = "EDGE_BUILD_FAILED";
  readonly what: string;
  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(`${what}: ${reason}`, options);
    this.what = what;
  }
}

/** This machine lacks what a part of the build needs: a compiler, or a network to fetch Node with. */
export class BuildMeansMissing extends EdgeError {
  readonly code = "EDGE_BUILD_MEANS_MISSING";
  readonly what: string;
  constructor(what: string, reason: string, options?: ErrorOptions) {
    super(`${what}: ${reason}`, options);
    this.what = what;
  }
}

/** A native part is not for the processor or the C library of its target. */
export class NativePartWrong extends EdgeError {
  readonly code = "EDGE_NATIVE_PART_WRONG";
  readonly file: string;
  readonly target: string;
  constructor(file: string, target: string, reason: string) {
    super(`${file} is no native part for ${target}: ${reason}`);
    this.file = file;
    this.target = target;
  }
}

/** What was downloaded is not what `package.json` pins. */
export class DownloadAltered extends EdgeError {
  readonly code = "EDGE_DOWNLOAD_ALTERED";
  readonly download: string;
  constructor(download: string, found: string, expected: string) {
    super(`${download} has the hash ${found} instead of the pinned ${expected}`);
    this.download = download;
  }
}

/** A folder is not the bundle that its manifest describes. */
export class BundleDamaged extends EdgeError {
  readonly code = "EDGE_BUNDLE_DAMAGED";
  readonly folder: string;
  /** The first file that is wrong, relative to the folder. */
  readonly file: string;
  constructor(folder: string, file: string, reason: string) {
    super(`${folder}: ${file} ${reason}`);
    this.folder = folder;
    this.file = file;
  }
}
