import { once } from "node:events";
import { createServer } from "node:net";
import test from "ava";
import { ListenRefused, listenError, PortTaken } from "../../../shared/base/listen-error.ts";

const attempt = { what: "the test", host: "127.0.0.1", port: 1, change: "--port" };

test("a taken port becomes an error that names it and how to choose another", async (t) => {
  const first = createServer().listen(0, "127.0.0.1");
  await once(first, "listening");
  t.teardown(() => first.close());
  const address = first.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const second = createServer().listen(port, "127.0.0.1");
  const [error] = await once(second, "error");
  const clear = listenError({ ...attempt, port }, error);
  t.true(clear instanceof PortTaken);
  t.is(
    `${clear}`,
    `EDGE_PORT_TAKEN: the test cannot listen on 127.0.0.1:${port}: another program has that port; stop it, or choose another port with --port`,
  );
});

test("other failures to listen are named as well, and unknown ones are left alone", (t) => {
  for (const code of ["EACCES", "EADDRNOTAVAIL", "ENOTFOUND"]) {
    const clear = listenError(attempt, Object.assign(new Error(code), { code }));
    t.true(clear instanceof ListenRefused && clear.message.includes("127.0.0.1:1"));
  }
  const unknown = new Error("other");
  t.is(listenError(attempt, unknown), unknown);
});
