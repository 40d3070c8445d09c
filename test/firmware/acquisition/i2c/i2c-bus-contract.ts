import type { TestFn } from "ava";
import type { I2cBus } from "../../../../shared/acquisition/ports.ts";
import type { ChipModel } from "../../../harness/fake-i2c-bus.ts";
import { Ads1115Model, absentChip, RegisterChip } from "../../../harness/fake-i2c-bus-chips.ts";

const never = new AbortController().signal;

/** What every adapter of the port I2cBus has to do. @param open gives a bus on which these chips sit */
export function i2cBusContract(test: TestFn, name: string, open: (chips: ReadonlyMap<number, ChipModel>) => Promise<I2cBus>): void {
  const openWithChips = () =>
    open(
      new Map<number, ChipModel>([
        [0x20, new RegisterChip()],
        [0x48, new Ads1115Model()],
        [0x49, absentChip],
      ]),
    );

  test(`${name}: what is written to registers is read from them`, async (t) => {
    const bus = await openWithChips();
    await bus.writeBlock(0x20, 0x10, Uint8Array.of(1, 2, 3), never);
    t.deepEqual([...(await bus.readBlock(0x20, 0x11, 3, never))], [2, 3, 0]);
    const long = Uint8Array.from({ length: 32 }, (_, index) => index);
    await bus.writeBlock(0x20, 0x40, long, never);
    t.deepEqual([...(await bus.readBlock(0x20, 0x40, 32, never))], [...long]);
    await bus.close();
  });

  test(`${name}: messages go as they are`, async (t) => {
    const bus = await openWithChips();
    await bus.write(0x48, Uint8Array.of(1), never);
    t.deepEqual([...(await bus.read(0x48, 2, never))], [0x85, 0x83]);
    await bus.close();
  });

  for (const address of [0x49, 0x50]) {
    test(`${name}: nobody answers at ${address}, whatever is asked; the bus stays up`, async (t) => {
      const bus = await openWithChips();
      const nobody = { code: "EDGE_I2C_NO_ANSWER" };
      await t.throwsAsync(bus.readBlock(address, 0, 1, never), nobody);
      await t.throwsAsync(bus.writeBlock(address, 0, Uint8Array.of(1), never), nobody);
      await t.throwsAsync(bus.read(address, 1, never), nobody);
      await t.throwsAsync(bus.write(address, Uint8Array.of(1), never), nobody);
      t.true(bus.up);
      await bus.close();
    });
  }

  test(`${name}: transfers that are asked for together all come to their end`, async (t) => {
    const bus = await openWithChips();
    await Promise.all(Array.from({ length: 20 }, (_, index) => bus.writeBlock(0x20, index, Uint8Array.of(index + 1), never)));
    const read = await Promise.all(Array.from({ length: 20 }, (_, index) => bus.readBlock(0x20, index, 1, never)));
    t.deepEqual(
      read.map(([value]) => value),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    await bus.close();
  });

  test(`${name}: who has stopped already sends nothing`, async (t) => {
    const bus = await openWithChips();
    await t.throwsAsync(bus.writeBlock(0x20, 0x10, Uint8Array.of(9), AbortSignal.abort()), { code: "EDGE_STOPPED" });
    t.deepEqual([...(await bus.readBlock(0x20, 0x10, 1, never))], [0]);
    await bus.close();
  });

  test(`${name}: closing twice is closing once`, async (t) => {
    const bus = await openWithChips();
    await bus.close();
    await t.notThrowsAsync(bus.close());
  });
}
