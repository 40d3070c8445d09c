/** Text and its UTF-8, at both sides of every change of length. RFC 3629 §3, §7. */
export const utf8Vectors: readonly { readonly text: string; readonly hex: string }[] = [
  { text: "", hex: "" },
  { text: "A", hex: "41" },
  { text: "\u0000", hex: "00" },
  { text: "\u007f", hex: "7f" },
  { text: "\u0080", hex: "c280" },
  { text: "\u07ff", hex: "dfbf" },
  { text: "\u0800", hex: "e0a080" },
  { text: "\ud7ff", hex: "ed9fbf" },
  { text: "\ue000", hex: "ee8080" },
  { text: "\ufeff", hex: "efbbbf" },
  { text: "\uffff", hex: "efbfbf" },
  { text: "\u{10000}", hex: "f0908080" },
  { text: "\u{fffff}", hex: "f3bfbfbf" },
  { text: "\u{10ffff}", hex: "f48fbfbf" },
  { text: "A≢Α.", hex: "41e289a2ce912e" },
  { text: "한국어", hex: "ed959ceab5adec96b4" },
  { text: "\ufeff𣎴", hex: "efbbbff0a38eb4" },
  // Longer than the batches that text is put together from, with a pair across their border.
  { text: `${"x".repeat(23)}𣎴${"ü".repeat(40)}`, hex: `${"78".repeat(23)}f0a38eb4${"c3bc".repeat(40)}` },
];

/** Text that UTF-8 cannot say: each lone surrogate becomes U+FFFD. */
export const loneSurrogates: readonly { readonly text: string; readonly hex: string }[] = [
  { text: "\ud800", hex: "efbfbd" },
  { text: "\udfff", hex: "efbfbd" },
  { text: "a\udc00\ud800b", hex: "61efbfbdefbfbd62" },
  { text: "\ud83d\ud83d\ude00", hex: "efbfbdf09f9880" },
];

/** What is not UTF-8. The Unicode Standard, table 3-7; RFC 3629 §10. */
export const illFormedUtf8: readonly { readonly hex: string; readonly why: string }[] = [
  { hex: "80", why: "a continuation alone" },
  { hex: "41bf", why: "a continuation behind ASCII" },
  { hex: "c2", why: "two bytes cut off" },
  { hex: "c241", why: "a continuation missing" },
  { hex: "c080", why: "an overlong U+0000" },
  { hex: "c1bf", why: "an overlong U+007F" },
  { hex: "e09fbf", why: "an overlong U+07FF" },
  { hex: "f08fbfbf", why: "an overlong U+FFFF" },
  { hex: "eda080", why: "U+D800" },
  { hex: "edbfbf", why: "U+DFFF" },
  { hex: "eda081edb080", why: "a surrogate pair" },
  { hex: "e282", why: "three bytes cut off" },
  { hex: "e28228", why: "the third of three missing" },
  { hex: "f0a38e", why: "four bytes cut off" },
  { hex: "f4908080", why: "U+110000" },
  { hex: "f5808080", why: "a lead of U+140000" },
  { hex: "f888808080", why: "five bytes" },
  { hex: "fe", why: "0xFE" },
  { hex: "ff", why: "0xFF" },
];
