import { passwordProblems } from "../../../shared/twin/access/password-policy.ts";
import { ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";

/** @throws {ResourceInvalid} the password is not good enough for a user of that name */
export function checkPassword(password: string, user: string): void {
  const problems = passwordProblems(password, user);
  if (problems.length > 0) throw new ResourceInvalid("password", problems);
}
