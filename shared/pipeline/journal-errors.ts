import { EdgeError } from "../base/edge-error.ts";
import { longestPayload } from "./journal-record.ts";

/** The journal has no such stream. */
export class StreamUnknown extends EdgeError {
  readonly code = "EDGE_JOURNAL_STREAM";
  readonly stream: string;
  constructor(stream: string) {
    super(`the journal has no stream "${stream}"`);
    this.stream = stream;
  }
}

/** The payload is too long for a record. */
export class RecordTooLarge extends EdgeError {
  readonly code = "EDGE_JOURNAL_RECORD";
  readonly size: number;
  constructor(stream: string, size: number) {
    super(`a record of ${size} bytes is too large for stream "${stream}" of the journal: expected at most ${longestPayload}`);
    this.size = size;
  }
}

/** The stream has no room left and keeps what it has. */
export class JournalFull extends EdgeError {
  readonly code = "EDGE_JOURNAL_FULL";
  readonly stream: string;
  constructor(stream: string) {
    super(`stream "${stream}" of the journal is full: the record was not taken`);
    this.stream = stream;
  }
}

/** The disk refused the record, and it was taken back. */
export class JournalFailed extends EdgeError {
  readonly code = "EDGE_JOURNAL_FAILED";
  readonly stream: string;
  constructor(stream: string, cause: unknown) {
    super(`stream "${stream}" of the journal could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.stream = stream;
  }
}

/** The disk does not give back a part of the stream now. Asked again, it may; when it goes on refusing, a gap takes the part's place. */
export class JournalUnreadable extends EdgeError {
  readonly code = "EDGE_JOURNAL_READ";
  readonly file: string;
  constructor(file: string, cause: unknown) {
    super(`${file} of the journal cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.file = file;
  }
}

/** The journal was closed before the record was on disk. */
export class JournalClosed extends EdgeError {
  readonly code = "EDGE_JOURNAL_CLOSED";
  constructor() {
    super("the journal is closed");
  }
}
