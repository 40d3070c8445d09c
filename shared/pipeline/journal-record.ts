/** What a record is. The numbers are the bytes on disk. */
export const RecordKind = { sample: 1, gap: 2, command: 3, term: 4 } as const;
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];
