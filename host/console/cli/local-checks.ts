import { access, constants, stat, statfs } from "node:fs/promises";
import { connect, createServer } from "node:net";
import path from "node:path";
import { type DoctorCheck, type Finding, fail, ok, skip, warn } from "./doctor-check.ts";

const lookTime = 2000;
/** Below these shares of the disk somebody is told. */
const littleDisk = 0.1;
const noDisk = 0.01;
/** No machine that runs this is older: an earlier date is a clock without battery. */
const oldest = Date.UTC(2026, 0, 1);

/** Whether somebody listens at a port of this machine. */
export function listens(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: lookTime });
    const end = (there: boolean) => (): void => {
      socket.destroy();
      resolve(there);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

/** Why nobody may listen at a port; `undefined` when one may. */
function listenFault(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/** A port is either served by the running gateway or free for it. */
export function portCheck(name: string, port: number, gatewayRuns: () => Promise<boolean>): DoctorCheck {
  const part = `port ${port}`;
  return {
    part,
    async look() {
      if (await listens(port)) {
        if (await gatewayRuns()) return ok(part, `${name} answers`);
        return fail(
          part,
          `another program listens where ${name} shall`,
          `End it (ss -ltnp "sport = :${port}" names it), or start Penstock with another port.`,
        );
      }
      const fault = await listenFault(port, "127.0.0.1");
      if (fault !== undefined)
        return fail(part, `${name} cannot listen: ${fault}`, "Choose a port of 1024 or higher, or give the right to use this one.");
      return (await gatewayRuns()) ? warn(part, `${name} does not answer`, "Look at the log of the board.") : ok(part, `free for ${name}`);
    },
  };
}

/** The data directory: there, writable, nobody else's to read, with room on its disk. */
export function dataCheck(data: string): DoctorCheck {
  const part = "data";
  return {
    part,
    async look() {
      const there = await stat(data).catch(() => undefined);
      if (there === undefined) return warn(part, `${data} is not there yet`, "It is made at the first start; or name another with --data.");
      if (!there.isDirectory()) return fail(part, `${data} is no directory`, "Name a directory with --data.");
      const findings: Finding[] = [];
      const writable = await access(data, constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      );
      findings.push(
        writable
          ? ok(part, `${data} can be written`)
          : fail(part, `${data} cannot be written by this user`, `Give it to the user that runs Penstock: chown -R "$(id -un)" ${data}`),
      );
      findings.push(...(await secretFindings(data)));
      const disk = await statfs(data);
      const share = disk.bavail / Math.max(1, disk.blocks);
      const free = `${((disk.bavail * disk.bsize) / 2 ** 30).toFixed(1)} GiB (${(100 * share).toFixed(0)} %) free`;
      if (share < noDisk) findings.push(fail("disk", free, "Make room: what cannot be kept is refused."));
      else if (share < littleDisk) findings.push(warn("disk", free, "Make room, or shorten the retention of history."));
      else findings.push(ok("disk", free));
      return findings;
    },
  };
}

/** Files that only their owner may read. */
async function secretFindings(data: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const name of ["admin-token", "board-key.pem", "mqtt-accounts.json"]) {
    const file = path.join(data, name);
    const there = await stat(file).catch(() => undefined);
    if (there === undefined) continue;
    if ((there.mode & 0o077) !== 0) findings.push(fail("permissions", `${file} can be read by others`, `chmod 600 ${file}`));
    else if (name === "admin-token")
      findings.push(
        warn(
          "permissions",
          "nobody has set a password yet: the first-start token still opens everything",
          "Open the console with the link that the gateway prints, and set one.",
        ),
      );
  }
  return findings.length > 0 ? findings : [ok("permissions", "secrets are their owner's alone")];
}

/** The clock of this machine, and against the gateway's. */
export function clockCheck(
  now: () => number,
  synchronised: () => Promise<boolean | undefined>,
  gatewayDate: () => Promise<number | undefined>,
): DoctorCheck {
  const part = "clock";
  return {
    part,
    async look() {
      if (now() < oldest)
        return fail(part, `it is ${new Date(now()).toISOString()} here`, "Set the clock: times of readings and certificates depend on it.");
      const other = await gatewayDate();
      if (other !== undefined && Math.abs(other - now()) > 5000)
        return warn(
          part,
          `the gateway's clock differs by ${Math.round((other - now()) / 1000)} s`,
          "Let both machines take the time from the network.",
        );
      return (await synchronised()) === false
        ? warn(part, "it has not been set from the network", "See timedatectl; an isolated plant wants a time server of its own.")
        : ok(part, new Date(now()).toISOString());
    },
  };
}

/** The configuration, as the board itself reads it. */
export function configurationCheck(read: () => Promise<{ readonly sound: boolean; readonly text: string } | undefined>): DoctorCheck {
  const part = "configuration";
  return {
    part,
    async look() {
      const found = await read();
      if (found === undefined) return skip(part, "there is none yet; the first start writes one");
      return found.sound ? ok(part, found.text) : fail(part, found.text, "Mend each line of the message.");
    },
  };
}
