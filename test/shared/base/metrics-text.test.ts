import test from "ava";
import { metricsText } from "../../../shared/base/metrics-text.ts";

test("families of one name from several rooms stand under one head (exposition format 0.0.4)", (t) => {
  const family = (line: string, value: number) =>
    ({ name: "penstock_x_total", help: "Things", type: "counter", values: [{ labels: { line }, value }] }) as const;
  t.is(
    metricsText([
      family("a", 1),
      { name: "penstock_y", help: "Other", type: "gauge", values: [{ labels: {}, value: 2.5 }] },
      family("b", 3),
    ]),
    '# HELP penstock_x_total Things\n# TYPE penstock_x_total counter\npenstock_x_total{line="a"} 1\npenstock_x_total{line="b"} 3\n' +
      "# HELP penstock_y Other\n# TYPE penstock_y gauge\npenstock_y 2.5\n",
  );
});

test("label values and help texts are escaped, and infinities written as Prometheus reads them", (t) => {
  const text = metricsText([
    {
      name: "m",
      help: "a\\b\nc",
      type: "gauge",
      values: [
        { labels: { l: 'x"y\\z\n' }, value: Number.POSITIVE_INFINITY },
        { labels: {}, value: Number.NaN },
      ],
    },
  ]);
  t.is(text, '# HELP m a\\\\b\\nc\n# TYPE m gauge\nm{l="x\\"y\\\\z\\n"} +Inf\nm NaN\n');
});

test("histogram parts get their suffix behind the name", (t) => {
  const text = metricsText([
    {
      name: "h",
      help: "",
      type: "histogram",
      values: [
        { labels: { le: "+Inf" }, value: 3, suffix: "_bucket" },
        { labels: {}, value: 3, suffix: "_count" },
      ],
    },
  ]);
  t.true(text.endsWith('h_bucket{le="+Inf"} 3\nh_count 3\n'));
});
