import { passwordProblems } from "../../../../../shared/twin/access/password-policy.ts";

/** What is wrong with a new password, typed twice; nothing is while nothing is typed. The gateway asks the same. */
export function passwordProblem(password: string, again: string, user: string): { readonly password?: string; readonly again?: string } {
  const problem = password === "" ? undefined : passwordProblems(password, user)[0];
  if (problem !== undefined) return { password: `${problem.message}; expected ${problem.expected}` };
  if (again !== "" && again !== password) return { again: "the two differ" };
  return {};
}
