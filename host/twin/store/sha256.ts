import { hash } from "node:crypto";

/** SHA-256 of a text as UTF-8, hexadecimal. FIPS 180-4 §6.2 */
export const sha256 = (text: string): string => hash("sha256", text, "hex");
