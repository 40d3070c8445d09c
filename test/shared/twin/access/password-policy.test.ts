import test from "ava";
import { passwordProblems } from "../../../../shared/twin/access/password-policy.ts";

const taken = test.macro({
  exec(t, password: string) {
    t.deepEqual(passwordProblems(password, "maria"), []);
  },
  title: (_given, password) => `${JSON.stringify(password)} is taken`,
});
const refused = test.macro({
  exec(t, password: string, why: RegExp) {
    const [problem] = passwordProblems(password, "maria");
    t.is(problem?.path, "/password");
    t.regex(problem?.message ?? "", why);
    // A message goes into logs and answers: it must not say the password again.
    t.false(`${problem?.message} ${problem?.expected}`.includes(password) && password !== "");
  },
  title: (_given, password: string) => `${JSON.stringify(password.slice(0, 30))} is refused`,
});

test(taken, "the river is 3 m deep");
test(taken, "correct horse battery");
test(taken, "wasserkraftwerk-süd");
test(taken, "мост через реку");
test(refused, "", /0 characters/);
test(refused, "short-12345", /11 characters/);
test(refused, "x".repeat(129), /129 characters/);
test(refused, "Password2024!", /first that anybody tries/);
test(refused, "administrator1", /first that anybody tries/);
test(refused, "maria1234567", /little more than the name/);
test(refused, "aaaaaaaaaaaaaaaa", /few different/);
test(refused, "abcabcabcabcabc", /few different/);
test(refused, "abcdefghijklmnop", /row of the keyboard/);
test(refused, "012345678901", /row of the keyboard/);
