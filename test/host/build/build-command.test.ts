import test from "ava";
import { readBuildCommand } from "../../../host/build/build-command.ts";

test("without arguments everything is built, and a target that cannot be built is no failure", (t) => {
  t.deepEqual(readBuildCommand([]), {
    name: "build",
    schemas: true,
    targets: ["linux-x64", "linux-arm64", "linux-armv7"],
    named: false,
  });
  t.deepEqual(readBuildCommand(["board"]), { ...readBuildCommand([]), schemas: false });
});

test("targets, the folder and Node are asked for by name", (t) => {
  t.deepEqual(readBuildCommand(["linux-armv7", "--out", "here", "--node-major", "20"]), {
    name: "build",
    schemas: false,
    targets: ["linux-armv7"],
    named: true,
    out: "here",
    withNode: 20,
  });
  t.deepEqual(readBuildCommand(["board", "--with-node"]), { ...readBuildCommand(["board"]), withNode: "newest" });
  t.deepEqual(readBuildCommand(["schema"]), { name: "build", schemas: true, targets: [], named: false });
});

test("bundles are verified by folder", (t) => {
  t.deepEqual(readBuildCommand(["verify", "a", "b"]), { name: "verify", folders: ["a", "b"] });
  t.deepEqual(readBuildCommand(["natives"]), { name: "natives" });
});

test("what the build does not know is answered with what it knows", (t) => {
  for (const args of [["linux-mips"], ["verify"], ["--quick"], ["board", "--node-major", "new"]])
    t.throws(() => readBuildCommand(args), { code: "EDGE_BUILD_FAILED", message: /usage: npm run build/ });
});
