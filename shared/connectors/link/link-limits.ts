/** Bounds of messages: what lies beyond is refused, whoever sent it. */
export const linkBounds = Object.freeze({
  /** Records of one append: the most that may be configured, and one record of the largest size on top. */
  recordBytes: 1_048_576 + 65_544,
  /** Any whole message. */
  messageBytes: 1_048_576 + 65_544 + 4096,
  appendRecords: 100_000,
  streams: 512,
  liveValues: 4096,
  livePayload: 65_536,
  liveKey: 160,
  /** The value of a command, as CBOR. */
  commandBytes: 65_536,
  text: 256,
  /** What a board has: parts, and things and features of one part; features of all of them. */
  descriptionParts: 4096,
  describedThings: 1024,
  describedFeatures: 4096,
  allFeatures: 200_000,
  describedValues: 256,
});
