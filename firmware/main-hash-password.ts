import { createInterface } from "node:readline/promises";
import { hashPassword } from "./broker/access/password-hash.ts";

// Reads a password from standard input and prints the line that an accounts file wants. Not from the arguments: those are for all to see.
const input = createInterface({ input: process.stdin, output: process.stderr, terminal: process.stdin.isTTY === true });
void input.question("password: ").then(async (password) => {
  input.close();
  if (password === "") {
    console.error("penstock: no password was given");
    process.exitCode = 1;
    return;
  }
  console.log(await hashPassword(password));
});
