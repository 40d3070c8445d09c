import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

// Plays the board for tests of the supervisor. What it does stands in the file `behaviour` of its data directory, word by word:
// fail: a line and exit code 1 · crash: exit code 7 before it is ready · mute: never ready · deaf: SIGTERM is ignored · orphan: says when its
// supervisor goes. Each start adds a line with its process id to the file `starts`.
const data = process.argv[process.argv.indexOf("--data") + 1] ?? ".";
const file = path.join(data, "behaviour");
const behaviour = existsSync(file) ? readFileSync(file, "utf8").split(" ") : [];

appendFileSync(path.join(data, "starts"), `${process.pid}\n`);
if (behaviour.includes("fail")) {
  console.error("penstock: the stand-in does not want to start");
  process.exit(1);
}
if (behaviour.includes("crash")) process.exit(7);
if (behaviour.includes("crash-once")) {
  rmSync(file);
  process.exit(7);
}
process.on("SIGTERM", () => {
  if (!behaviour.includes("deaf")) process.exit(0);
});
process.on("disconnect", () => writeFileSync(path.join(data, "orphaned"), "yes"));
console.log(JSON.stringify({ level: 30, time: Date.now(), name: "board", msg: "not for people" }));
console.log(JSON.stringify({ level: 40, time: Date.now(), name: "board", line: "station", msg: "worth a look" }));
if (!behaviour.includes("mute")) {
  const ready = { addresses: ["mqtt://127.0.0.1:1883"], health: "http://127.0.0.1:9464" };
  writeFileSync(path.join(data, "board-ready.json"), JSON.stringify({ pid: process.pid, ...ready }));
  if (process.connected) process.send?.({ kind: "ready", ...ready });
}
setInterval(() => undefined, 60_000);
