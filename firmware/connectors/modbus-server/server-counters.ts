import type { Metric } from "../../../shared/base/metric.ts";

/** What the Modbus server counts. */
export class ServerCounters {
  connects = 0;
  readonly refused = { address: 0, full: 0 };
  readonly ended = { idle: 0, displaced: 0, frame: 0 };
  readonly requests = new Map<number, number>();
  readonly exceptions = new Map<number, number>();
  readonly writes = { accepted: 0, unchanged: 0, refused: 0, failed: 0 };

  request(code: number): void {
    this.requests.set(code, (this.requests.get(code) ?? 0) + 1);
  }

  exception(code: number): void {
    this.exceptions.set(code, (this.exceptions.get(code) ?? 0) + 1);
  }

  metrics(clients: number, unfit: number): readonly Metric[] {
    const named = (label: string, counts: Readonly<Record<string, number>>) =>
      Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }));
    const numbered = (label: string, counts: ReadonlyMap<number, number>) =>
      [...counts].map(([code, value]) => ({ labels: { [label]: String(code) }, value }));
    return [
      {
        name: "penstock_modbus_server_clients",
        help: "Clients connected to the Modbus server",
        type: "gauge",
        values: [{ labels: {}, value: clients }],
      },
      {
        name: "penstock_modbus_server_connects_total",
        help: "Connections that the Modbus server took",
        type: "counter",
        values: [{ labels: {}, value: this.connects }],
      },
      {
        name: "penstock_modbus_server_refused_total",
        help: "Connections that the Modbus server refused: address not allowed, or as many as it takes",
        type: "counter",
        values: named("cause", this.refused),
      },
      {
        name: "penstock_modbus_server_ended_total",
        help: "Connections that the Modbus server ended: idle too long, displaced by a new one, or a broken frame",
        type: "counter",
        values: named("cause", this.ended),
      },
      {
        name: "penstock_modbus_server_requests_total",
        help: "Requests to the Modbus server by function code",
        type: "counter",
        values: numbered("function", this.requests),
      },
      {
        name: "penstock_modbus_server_exceptions_total",
        help: "Requests that the Modbus server answered with an exception, by its code",
        type: "counter",
        values: numbered("exception", this.exceptions),
      },
      {
        name: "penstock_modbus_server_writes_total",
        help: "Values that clients of the Modbus server wrote, by what became of them",
        type: "counter",
        values: named("result", this.writes),
      },
      {
        name: "penstock_modbus_server_unfit_total",
        help: "Values that did not fit into the registers they are served in",
        type: "counter",
        values: [{ labels: {}, value: unfit }],
      },
    ];
  }
}
