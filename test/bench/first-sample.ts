// Dials a broker that is not there yet, subscribes to samples and twins the moment it is, and reports the first good one. Talks to its parent over IPC.
import { connect, createServer } from "node:net";
import { generate } from "mqtt-packet";

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  server.close(() => {
    process.send?.(String(port));
    dial(port);
  });
});

function dial(port: number): void {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => setTimeout(dial, 2, port));
  socket.setNoDelay(true);
  socket.on("connect", () => {
    socket.write(generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clientId: "first", clean: true, keepalive: 60 }));
    socket.write(
      generate({
        cmd: "subscribe",
        messageId: 1,
        subscriptions: ["penstock/v1/+/data/#", "penstock/v1/+/twin/+/reported"].map((topic) => ({ topic, qos: 0 as const })),
      }),
    );
  });
  let seen = "";
  socket.on("data", (chunk) => {
    seen += chunk.toString("latin1");
    if (seen.includes('"quality":"good"')) process.send?.("good");
  });
}
