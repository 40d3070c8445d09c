import test from "ava";
import { checkUplink } from "../../../shared/connectors/check-uplink.ts";
import type { UplinkConfig } from "../../../shared/connectors/uplink-config.ts";

const paths = (uplink: UplinkConfig): readonly string[] => [...checkUplink("/uplink", uplink)].map(({ path }) => path);

test("settings that need each other are asked for", (t) => {
  t.deepEqual(
    paths({ url: "mqtts://gateway", username: "b", passwordFile: "p", ca: "c", certificate: "x", key: "k", keepAlive: "5 s" }),
    [],
  );
  t.deepEqual(paths({ url: "mqtt://gateway", passwordFile: "p" }), ["/uplink/username"]);
  t.deepEqual(paths({ url: "mqtts://gateway", certificate: "x" }), ["/uplink/key"]);
  t.deepEqual(paths({ url: "mqtts://gateway", key: "x" }), ["/uplink/certificate"]);
});

test("certificates mean nothing without encryption", (t) => {
  t.deepEqual(paths({ url: "mqtt://gateway", ca: "c" }), ["/uplink/url"]);
});

test("a keep-alive below one second is too short", (t) => {
  t.deepEqual(paths({ url: "mqtt://gateway", keepAlive: "200 ms" }), ["/uplink/keepAlive"]);
});
