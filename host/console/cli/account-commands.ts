import os from "node:os";
import type { Command } from "commander";
import { isJsonObject } from "../../../shared/base/json.ts";
import { CommandUsage, NotReached } from "./cli-errors.ts";
import { cellText, momentText, printFacts, printRows } from "./cli-output.ts";
import type { CommandContext } from "./command-context.ts";
import type { GatewayClient } from "./gateway-client.ts";

const day = 86_400_000;

/** `login`, `logout` and `audit`. */
export function addAccountCommands(program: Command, context: () => CommandContext): void {
  program
    .command("login")
    .description("log in once; a key for this machine is made and remembered")
    .option("-u, --user <name>", "user name; asked for when not given")
    .option("--with-token", "remember a key or token that is typed, instead of a password")
    .option("--days <count>", "how long the key is good", "90")
    .action(async (options: { user?: string; withToken?: boolean; days: string }) => {
      const { accounts, askSecret, ask, clientWith, output } = context();
      if (options.withToken) {
        const token = (await askSecret("key or token: ")).trim();
        const gateway = await clientWith(token);
        await gateway.get("/api/v1/session");
        await accounts.write({ url: gateway.url, token });
        output.note(`logged in at ${gateway.url}; remembered in ${accounts.file}`);
        return;
      }
      const gateway = await clientWith(undefined);
      const user = options.user ?? (await ask("user: "));
      const password = await askSecret("password: ");
      const token = await keyFor(gateway, user, password, Number(options.days), context().now());
      await accounts.write({ url: gateway.url, token });
      output.note(`logged in at ${gateway.url} as ${user}; remembered in ${accounts.file}`);
    });

  program
    .command("logout")
    .description("forget the key of this machine")
    .action(async () => {
      const { accounts, output } = context();
      const known = await accounts.read();
      if (known !== undefined) await forgetKey(await context().clientWith(known.token), known.token);
      await accounts.remove();
      output.note("logged out");
    });

  const audit = program.command("audit").description("show who changed what, newest first");
  audit.option("-n, --limit <count>", "so many", "50").action(async ({ limit }: { limit: string }) => {
    const { client, output } = context();
    const page = await (await client()).get("/api/v1/audit", { limit, order: "desc" });
    printRows(
      output,
      isJsonObject(page) && Array.isArray(page["items"]) ? page["items"].filter(isJsonObject) : [],
      [
        { title: "SEQ", of: (row) => row["seq"], align: "right" },
        { title: "AT", of: (row) => momentText(row["at"]) },
        { title: "WHO", of: (row) => row["actor"] },
        { title: "VIA", of: (row) => row["via"] },
        { title: "ACTION", of: (row) => row["action"] },
        { title: "ID", of: (row) => row["id"] },
        { title: "OUTCOME", of: (row) => row["outcome"] },
        { title: "CODE", of: (row) => row["code"] },
      ],
      "the audit log is empty",
    );
  });
  audit
    .command("verify")
    .description("follow the chain of hashes and find a line that was changed")
    .action(async () => {
      const { client, output } = context();
      const found = await (await client()).get("/api/v1/audit/verify");
      if (!isJsonObject(found)) return;
      if (output.json) output.line(JSON.stringify(found, null, 2));
      else if (found["ok"] === true) output.line(`${cellText(found["lines"])} lines, all as they were written`);
      if (found["ok"] !== true)
        throw new NotReached(`the audit log was changed: line ${cellText(found["wrong"])} is not as it was written`);
    });
}

/** Logs in with the password and makes a key with the session, which is ended again. */
async function keyFor(gateway: GatewayClient, user: string, password: string, days: number, now: number): Promise<string> {
  const answer = await gateway.raw("/api/v1/session", { user, password });
  const session: unknown = await answer.json();
  const cookie = answer.headers
    .getSetCookie()
    .map((text) => text.split(";")[0])
    .join("; ");
  const csrf = isJsonObject(session) ? session["csrf"] : undefined;
  if (isJsonObject(session) && session["mustChangePassword"] === true)
    throw new CommandUsage("the password must be changed first: log in to the console once");
  const headers = { cookie, "x-csrf-token": cellText(csrf), origin: gateway.url };
  // The key may what the person may who made it.
  const roles = isJsonObject(session) ? session["roles"] : undefined;
  const grants = Array.isArray(roles) ? roles : [];
  const intent = { name: `penstock on ${os.hostname()}`, expiresAt: Math.round(now + days * day), grants };
  const made = await gateway.post("/api/v1/keys", intent, headers);
  await gateway.delete("/api/v1/session", headers);
  const secret = isJsonObject(made) ? made["secret"] : undefined;
  if (typeof secret !== "string") throw new CommandUsage("the gateway gave no key");
  return secret;
}

/** Keys carry their own id: `psk_<id>_…`. One that is gone already, or a gateway that is, is no reason to keep it here. */
async function forgetKey(gateway: GatewayClient, token: string): Promise<void> {
  const id = /^psk_(.+)_[0-9A-Za-z]+$/.exec(token)?.[1];
  if (id !== undefined) await gateway.delete(`/api/v1/keys/${encodeURIComponent(id)}`).catch(() => undefined);
}

/** `whoami` shows what the account may. */
export function addWhoami(program: Command, context: () => CommandContext): void {
  program
    .command("whoami")
    .description("show the account in use and its roles")
    .action(async () => {
      const { client, output } = context();
      const session = await (await client()).get("/api/v1/session");
      if (!isJsonObject(session)) return;
      const { csrf: _, ...facts } = session;
      printFacts(output, facts);
    });
}
