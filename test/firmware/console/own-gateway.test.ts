import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { ownAddress, readOwnGateway } from "../../../firmware/console/own-gateway.ts";
import { OwnGatewayInvalid } from "../../../firmware/console/own-gateway-errors.ts";

async function fileWith(t: ExecutionContext, text: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "penstock-own-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await writeFile(path.join(directory, "own.json"), text);
  return path.join(directory, "own.json");
}

test("the account at the own broker is read, its path relative to the file", async (t) => {
  const file = await fileWith(t, '{"username":"own","passwordFile":"secret/own"}');
  t.deepEqual(await readOwnGateway(file), { username: "own", passwordFile: path.join(path.dirname(file), "secret/own") });
  t.deepEqual(await readOwnGateway(await fileWith(t, "{}")), {});
});

for (const [what, text, named] of [
  ["no JSON", "{", /it is no JSON/],
  ["no object", "[]", /expected an object/],
  ["another member", '{"url":"mqtt://x"}', /member url/],
  ["a name without a password", '{"username":"own"}', /member passwordFile/],
  ["a password without a name", '{"passwordFile":"own"}', /member username/],
] as const)
  test(`a file with ${what} is refused with its name`, async (t) => {
    const file = await fileWith(t, text);
    const error = await t.throwsAsync(readOwnGateway(file), { instanceOf: OwnGatewayInvalid, message: named });
    t.true(error?.message.includes(file));
  });

test("a file that is not there is named", async (t) => {
  await t.throwsAsync(readOwnGateway("/nonexistent/own.json"), { instanceOf: OwnGatewayInvalid, message: /nonexistent/ });
});

test("the own broker is reached by its first listener without TLS", (t) => {
  t.is(ownAddress(["mqtts://0.0.0.0:8883", "ws://127.0.0.1:9001/mqtt", "mqtt://[::1]:1884", "mqtt://127.0.0.1:1885"]), "mqtt://[::1]:1884");
  t.is(ownAddress(["mqtts://0.0.0.0:8883", "ws://127.0.0.1:9001/mqtt"]), "ws://127.0.0.1:9001/mqtt");
  t.is(ownAddress(["mqtts://0.0.0.0:8883"]), undefined);
});
