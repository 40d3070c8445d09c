import type { BoardLinkState, StreamState } from "../../../../../shared/twin/documents/board-document.ts";
import type { Tone } from "./tone.ts";
import { streamStates } from "./tone.ts";

/** From worst to best. */
const order: readonly StreamState["state"][] = ["failed", "stale", "recovering", "disabled", "live"];

/** All streams of a board in a few words, by the worst of them. */
export interface StreamSummary {
  readonly tone: Tone;
  readonly text: string;
  readonly remaining: number;
  readonly lag: number | undefined;
  readonly eta: number | undefined;
}

const most = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};

export function streamSummary({ streams }: Pick<BoardLinkState, "streams">): StreamSummary {
  const worst = order.find((state) => streams.some((stream) => stream.state === state));
  const counts = order.flatMap((state) => {
    const count = streams.filter((stream) => stream.state === state).length;
    return count === 0 ? [] : [`${count} ${streamStates[state].word}`];
  });
  return {
    tone: worst === undefined ? "off" : streamStates[worst].tone,
    text: counts.length === 0 ? "no streams" : counts.join(", "),
    remaining: streams.reduce((sum, { remaining }) => sum + remaining, 0),
    lag: most(streams.map(({ lag }) => lag)),
    eta: most(streams.map(({ eta }) => eta)),
  };
}

/** A fingerprint in groups of four digits, to be compared with what the board itself shows. */
export function fingerprintGroups(fingerprint: string): readonly string[] {
  return fingerprint.replace(/^sha256:/, "").match(/.{1,4}/g) ?? [];
}
