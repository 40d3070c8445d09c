import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { type ExecutionContext } from "ava";
import { NotifyFailed } from "../../../firmware/platform/watchdog-errors.ts";
import { loadNotify } from "../../../firmware/platform/watchdog-notify.ts";
import { peerTest } from "../../harness/peers.ts";
import { ScratchDirectory } from "../../harness/scratch-directory.ts";

const receiver = `
import socket, sys
path = sys.argv[1]
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind("\\0" + path[1:] if path[0] == "@" else path)
print("ready", flush=True)
while True: print(repr(receiver.recv(8192).decode()), flush=True)
`;

/** Lines of what comes to a datagram socket of Python's. */
async function listen(t: ExecutionContext, path: string): Promise<AsyncIterator<string>> {
  const child = spawn("/usr/bin/python3", ["-c", receiver, path], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  await lines.next();
  return lines;
}

const python = peerTest("python3-pymodbus");

python("what is sent comes as one message, to a path and to a name", async (t) => {
  using scratch = new ScratchDirectory();
  const notify = loadNotify();
  for (const path of [join(scratch.path, "notify"), `@penstock-test-${process.pid}`]) {
    const lines = await listen(t, path);
    notify(path, "READY=1\nSTATUS=grüßt");
    notify(path, "WATCHDOG=1");
    t.is((await lines.next()).value, "'READY=1\\nSTATUS=grüßt'");
    t.is((await lines.next()).value, "'WATCHDOG=1'");
  }
});

python("a receiver that does not read is no reason to wait", async (t) => {
  using scratch = new ScratchDirectory();
  const path = join(scratch.path, "notify");
  const child = spawn("/usr/bin/python3", ["-c", receiver, path], { stdio: ["ignore", "pipe", "inherit"] });
  t.teardown(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  child.kill("SIGSTOP");
  const notify = loadNotify();
  const error = t.throws(
    () => {
      for (let sent = 0; sent < 100_000; sent += 1) notify(path, "WATCHDOG=1");
    },
    { instanceOf: NotifyFailed },
  );
  t.regex(error?.message ?? "", /EAGAIN/);
});

test("where nobody listens, and for what is no path or too long, it fails with the reason", (t) => {
  using scratch = new ScratchDirectory();
  const notify = loadNotify();
  const path = join(scratch.path, "nobody");
  const error = t.throws(() => notify(path, "READY=1"), { instanceOf: NotifyFailed });
  t.is(error?.code, "EDGE_SYSTEMD_NOTIFY");
  t.is(error?.message, `systemd cannot be told how the board is: ${path}: ENOENT`);
  t.throws(() => notify("", "READY=1"), { message: /EINVAL/ });
  t.throws(() => notify("/".repeat(200), "READY=1"), { message: /EINVAL/ });
  t.throws(() => notify(path, "x".repeat(5000)), { message: /EMSGSIZE/ });
});
