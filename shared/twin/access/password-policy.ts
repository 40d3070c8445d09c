import type { Problem } from "../../base/problem.ts";

/** NIST SP 800-63B-4 §3.1.1: length decides, no rules of composition. */
export const shortestPassword = 12;
export const longestPassword = 128;

/** What people take when they must take something longer, in lower case, without what stands behind the last letter. */
const common: ReadonlySet<string> = new Set(
  "password passwort passw0rd administrator qwertyuiop qwertyuiopas asdfghjkl asdfghjklqwe qazwsxedcrfv letmeinplease letmein iloveyou welcome \
changeme changemenow changeit supersecret topsecret secretpassword mypassword adminpassword passwordpassword adminadmin adminadminadmin rootroot \
rootrootroot testtesttest trustno penstock operator engineer defaultpassword default industrial maintenance superuser"
    .split(" ")
    .filter((word) => word !== ""),
);

const runs = ["abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890123456789", "98765432109876543210"];

function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && !/\p{L}/u.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** What keeps a password from being taken, each with what would be right; empty when it is good. @param user the name that it is for */
export function passwordProblems(password: string, user: string): readonly Problem[] {
  const problem = (message: string, expected: string): Problem => ({ path: "/password", message, expected });
  const length = [...password].length;
  if (length < shortestPassword) return [problem(`${length} characters`, `at least ${shortestPassword} characters; a sentence is good`)];
  if (length > longestPassword) return [problem(`${length} characters`, `at most ${longestPassword} characters`)];
  const plain = password.normalize("NFKC").toLowerCase();
  const name = user.toLowerCase();
  if (plain.includes(name) && plain.length - name.length < shortestPassword - 4) {
    return [problem("little more than the name", "something that does not follow from the name")];
  }
  if (common.has(withoutTail(plain)) || common.has(plain)) return [problem("one of the first that anybody tries", "something of your own")];
  if (new Set(plain).size < 5) return [problem("made of very few different characters", "at least 5 different characters")];
  if (runs.some((run) => run.includes(plain))) return [problem("a row of the keyboard or the alphabet", "something of your own")];
  return [];
}
