import type { Metric, MetricValue } from "../../../shared/base/metric.ts";
import { type BoardLinkState, StreamCondition } from "../../../shared/twin/documents/board-document.ts";

export interface CoordinatorCounts {
  readonly states: readonly BoardLinkState[];
  readonly restarts: number;
  readonly strangers: number;
  readonly impostors: number;
  readonly overflowed: number;
}

const linkStates: readonly BoardLinkState["state"][] = ["online", "connecting", "lost", "disabled", "failed", "fenced"];

/** How all boards stand together: no label has as many values as there are boards. */
export function coordinatorMetrics({ states, restarts, strangers, impostors, overflowed }: CoordinatorCounts): readonly Metric[] {
  const streams = states.flatMap((state) => state.streams);
  const gauge = (name: string, help: string, values: readonly MetricValue[]): Metric => ({
    name: `penstock_${name}`,
    help,
    type: "gauge",
    values,
  });
  const counter = (name: string, help: string, value: number): Metric => ({
    name: `penstock_${name}`,
    help,
    type: "counter",
    values: [{ labels: {}, value }],
  });
  return [
    gauge(
      "boards",
      "Boards by how their link stands.",
      linkStates.map((state) => ({ labels: { state }, value: states.filter((one) => one.state === state).length })),
    ),
    gauge(
      "board_streams",
      "Streams of boards by their condition.",
      Object.values(StreamCondition).map((state) => ({ labels: { state }, value: streams.filter((one) => one.state === state).length })),
    ),
    gauge("board_records_waiting", "Records that are known to wait on boards.", [
      { labels: {}, value: streams.reduce((sum, { remaining }) => sum + remaining, 0) },
    ]),
    counter("board_restarts_total", "Links and streams that were begun anew after a fault.", restarts),
    counter("board_strangers_total", "Messages of boards that nobody took in.", strangers),
    counter("board_impostors_total", "Answers by somebody in a board's place.", impostors),
    counter("board_discoveries_dropped_total", "Strangers that found no place in the list of boards to take in.", overflowed),
  ];
}
