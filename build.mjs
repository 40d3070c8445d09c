#!/usr/bin/env node
// Everything the npm scripts do. Runs on any Node ≥ 20 with nothing installed: it installs what is missing first, then hands over to the
// pinned Node. usage: node build.mjs start|board|penstock|test|lab|check|bench|build|hash-password [arguments]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = path.dirname(fileURLToPath(import.meta.url));
const at = (...parts) => path.join(root, ...parts);
const manifest = JSON.parse(readFileSync(at("package.json"), "utf8"));
const ci = process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false";

/** A failure that is the user's to mend: shown as one line, without a stack. */
class Trouble extends Error {}

const say = (text) => process.stderr.write(`${text}\n`);

/** Runs a program to its end, showing what it prints. @returns its exit code */
function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit", ...options });
  if (error) throw new Trouble(`${program}: ${error.message}`);
  return status ?? 1;
}

/** Runs a program that is only of interest when it fails. */
function runQuietly(program, args, whatFor, options = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 64 << 20, ...options });
  if (error || status !== 0) {
    throw new Trouble(
      `${whatFor} failed: ${program} ${args.join(" ")}\n${error ? error.message : `${stdout}\n${stderr}`.trim().split("\n").slice(0, 40).join("\n")}`,
    );
  }
  return stdout;
}

/** Says what is being done and how long it took. */
async function step(title, work) {
  process.stderr.write(`penstock: ${title} … `);
  const begun = Date.now();
  await work();
  say(`${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

// ---- what must be there -------------------------------------------------------------------------------------------------------------

/** The Node that everything runs under: the pinned one, or the machine's own where no pinned one exists and that one is new enough. */
function pinnedNode() {
  const own = at("node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(own)) return own;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new Trouble(`no pinned Node for ${process.platform}-${process.arch} and this one is ${process.version}: install Node 24`);
}

/** Fingerprint of all that decides what is installed. */
function lockPrint() {
  const hash = createHash("sha256");
  hash.update(readFileSync(at("package-lock.json")));
  return `${hash.digest("hex")} ${process.platform}-${process.arch}`;
}

async function installDependencies() {
  const stamp = at("node_modules", ".penstock-setup");
  const print = lockPrint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === print) return;
  // npm itself must run on the Node that started it: the pinned one is about to be deleted and written anew.
  const node = process.env.npm_node_execpath ?? process.execPath;
  const npm = process.env.npm_execpath;
  const [program, prefix] = npm ? [node, [npm]] : ["npm", []];
  await step("installing packages from the lock file (once, about 20 s)", () =>
    runQuietly(program, [...prefix, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], "npm ci"),
  );
  writeFileSync(stamp, print);
}

/** What has no prebuilt binary is compiled against the pinned Node's own headers: when it is missing, or older than its source. */
async function compileNatives() {
  if (process.platform !== "linux") return;
  const own = at("firmware", "platform", "native");
  const sources = existsSync(own) ? readdirSync(own).filter((file) => /\.[ch]$/.test(file)) : [];
  const parts = [
    [at("node_modules", "i2c-bus", "src", "i2c.cc"), at("node_modules", "i2c-bus", "build", "Release", "i2c.node")],
    ...sources
      .filter((file) => file.endsWith(".c"))
      .map((file) => [path.join(own, file), path.join(own, "build", `${file.slice(0, -2)}.node`)]),
  ];
  const changed = (file) => statSync(file).mtimeMs;
  if (parts.every(([source, target]) => existsSync(target) && changed(target) >= changed(source))) return;
  await step("compiling native parts (a C++ compiler such as g++ is needed)", () => {
    runQuietly(pinnedNode(), [at("host", "build", "main.ts"), "natives"], "compiling native parts", { env: environment() });
  });
}

/** Names of all files below a folder, in order. */
const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();

/** The web console is built when its sources, or what they are built with, are others than last time. */
async function buildConsole() {
  const target = at("dist", "console");
  const stamp = path.join(target, ".built-from");
  const hash = createHash("sha256").update(lockPrint());
  for (const file of [...filesBelow(at("host", "console", "web")), ...filesBelow(at("shared"))])
    hash.update(path.relative(root, file)).update(readFileSync(file));
  const print = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === print) return;
  await step("building the console (when its sources changed, about 5 s)", () =>
    runQuietly(
      pinnedNode(),
      [at("node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "error", "--outDir", target, "--emptyOutDir"],
      "building the console",
      { cwd: at("host", "console", "web"), env: environment() },
    ),
  );
  writeFileSync(stamp, print);
}

/** The XS engine that the portable core is tested in comes as source. */
async function compileXs() {
  const folder = at("node_modules", "@agoric", "xsnap");
  if (existsSync(path.join(folder, "xsnap-native/xsnap/build/bin/lin/release/xsnap-worker"))) return;
  await step("compiling the XS engine for the tests (once, about 40 s)", () =>
    runQuietly(
      "/bin/sh",
      ["-c", "{ cat build.env; echo node src/build.js; } | xargs env"],
      "compiling XS (it needs a C compiler and make)",
      { cwd: folder },
    ),
  );
}

/** Programs from Debian that tests talk to or builds run, listed in package.json by the package that brings them. */
async function installPeers(wanted, without = "the tests that need them are skipped") {
  const missing = Object.entries(wanted).filter(
    ([, probe]) => spawnSync("/bin/sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin"; ${probe}`], { stdio: "ignore" }).status !== 0,
  );
  if (missing.length === 0) return;
  const packages = missing.map(([name]) => name);
  const root = process.getuid?.() === 0;
  if (root && spawnSync("apt-get", ["--version"], { stdio: "ignore" }).status === 0) {
    await step(`installing from Debian: ${packages.join(" ")}`, () => {
      const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      const install = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
      if (spawnSync("apt-get", install, { stdio: "ignore", env: environment }).status === 0) return;
      runQuietly("apt-get", ["update", "-qq"], "apt-get update", { env: environment });
      runQuietly("apt-get", install, "apt-get install", { env: environment });
    });
    return;
  }
  const line = `missing: ${packages.join(" ")} (apt-get install ${packages.join(" ")})`;
  if (ci) throw new Trouble(`${line}; with CI set nothing may be skipped`);
  say(`penstock: ${line}; ${without}`);
}

// ---- commands -----------------------------------------------------------------------------------------------------------------------

/** Environment in which `node` is the pinned Node for everything that is started. */
const environment = () => ({
  ...process.env,
  PATH: `${path.dirname(pinnedNode())}${path.delimiter}${at("node_modules", ".bin")}${path.delimiter}${process.env.PATH ?? ""}`,
});

const tool = (script, args, options = {}) => run(pinnedNode(), [at("node_modules", script), ...args], { env: environment(), ...options });

/** Hands over to a program of ours under the pinned Node, in this process where this already is that Node. */
async function handOver(script, args) {
  if (process.execPath === pinnedNode()) {
    process.argv.splice(1, process.argv.length - 1, script, ...args);
    await import(pathToFileURL(script).href);
    return undefined;
  }
  const child = spawn(pinnedNode(), [script, ...args], { stdio: "inherit", env: environment() });
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone has to be passed on.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {});
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** One run of the test runner. @returns its exit code and its counts */
async function runAva(args, variables) {
  const child = spawn(pinnedNode(), [at("node_modules", "ava", "entrypoints", "cli.mjs"), ...args], {
    cwd: root,
    stdio: ["inherit", "pipe", "inherit"],
    env: { ...environment(), ...variables },
  });
  let report = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    process.stdout.write(chunk);
    report += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", (status) => resolve(status ?? 1)));
  const count = (pattern) => [...report.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
  const failed = count(
    /^\s*(\d+) (?:tests? failed|uncaught exceptions?|unhandled rejections?|test files? .*fail.*|tests? remained pending.*)$/gm,
  );
  return {
    code,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: count(/^\s*(\d+) tests? (?:skipped|todo)$/gm),
    // The runner gives the number that passed only when all did; each of them has a line of its own.
    passed: count(/^\s*(\d+) tests? passed$/gm) || [...report.matchAll(/^\s*✔ /gm)].length,
  };
}

const labFile = "test/lab/lab.test.ts";

/** Runs tests and ends with the counts, alone on a line. A virtual machine wants a processor for itself: the lab has a run of its own. */
async function runTests(args, lab) {
  await installPeers({ ...manifest.penstock.testPeers, ...(lab ? manifest.penstock.labPeers : {}) });
  const asked = args.length > 0 ? [args] : lab ? [["test/**/*.test.ts", `!${labFile}`], [labFile]] : [[]];
  const total = { code: 0, passed: 0, failed: 0, skipped: 0 };
  for (const files of asked) {
    const counts = await runAva(files, lab ? { PENSTOCK_LAB: "1" } : {});
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  if (ci && total.skipped > 0) throw new Trouble("tests were skipped, and with CI set nothing may be skipped");
  return total.code === 0 ? 0 : 1;
}

const commands = {
  /** The gateway: supervisor, own board, simulated pump station, API and console. */
  async start(args) {
    await buildConsole();
    return handOver(at("host", "launch.ts"), args);
  },

  /** A board alone. */
  async board(args) {
    return handOver(at("firmware", "launch.ts"), args);
  },

  /** The command line of a running gateway. */
  async penstock(args) {
    return handOver(at("host", "main-cli.ts"), args);
  },

  async check() {
    const checks = [
      ["types of the portable core", () => tool("typescript/bin/tsc", ["-p", at("shared")])],
      ["types", () => tool("typescript/bin/tsc", ["-p", root])],
      ["types of the console", () => tool("typescript/bin/tsc", ["-p", at("host", "console", "web")])],
      ["format and lint", () => tool("@biomejs/biome/bin/biome", ["check", "."])],
      ["architecture", () => tool("ava/entrypoints/cli.mjs", ["test/architecture.test.ts"])],
    ];
    let failed = 0;
    for (const [title, work] of checks) {
      say(`penstock: checking ${title}`);
      if (work() !== 0) failed += 1;
    }
    return failed === 0 ? 0 : 1;
  },

  async test(args) {
    await compileXs();
    await buildConsole();
    return runTests(args, ci);
  },

  /** The built bundle in virtual machines, alone. */
  async lab(args) {
    return runTests([labFile, ...args], true);
  },

  async bench(args) {
    const { benchPeers, labPeers } = manifest.penstock;
    await installPeers(args.includes("lab") ? { ...benchPeers, ...labPeers } : benchPeers);
    await buildConsole();
    return run(pinnedNode(), [at("test", "bench", "main.ts"), ...args], { env: environment() });
  },

  async "hash-password"() {
    return run(pinnedNode(), [at("firmware", "main-hash-password.ts")], { env: environment() });
  },

  async build(args) {
    const schemasOnly = args.length > 0 && args.every((arg) => arg === "schema");
    if (!schemasOnly && args[0] !== "verify") await installPeers(manifest.penstock.buildPeers, "the targets that need them are left out");
    return run(pinnedNode(), [at("host", "build", "main.ts"), ...args], { env: environment() });
  },
};

// ---- main ---------------------------------------------------------------------------------------------------------------------------

// As a program that npm linked, this is the command line and nothing else.
const linked = path.basename(process.argv[1] ?? "") === "penstock";
const [name, ...args] = linked ? ["penstock", ...process.argv.slice(2)] : process.argv.slice(2);
try {
  const command = Object.hasOwn(commands, name ?? "") ? commands[name] : undefined;
  if (command === undefined) throw new Trouble(`usage: node build.mjs ${Object.keys(commands).join("|")} [arguments]`);
  await installDependencies();
  await compileNatives();
  const code = await command(args);
  if (code !== undefined) process.exitCode = code;
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  say(`penstock: ${error.message}`);
  process.exitCode = 1;
}
