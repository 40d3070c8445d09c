import test from "ava";
import { isJsonObject } from "../../shared/base/json.ts";
import { itemsOf } from "../harness/gateway-check.ts";
import { RunningGateway } from "../harness/running-gateway.ts";
import { eventually } from "../harness/watched-board.ts";

test("an own board that ends five times in ten minutes is an alarm, and the node page says what to do", async (t) => {
  t.timeout(180_000);
  const gateway = await RunningGateway.start({ config: { id: "centre" } });
  t.teardown(() => gateway.clean());
  const board = async () => {
    const node = await gateway.ask("GET", "/api/v1/node");
    const standing = isJsonObject(node["board"]) ? node["board"] : {};
    return { state: standing["state"], pid: Number(standing["pid"]), problems: JSON.stringify(node["problems"]) };
  };
  for (let end = 1; end <= 5; end++) {
    let pid = 0;
    await eventually(async () => {
      const now = await board();
      pid = now.pid;
      return now.state === "running" && Number.isInteger(pid);
    });
    process.kill(pid, "SIGKILL");
    await eventually(async () => (await board()).state !== "running");
  }
  const { state, problems } = await board();
  t.is(state, "failed");
  t.regex(problems, /SIGKILL/);
  t.regex(problems, /board\.log/);
  const told = itemsOf(await gateway.ask("GET", "/api/v1/events?limit=500")).filter(({ type }) => type === "board.process-failed");
  t.like(told, [{ kind: "node", id: "own-board", severity: "alarm" }]);
  t.is(told.length, 1);
  // It is shown to people as well.
  const notices = itemsOf(await gateway.ask("GET", "/api/v1/notices?limit=50"));
  t.true(notices.some(({ type }) => type === "board.process-failed"));
});
