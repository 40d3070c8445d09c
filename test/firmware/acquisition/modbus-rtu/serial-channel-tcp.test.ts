import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import test from "ava";
import { TcpSerialChannel } from "../../../../firmware/acquisition/modbus-rtu/serial-channel-tcp.ts";
import { NodeClock } from "../../../../firmware/platform/clock-node.ts";
import { millis } from "../../../../shared/base/units.ts";
import { freePort } from "../../../harness/free-port.ts";
import { serialChannelContract } from "./serial-channel-contract.ts";

serialChannelContract(test, "TCP", async (t) => {
  const heard: number[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => heard.push(...chunk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const vanish = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(vanish);
  const nowhere = await freePort();
  const parts = { host: "127.0.0.1", port: address.port, connectTimeout: millis(30_000), clock: new NodeClock() };
  return {
    open: (events) => new TcpSerialChannel(parts, events),
    openNowhere: (events) => new TcpSerialChannel({ ...parts, port: nowhere }, events),
    write: (bytes) => sockets.at(-1)?.write(bytes),
    heard: () => heard,
    vanish,
  };
});
