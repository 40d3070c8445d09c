import test from "ava";
import { pumpStationRegisters } from "../../../host/acquisition/simulator/pump-station-registers.ts";
import { whereToLook } from "../../../host/console/where-to-look.ts";

const running = {
  version: "1.2.3",
  simulator: "127.0.0.1:5020",
  console: "http://127.0.0.1:8080",
  addresses: ["ws://127.0.0.1:9001", "mqtt://127.0.0.1:1884"],
  health: "http://127.0.0.1:9464",
  data: "/srv/data",
  folder: "/srv",
  config: "/srv/data/penstock.json",
  boardLog: "/srv/data/board.log",
};

test("the commands name the port of the plain MQTT listener and points that the station has", (t) => {
  const text = whereToLook(running);
  t.true(text.includes("mosquitto_sub -h 127.0.0.1 -p 1884 "));
  const named = [...text.matchAll(/npx penstock set pump-station\/([a-z0-9-]+) /g)].map((match) => match[1]);
  t.deepEqual(named, ["mode", "pump-1", "mode"]);
  for (const name of named) t.true(pumpStationRegisters.some(({ id, write }) => id === name && write !== undefined));
});

test("without simulator there is no pump to start", (t) => {
  const { simulator: _simulator, ...rest } = running;
  const text = whereToLook(rest);
  t.false(text.includes("pump-"));
  t.true(text.includes("mosquitto_sub"));
});

test("without a plain MQTT listener no command is offered that would not work", (t) => {
  t.false(whereToLook({ ...running, addresses: ["mqtts://10.0.0.1:8883"] }).includes("mosquitto"));
});

test("the link of the first start opens the console with its token, and is gone when there are users", (t) => {
  const text = whereToLook({ ...running, firstStart: { file: "/srv/data/admin-token", token: "pst_x" } });
  t.true(text.includes("http://127.0.0.1:8080/#token=pst_x") && text.includes("/srv/data/admin-token"));
  t.false(whereToLook(running).includes("token"));
});

test("commands name an address and a data directory that are not the usual ones", (t) => {
  const text = whereToLook({ ...running, console: "http://127.0.0.1:8081", folder: "/home/anna" });
  t.true(text.includes("npx penstock --url http://127.0.0.1:8081 --data /srv/data set pump-station/mode manual"));
});
