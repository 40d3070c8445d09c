import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { BoardLinks } from "./data/board-links.ts";
import { ConsoleContext, type ConsoleParts } from "./data/console-parts.ts";
import { GatewayClient } from "./data/gateway-client.ts";
import { LiveStream } from "./data/live-stream.ts";
import { LiveValues } from "./data/live-values.ts";
import { ResourceCache } from "./data/resource-cache.ts";
import { Session } from "./data/session.ts";
import { stalePaths } from "./data/stale-paths.ts";
import { TakeTurns } from "./data/take-turns.ts";
import { ThemeChoice } from "./data/theme.ts";
import { Ticker } from "./data/ticker.ts";
import { Toasts } from "./data/toasts.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/components.css";
import "./styles/tables.css";
import "./styles/feedback.css";
import "./styles/shell.css";
import "./styles/pages.css";

function makeParts(): ConsoleParts {
  const now = (): number => Date.now();
  const client = new GatewayClient({ fetch: (input, init) => window.fetch(input, init) });
  const cache = new ResourceCache({
    get: (path, stop) => client.get(path, stop),
    now,
    later: (work, delay) => window.setTimeout(work, delay),
    forget: (timer) => {
      if (typeof timer === "number") window.clearTimeout(timer);
    },
  });
  const values = new LiveValues({ nextFrame: (work) => void window.requestAnimationFrame(work) });
  const links = new BoardLinks();
  const session = new Session({ client });
  const stream = new LiveStream({
    open: (path, stop) => client.stream(path, stop),
    now,
    listener: {
      values: (readings) => values.take(readings),
      link: (board, link) => links.set(board, link),
      event: (event) => {
        cache.invalidate(stalePaths(event));
        // What one may may have changed with it.
        if (event.kind === "grant") void session.resume();
      },
      missed: () => cache.invalidate(["*"]),
    },
  });
  session.state.subscribe(() => {
    const state = session.state.get();
    if (state.name === "in" && state.view.onlyPassword !== true && !state.view.mustChangePassword) stream.start();
    if (state.name !== "out") return;
    stream.close();
    cache.clear();
    values.clear();
    links.clear();
  });
  const theme = new ThemeChoice({ storage: window.localStorage, root: document.documentElement });
  return {
    client,
    cache,
    values,
    links,
    session,
    stream,
    theme,
    toasts: new Toasts(),
    ticker: new Ticker({ now }),
    turns: new TakeTurns({ most: 3 }),
  };
}

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
const parts = makeParts();
void parts.session.resume();
createRoot(root).render(
  <StrictMode>
    <ConsoleContext value={parts}>
      <App />
    </ConsoleContext>
  </StrictMode>,
);
