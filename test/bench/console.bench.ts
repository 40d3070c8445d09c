import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { median } from "../harness/process-figures.ts";
import { RunningGateway } from "../harness/running-gateway.ts";
import type { Figure } from "./figure.ts";

const assets = fileURLToPath(new URL("../../dist/console/assets/", import.meta.url));
const rounds = 5;
const sizeGoal = 250;
const timeGoal = 1500;
const password = "the river runs at night";

/** What a browser has to fetch, and how long it takes until somebody sees live values. */
export async function bench(): Promise<readonly Figure[]> {
  const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
  const size = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(assets, name))).length, 0) / 1000;
  const took = await firstLoads();
  return [
    { name: "console: all of its JavaScript, gzipped", value: size, unit: "kB", goal: `≤ ${sizeGoal}`, reached: size <= sizeGoal },
    {
      name: "console: first load of the overview to live values in Chromium",
      value: median(took),
      unit: "ms",
      goal: `≤ ${timeGoal}`,
      reached: median(took) <= timeGoal,
    },
  ];
}

/** Milliseconds from the navigation, with nothing in the browser's cache, until the page says that it is live and shows a number. */
async function firstLoads(): Promise<readonly number[]> {
  const gateway = await RunningGateway.start();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const cookies = await logIn(gateway);
    const took: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext();
      await context.addCookies(cookies);
      const page = await context.newPage();
      const begun = performance.now();
      await page.goto(gateway.url, { waitUntil: "commit" });
      await page.locator("header").getByText("live", { exact: true }).waitFor();
      await page.locator(".figure").filter({ hasText: /\d/ }).first().waitFor();
      took.push(performance.now() - begun);
      await context.close();
    }
    return took;
  } finally {
    await browser.close();
    await gateway.clean();
  }
}

/** Makes the first admin. @returns the cookies of the session */
async function logIn(gateway: RunningGateway): Promise<{ name: string; value: string; url: string }[]> {
  const post = (target: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${gateway.url}${target}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const first = await post("/api/v1/session/token", { token: gateway.token });
  const session: unknown = await first.json();
  const csrf = typeof session === "object" && session !== null && "csrf" in session ? String(session.csrf) : "";
  const second = await post("/api/v1/session/password", { user: "admin", password }, { cookie: cookieOf(first), "x-csrf-token": csrf });
  if (!second.ok) throw new Error(`the first admin cannot be made: ${second.status} ${await second.text()}`);
  const [name = "", value = ""] = cookieOf(second).split("=");
  return [{ name, value, url: gateway.url }];
}
