/** Ids become topic levels and store keys: 1 to 64 ASCII letters, digits and `: . _ -`, the first a letter or digit; no `/ + # $`, no spaces. */
export const idPattern = "^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$";
const idForm = new RegExp(idPattern);

/** True when `text` may name a thing, feature, operation, line or schedule. Linear in its length, which is bounded at 64. */
export function isId(text: string): boolean {
  return text.length <= 64 && idForm.test(text);
}
