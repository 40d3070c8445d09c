import type { Metric, MetricValue } from "../../shared/base/metric.ts";
import type { JournalStream } from "./journal-stream.ts";

/** What the journal tells of itself. */
export function journalMetrics(term: number, streams: readonly JournalStream[]): readonly Metric[] {
  const infos = new Map(streams.map((stream) => [stream, stream.info(term)]));
  const each = (name: string, type: "counter" | "gauge", help: string, value: (stream: JournalStream) => number): Metric => ({
    name,
    type,
    help,
    values: streams.map((stream) => ({ labels: { stream: stream.id }, value: value(stream) })),
  });
  const reasons = streams.flatMap(({ id, counts }): MetricValue[] =>
    Object.entries(counts.dropped).map(([why, value]) => ({ labels: { stream: id, why }, value })),
  );
  return [
    {
      name: "penstock_journal_term",
      type: "gauge",
      help: "Term of the records that are appended now.",
      values: [{ labels: {}, value: term }],
    },
    each("penstock_journal_records_total", "counter", "Records that a stream of the journal took.", ({ counts }) => counts.appended),
    each(
      "penstock_journal_record_bytes_total",
      "counter",
      "Bytes of the records that a stream of the journal took.",
      ({ counts }) => counts.bytes,
    ),
    { name: "penstock_journal_dropped_total", type: "counter", help: "Records of a stream that were lost, by reason.", values: reasons },
    each("penstock_journal_commits_total", "counter", "Groups of records on disk.", ({ counts }) => counts.commits),
    each("penstock_journal_failures_total", "counter", "Groups of records that the disk refused.", ({ counts }) => counts.failures),
    each(
      "penstock_journal_torn_bytes_total",
      "counter",
      "Bytes cut off at the start because they were torn.",
      ({ counts }) => counts.tornBytes,
    ),
    each("penstock_journal_pending_bytes", "gauge", "Bytes of records that wait for the disk.", ({ pendingBytes }) => pendingBytes),
    each("penstock_journal_stored_bytes", "gauge", "Bytes of a stream on disk.", (stream) => infos.get(stream)?.bytes ?? 0),
    each("penstock_journal_segments", "gauge", "Segment files of a stream.", (stream) => infos.get(stream)?.segments ?? 0),
    each(
      "penstock_journal_waiting",
      "gauge",
      "Records on disk that the gateway is not known to have.",
      (stream) => infos.get(stream)?.waiting ?? 0,
    ),
    each("penstock_journal_failing", "gauge", "1 while the disk refuses a stream's records.", ({ failing }) => (failing ? 1 : 0)),
    {
      name: "penstock_journal_commit_seconds",
      type: "histogram",
      help: "Time to bring a group of records to disk.",
      values: streams.flatMap(({ id, commitTime }) => commitTime.values({ stream: id })),
    },
  ];
}
