import type { ReactElement } from "react";

/** Strokes of each sign on a grid of 20 by 20. */
const paths = {
  overview: "M3.5 9.5 10 4l6.5 5.5M5.5 8.5V16h9V8.5M8.5 16v-4h3v4",
  things: "M4 4.5h5v5H4zM11 4.5h5v5h-5zM4 11.5h5v4H4zM11 11.5h5v4h-5z",
  boards: "M5 5h10v10H5zM8 8h4v4H8zM8 5V2.5M12 5V2.5M8 17.5V15M12 17.5V15M5 8H2.5M5 12H2.5M17.5 8H15M17.5 12H15",
  events: "M4 5h12M4 10h12M4 15h7",
  operations: "M4 10h3l2-5 3 10 2-5h2",
  users:
    "M7.5 9a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5zM2.5 16c0-3 2-4.5 5-4.5s5 1.5 5 4.5M13 4a2.5 2.5 0 0 1 0 5M14.5 11.7c2 .5 3 2 3 4.3",
  keys: "M7 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10.5 10h7v3M14.5 10v2",
  audit: "M5 3h7l3 3v11H5zM7.5 11.5l2 2 3.5-4",
  node: "M3.5 4h13v5h-13zM3.5 11h13v5h-13zM6 6.5h.01M6 13.5h.01",
  bell: "M5 13.5V9a5 5 0 0 1 10 0v4.5l1 1H4zM8.5 16.8c.8.9 2.2.900 3 0",
  menu: "M3.5 5.5h13M3.5 10h13M3.5 14.5h13",
  close: "m5 5 10 10M15 5 5 15",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  sun: "M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.4 4.4l1 1M14.6 14.6l1 1M4.4 15.6l1-1M14.6 5.4l1-1",
  moon: "M16.5 11.5A6.5 6.5 0 0 1 8.5 3.5a6.7 6.7 0 1 0 8 8z",
  system: "M3 4h14v9.5H3zM7 16.5h6M10 13.5v3",
  right: "m8 5 5 5-5 5",
  left: "m12 5-5 5 5 5",
  down: "m5 8 5 5 5-5",
  arrow: "M4 10h12M11 5l5 5-5 5",
  control: "M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4",
  retry: "M15.5 8A6 6 0 1 0 16 11.5M16 4v4.2h-4.2",
  copy: "M7 7h9v9H7zM4 13V4h9",
  plus: "M10 4v12M4 10h12",
  zoomIn: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4M9 6.5v5M6.5 9h5",
  zoomOut: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4M6.5 9h5",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  user: "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4.5 16.5c0-3.2 2.2-5 5.5-5s5.5 1.8 5.5 5",
  out: "M8 4H4v12h4M12 6l4 4-4 4M16 10H8",
} as const;
export type IconName = keyof typeof paths;

/** A sign that stands beside words, or in a button that has a name. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg className="icon-mark" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
