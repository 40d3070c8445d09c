import { XsMachine } from "./xs-machine.ts";

/** Two functions that call themselves before they do something; the second has ten locals more, so ten slots more a frame. */
const probes = `
function narrowBelow(frames, work) { if (frames > 0) { const deep = narrowBelow(frames - 1, work); return deep; } return work(); }
function wideBelow(frames, work) { if (frames > 0) { const a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10;
  const deep = wideBelow(frames - 1, work); return deep + a + b + c + d + e + f + g + h + i + j; } return work(); }
globalThis.narrowBelow = narrowBelow; globalThis.wideBelow = wideBelow; 0`;
const extraLocals = 10;
const stackOverflow = 12;

/** How many frames of a probe leave room enough for `work`; one more ends the machine. */
async function framesThatFit(script: string, probe: string, work: string): Promise<number> {
  const machine = await XsMachine.open();
  let frames = 0;
  try {
    await machine.load(script);
    await machine.load(probes);
    // What is made once is made before the stack gets tight.
    await machine.ask(`(() => { ${work}; })()`);
    for (;;) {
      await machine.ask(`${probe}(${frames}, () => { ${work}; })`);
      frames++;
    }
  } catch (error) {
    const { code } = await machine.close();
    if (code !== stackOverflow) throw error;
    return frames - 1;
  }
}

/** Gives the slots of stack that a piece of work takes beyond an empty function, to the next multiple of a probe's frame: about ten. */
export async function probeStack(script: string): Promise<(work: string) => Promise<number>> {
  const idle = await framesThatFit(script, "narrowBelow", "");
  const idleWide = await framesThatFit(script, "wideBelow", "");
  // Both fill the same stack: idle × frame = idleWide × (frame + extraLocals).
  const frame = (extraLocals * idleWide) / (idle - idleWide);
  return async (work) => Math.ceil((idle - (await framesThatFit(script, "narrowBelow", work))) * frame);
}
