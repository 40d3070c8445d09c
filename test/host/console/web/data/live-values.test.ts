import test from "ava";
import { LiveValues } from "../../../../../host/console/web/src/data/live-values.ts";

const reading = (feature: string, value: number, received: number) => ({
  thing: "pump",
  feature,
  value,
  quality: "good" as const,
  source: received,
  received,
});

function opened() {
  const frames: (() => void)[] = [];
  const values = new LiveValues({ nextFrame: (work) => frames.push(work) });
  const draw = (): void => {
    for (const work of frames.splice(0)) work();
  };
  return { values, frames, draw };
}

test("a reader is told once a frame, however often its value changed", (t) => {
  const { values, frames, draw } = opened();
  let told = 0;
  values.subscribe("pump", "level", () => told++);
  for (let at = 1; at <= 100; at++) values.take([reading("level", at, at)]);
  t.is(frames.length, 1);
  t.is(told, 0);
  draw();
  t.is(told, 1);
  t.is(values.get("pump", "level")?.value, 100);
});

test("of a thousand values that stream, only those on the screen are drawn", (t) => {
  const { values, draw } = opened();
  const told = new Map<string, number>();
  for (const feature of ["f3", "f5"]) values.subscribe("pump", feature, () => told.set(feature, (told.get(feature) ?? 0) + 1));
  values.take(Array.from({ length: 1000 }, (_, index) => reading(`f${index}`, 1, 1)));
  draw();
  t.deepEqual([...told].sort(), [
    ["f3", 1],
    ["f5", 1],
  ]);
});

test("a value that comes late does not replace a newer one", (t) => {
  const { values } = opened();
  values.take([reading("level", 2, 20), reading("level", 1, 10)]);
  t.is(values.get("pump", "level")?.value, 2);
});

test("the same object is given until the value changes", (t) => {
  const { values } = opened();
  values.take([reading("level", 2, 20)]);
  t.is(values.get("pump", "level"), values.get("pump", "level"));
});

test("a reader that has gone is not told", (t) => {
  const { values, draw } = opened();
  let told = 0;
  const end = values.subscribe("pump", "level", () => told++);
  values.take([reading("level", 1, 1)]);
  end();
  draw();
  t.is(told, 0);
});
