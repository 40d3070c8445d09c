// A process that plays many Modbus TCP units at once, fast and without opinion. usage: node modbus-farm.ts [still]; it prints its port.
import { createServer } from "node:net";

/** Each register holds its address plus a counter that moves with every read, so that every poll brings a change; or that stands still. */
let turn = 0;
const step = process.argv[2] === "still" ? 0 : 1;

const server = createServer((socket) => {
  socket.setNoDelay(true);
  /** A connection is a unit: what was written to it stays. */
  const written = new Map<number, number>();
  let rest: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const replies: Buffer[] = [];
    while (bytes.length >= 6 && bytes.length >= 6 + bytes.readUInt16BE(4)) {
      const size = 6 + bytes.readUInt16BE(4);
      replies.push(answer(bytes.subarray(0, size), written));
      bytes = bytes.subarray(size);
    }
    rest = bytes;
    if (replies.length > 0) socket.write(replies.length === 1 ? (replies[0] ?? Buffer.alloc(0)) : Buffer.concat(replies));
  });
});

function answer(request: Buffer, written: Map<number, number>): Buffer {
  const code = request[7] ?? 0;
  const address = request.readUInt16BE(8);
  if (code === 6) {
    written.set(address, request.readUInt16BE(10));
    return Buffer.from(request);
  }
  const quantity = request.readUInt16BE(10);
  const reply = Buffer.allocUnsafe(9 + quantity * 2);
  request.copy(reply, 0, 0, 8);
  reply.writeUInt16BE(3 + quantity * 2, 4);
  reply[8] = quantity * 2;
  turn = (turn + step) & 0x3fff;
  for (let i = 0; i < quantity; i += 1) {
    const at = address + i;
    reply.writeUInt16BE((written.size > 0 ? written.get(at) : undefined) ?? (at + turn) & 0xffff, 9 + i * 2);
  }
  return reply;
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" && address !== null ? address.port : 0);
});
process.once("disconnect", () => process.exit(0));
