import { chmod, readFile, rm, stat, writeFile } from "node:fs/promises";
import test from "ava";
import { openRoom, putUser } from "./open-room.ts";

test("while there are no users the data directory holds a token that nobody else can read", async (t) => {
  const { room, directory } = await openRoom(t);
  const { path, token = "" } = await room.firstStart();
  t.is(path, `${directory}/admin-token`);
  t.is((await stat(path)).mode & 0o777, 0o600);
  t.is((await readFile(path, "utf8")).trim(), token);
  t.regex(token, /^pst_[0-9A-Za-z]{43}$/);
});

test("a start with the file there keeps its token; one without makes another, and so does one where others could read it", async (t) => {
  const one = await openRoom(t);
  const { path, token } = await one.room.firstStart();
  const start = async () => (await openRoom(t, { directory: one.directory })).room.firstStart();
  t.is((await start()).token, token);
  await rm(path);
  const lost = (await start()).token;
  t.not(lost, token);
  await chmod(path, 0o644);
  const open = (await start()).token;
  t.not(open, lost);
  t.is((await stat(path)).mode & 0o777, 0o600);
  await writeFile(path, "nonsense\n");
  t.regex((await start()).token ?? "", /^pst_/);
});

test("with users there is no token, and a file that was left is removed", async (t) => {
  const one = await openRoom(t);
  const { path } = await one.room.firstStart();
  await putUser(one.store, "ann", [["admin", "all"]]);
  t.deepEqual(await one.room.firstStart(), { path });
  await t.throwsAsync(stat(path), { code: "ENOENT" });
  await writeFile(path, "left over\n");
  const again = await openRoom(t, { store: one.store, directory: one.directory });
  t.deepEqual(await again.room.firstStart(), { path });
  await t.throwsAsync(stat(path), { code: "ENOENT" });
});
