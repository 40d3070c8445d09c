const replacement = 0xfffd;

/** Characters given to one `String.fromCharCode` or `fromCodePoint` call: each is a stack slot while it runs, and a microcontroller's stack is small. */
const batch = 24;

/** The code point at `index`; a lone surrogate, which UTF-8 cannot say, counts as U+FFFD. */
function pointAt(text: string, index: number): number {
  const point = text.codePointAt(index) ?? replacement;
  return point >= 0xd800 && point <= 0xdfff ? replacement : point;
}

/** How many bytes `text` takes in UTF-8; a lone surrogate takes the three of U+FFFD. */
export function utf8Length(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (pointAt(text, index) < 0x10000) length += 3;
    else {
      length += 4;
      index++;
    }
  }
  return length;
}

/**
 * Writes `text` as UTF-8 from `offset` on and gives the offset behind it. Lone surrogates become U+FFFD.
 * `target` must have room for `utf8Length(text)` bytes, or for 3 × `text.length`, which always suffices.
 * @see RFC 3629 §3
 */
export function writeUtf8(text: string, target: Uint8Array, offset: number): number {
  const length = text.length;
  let index = 0;
  // Nearly all text is ASCII: no second counter for it.
  for (; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) break;
    target[offset + index] = unit;
  }
  let at = offset + index;
  for (; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      target[at++] = unit;
      continue;
    }
    if (unit < 0x800) {
      target[at++] = 0xc0 | (unit >> 6);
      target[at++] = 0x80 | (unit & 0x3f);
      continue;
    }
    const point = pointAt(text, index);
    if (point < 0x10000) target[at++] = 0xe0 | (point >> 12);
    else {
      target[at++] = 0xf0 | (point >> 18);
      target[at++] = 0x80 | ((point >> 12) & 0x3f);
      index++;
    }
    target[at++] = 0x80 | ((point >> 6) & 0x3f);
    target[at++] = 0x80 | (point & 0x3f);
  }
  return at;
}

/** `text` as UTF-8; lone surrogates become U+FFFD, as with the web's TextEncoder. */
export function encodeUtf8(text: string): Uint8Array {
  const target = new Uint8Array(utf8Length(text));
  writeUtf8(text, target, 0);
  return target;
}

/**
 * The text of `bytes[start, end)`, or `undefined` where they are not well-formed UTF-8: cut off, overlong, a surrogate, beyond U+10FFFF.
 * A byte order mark is kept as U+FEFF.
 * @see The Unicode Standard, table 3-7 (well-formed UTF-8 byte sequences); RFC 3629 §4
 */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string | undefined {
  const pieces: string[] = [];
  let at = start;
  let text = "";
  while (at < end) {
    // Joined once: adding piece by piece copies the text each time in engines without ropes.
    if (text !== "") pieces.push(text);
    const from = at;
    const stop = Math.min(end, at + batch);
    while (at < stop && (bytes[at] ?? 0) < 0x80) at++;
    if (at > from) {
      text = Reflect.apply(String.fromCharCode, undefined, bytes.subarray(from, at));
      continue;
    }
    const points: number[] = [];
    while (at < end && points.length < batch && (bytes[at] ?? 0) >= 0x80) {
      const point = pointOf(bytes, at, end);
      if (point === undefined) return undefined;
      points.push(point);
      at += point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    }
    text = String.fromCodePoint(...points);
  }
  return pieces.length === 0 ? text : pieces.join("") + text;
}

/** The code point, beyond ASCII, whose bytes begin at `at`; `undefined` where they are ill-formed. */
function pointOf(bytes: Uint8Array, at: number, end: number): number | undefined {
  const lead = bytes[at] ?? 0;
  const more = lead >= 0xc2 && lead < 0xe0 ? 1 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xf0 && lead < 0xf5 ? 3 : 0;
  if (more === 0 || at + more >= end) return undefined;
  let point = lead & (0x3f >> more);
  for (let index = at + 1; index <= at + more; index++) {
    const next = bytes[index] ?? 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (next & 0x3f);
  }
  if (more === 2 && (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))) return undefined;
  if (more === 3 && (point < 0x10000 || point > 0x10ffff)) return undefined;
  return point;
}
