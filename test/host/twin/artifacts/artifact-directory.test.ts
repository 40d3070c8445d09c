import { createHash } from "node:crypto";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { ArtifactDirectory } from "../../../../host/twin/artifacts/artifact-directory.ts";
import { ArtifactDamaged, ArtifactSpaceFull, ArtifactTooLarge } from "../../../../host/twin/artifacts/artifact-errors.ts";
import { Stopped } from "../../../../shared/base/stop-signal.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const never = new AbortController().signal;

async function* chunks(...parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield part;
}

async function bytesOf(all: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of all) parts.push(part);
  return Buffer.concat(parts);
}

const bytesKept = (files: ArtifactDirectory): number | undefined => files.metrics()[0]?.values[0]?.value;

async function open(t: ExecutionContext, bounds = { one: 1000, all: 1500 }): Promise<{ files: ArtifactDirectory; directory: string }> {
  const directory = path.join(await temporaryDirectory(t), "artifacts");
  return { files: await ArtifactDirectory.open(directory, bounds), directory };
}

test("what is written comes back byte for byte, under its SHA-256, and the same bytes are kept once", async (t) => {
  const { files, directory } = await open(t, { one: 100_000, all: 10_000_000 });
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), async (parts) => {
        const whole = Buffer.concat(parts);
        const { sha256, size } = await files.write(chunks(...parts), never);
        await files.write(chunks(whole), never);
        return (
          size === whole.length &&
          sha256 === createHash("sha256").update(whole).digest("hex") &&
          whole.equals(await bytesOf(files.read(sha256)))
        );
      }),
      { numRuns: 40 },
    ),
  );
  const kept = readdirSync(directory);
  t.is(
    bytesKept(files),
    kept.reduce((sum, name) => sum + statSync(path.join(directory, name)).size, 0),
  );
  t.true(kept.every((name) => (statSync(path.join(directory, name)).mode & 0o077) === 0));
});

test("an artifact beyond its bound is refused and leaves nothing behind", async (t) => {
  const { files, directory } = await open(t);
  await t.throwsAsync(files.write(chunks(new Uint8Array(600), new Uint8Array(401)), never), { instanceOf: ArtifactTooLarge });
  t.deepEqual(readdirSync(directory), []);
  t.is(bytesKept(files), 0);
});

test("all artifacts together keep their bound, and room that is made is used", async (t) => {
  const { files } = await open(t);
  const first = await files.write(chunks(new Uint8Array(1000).fill(1)), never);
  await t.throwsAsync(files.write(chunks(new Uint8Array(600).fill(2)), never), { instanceOf: ArtifactSpaceFull });
  await files.remove(first.sha256);
  await files.remove(first.sha256);
  t.is((await files.write(chunks(new Uint8Array(600).fill(2)), never)).size, 600);
  t.is(bytesKept(files), 600);
});

test("a stopped upload and one that breaks off leave nothing behind", async (t) => {
  const { files, directory } = await open(t);
  const stop = new AbortController();
  stop.abort();
  await t.throwsAsync(files.write(chunks(new Uint8Array(9)), stop.signal), { instanceOf: Stopped });
  const breaking = async function* (): AsyncIterable<Uint8Array> {
    yield new Uint8Array(9);
    throw new Error("the connection broke");
  };
  await t.throwsAsync(files.write(breaking(), never), { message: /connection/ });
  t.deepEqual(readdirSync(directory), []);
  t.is(bytesKept(files), 0);
});

test("bytes that changed on disk, and ones that are gone, are not given out as whole", async (t) => {
  const { files, directory } = await open(t);
  const { sha256 } = await files.write(chunks(Buffer.from("firmware")), never);
  writeFileSync(path.join(directory, sha256), "firmwarE");
  await t.throwsAsync(bytesOf(files.read(sha256)), { instanceOf: ArtifactDamaged, message: /other bytes/ });
  await t.throwsAsync(bytesOf(files.read("0".repeat(64))), { instanceOf: ArtifactDamaged, message: /missing/ });
  await t.throwsAsync(bytesOf(files.read("../../etc/passwd")), { instanceOf: ArtifactDamaged, message: /no SHA-256/ });
});

test("a directory that is opened again counts what is there and clears away what was interrupted", async (t) => {
  const { files, directory } = await open(t);
  await files.write(chunks(new Uint8Array(700)), never);
  writeFileSync(path.join(directory, "0011223344556677.part"), "half");
  const again = await ArtifactDirectory.open(directory, { one: 1000, all: 1500 });
  t.is(bytesKept(again), 700);
  t.is(readdirSync(directory).length, 1);
});
