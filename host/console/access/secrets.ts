import { hash, randomBytes, timingSafeEqual } from "node:crypto";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** 62⁴³ > 2²⁵⁶. */
const secretLength = 43;

/** 256 random bits as 43 letters and digits. */
export function newSecret(): string {
  let left = BigInt(`0x${randomBytes(32).toString("hex")}`);
  let text = "";
  for (let at = 0; at < secretLength; at++) {
    text = digits.charAt(Number(left % 62n)) + text;
    left /= 62n;
  }
  return text;
}

/** An id for what needs no name: 80 random bits as 16 small letters and digits. */
export function newId(): string {
  return randomBytes(10)
    .reduce((value, byte) => value * 256n + BigInt(byte), 0n)
    .toString(32)
    .padStart(16, "0");
}

/** SHA-256, hexadecimal: enough for secrets of 256 random bits, which nobody can try out. */
export const digestOf = (secret: string): string => hash("sha256", secret, "hex");

/** Compares digests or other texts in a time that tells nothing of where they differ. */
export function sameSecret(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The secret of a key: it names the key, so that finding it is one look-up. */
export const keySecret = (id: string): string => `psk_${id}_${newSecret()}`;

/** The key that a secret names; `undefined` for what is no such secret. */
export function keyOfSecret(secret: string): string | undefined {
  if (!secret.startsWith("psk_")) return undefined;
  const end = secret.length - secretLength - 1;
  return end > 4 && secret.length <= 128 && secret.charAt(end) === "_" ? secret.slice(4, end) : undefined;
}
