import type { TestFn } from "ava";
import type { BoardTransport } from "../../../../host/broker/transport/board-transport.ts";
import { until } from "../../../harness/until.ts";

/** A transport with boards at its other end. */
export interface OpenedTransport {
  readonly transport: BoardTransport;
  /** A board that hears what is sent to it, and speaks. */
  join(board: string, receive: (payload: Uint8Array) => void): Promise<(payload: Uint8Array) => void>;
  data(thing: string, feature: string, payload: Uint8Array): void;
  /** The way breaks; it is mended a moment later. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: Uint8Array): string => new TextDecoder().decode(payload);

/** What every way to boards has to do. */
export function boardTransportContract(test: TestFn, name: string, open: () => Promise<OpenedTransport>): void {
  const begin = async () => {
    const opened = await open();
    const heard: string[] = [];
    const values: string[] = [];
    let ups = 0;
    let downs = 0;
    opened.transport.listen({
      up: () => void ups++,
      down: () => void downs++,
      message: (board, payload) => void heard.push(`${board} ${text(payload)}`),
      data: (thing, feature, payload) => void values.push(`${thing} ${feature} ${text(payload)}`),
    });
    await until(() => ups === 1);
    return { ...opened, heard, values, counts: () => ({ ups, downs }) };
  };

  test(`${name}: messages go both ways, each to its board, in order`, async (t) => {
    const { transport, join, heard, close } = await begin();
    const got: string[] = [];
    const say = await join("a", (payload) => void got.push(`a ${text(payload)}`));
    await join("b", (payload) => void got.push(`b ${text(payload)}`));
    t.true(transport.connected);
    transport.send("a", bytes("1"));
    transport.send("b", bytes("2"));
    transport.send("a", bytes("3"));
    for (let at = 0; at < 5; at++) say(bytes(`${at}`));
    await until(() => got.length === 3 && heard.length === 5);
    t.deepEqual(
      got.filter((one) => one.startsWith("a")),
      ["a 1", "a 3"],
    );
    t.deepEqual(heard, ["a 0", "a 1", "a 2", "a 3", "a 4"]);
    await close();
  });

  test(`${name}: samples of data topics arrive with their names`, async (t) => {
    const { data, values, close } = await begin();
    data("pump", "speed", bytes("7"));
    await until(() => values.length === 1);
    t.deepEqual(values, ["pump speed 7"]);
    await close();
  });

  test(`${name}: a way that breaks is told of, and mended by itself`, async (t) => {
    const { cut, join, heard, counts, close } = await begin();
    await cut();
    await until(() => counts().ups === 2);
    t.is(counts().downs, 1);
    const say = await join("a", () => {});
    say(bytes("again"));
    await until(() => heard.includes("a again"));
    await close();
  });

  test(`${name}: after close nothing is heard, and closing again does no harm`, async (t) => {
    const { transport, join, heard, close } = await begin();
    const say = await join("a", () => {});
    await transport.close();
    say(bytes("late"));
    transport.send("a", bytes("late"));
    await new Promise((resolve) => setImmediate(resolve));
    t.deepEqual([heard, transport.connected], [[], false]);
    await transport.close();
    await close();
  });
}
