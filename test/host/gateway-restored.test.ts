import { writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { restoreBackup } from "../../host/twin/store/restore-backup.ts";
import { isJsonObject } from "../../shared/base/json.ts";
import { RunningGateway } from "../harness/running-gateway.ts";
import { ScratchDirectory } from "../harness/scratch-directory.ts";
import { eventually } from "../harness/watched-board.ts";

const config = { id: "centre" };

test("a gateway that is restored from an old backup is in charge of its boards again", async (t) => {
  t.timeout(120_000);
  using scratch = new ScratchDirectory();
  let gateway = await RunningGateway.start({ config });
  t.teardown(() => gateway.clean());
  const standsAs = async (...states: readonly string[]): Promise<string> => {
    let state = "";
    await eventually(async () => {
      const { link } = await gateway.ask("GET", "/api/v1/boards/centre");
      state = isJsonObject(link) ? String(link["state"]) : "";
      return states.includes(state);
    });
    return state;
  };
  await standsAs("online");
  const file = path.join(scratch.path, "backup");
  writeFileSync(file, Buffer.from(await (await gateway.request("GET", "/api/v1/backup")).arrayBuffer()));
  // Each start is a newer gateway for the board.
  for (let start = 0; start < 3; start++) {
    await gateway.stop();
    gateway = await RunningGateway.start({ config, data: gateway.data });
    await standsAs("online");
  }
  await gateway.stop();
  await restoreBackup(file, gateway.data, true);
  gateway = await RunningGateway.start({ config, data: gateway.data });
  t.is(await standsAs("online", "fenced"), "online");
});
