import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import ava from "ava";
import { ScratchDirectory } from "../../../harness/scratch-directory.ts";
import { hasChromium, WebBrowser } from "../../../harness/web-browser.ts";
import { buildConsole } from "../../../harness/web-build.ts";
import { mockToken } from "../../../harness/web-mock-access.ts";
import { WebMockGateway } from "../../../harness/web-mock-gateway.ts";
import {
  adoptBoard,
  commandChoice,
  followToEnd,
  largeValue,
  logIn,
  openFeature,
  startFirst,
  watchChange,
} from "../../../harness/web-scenarios.ts";

const ada = { user: "ada", password: "a quiet river at night" };
const vic = { user: "vic", password: "only looking at pumps" };
const scratch = new ScratchDirectory();
const dist = path.join(scratch.path, "console");
const test = hasChromium ? ava.serial : ava.serial.skip;
let browser: WebBrowser;

ava.before(async () => {
  await buildConsole(dist);
  if (hasChromium) browser = await WebBrowser.open();
});
ava.after.always(async () => {
  await browser?.close();
  scratch[Symbol.dispose]();
});

const opened = (): Promise<WebMockGateway> => WebMockGateway.open({ dist });

ava("all JavaScript together is below 250 kB gzipped, and the page has none of its own", (t) => {
  const scripts = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const sent = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(dist, name)), { level: 9 }).length, 0);
  t.true(sent < 250_000, `${sent} bytes`);
  const page = readFileSync(path.join(dist, "index.html"), "utf8");
  t.notRegex(page, /<script(?![^>]*\bsrc=)[^>]*>[^<]/);
  t.notRegex(page, /https?:\/\//);
});

test("somebody logs in and sees values change by themselves", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await page.goto(gateway.url);
  await page.getByLabel("User", { exact: true }).waitFor();
  await window.keep("log-in");
  await logIn(page, gateway.url, ada);
  await page.getByRole("link", { name: "level" }).first().waitFor();
  await window.keep("overview");
  await openFeature(page, gateway.url, "pump-station", "level");
  const [before, after] = await watchChange(page);
  t.not(before, after);
  await page.locator(".chart canvas").waitFor();
  await window.keep("thing");
  t.deepEqual(window.troubles, []);
});

test("nothing moves while values stream", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, ada);
  for (const place of ["", "things", "things/pump-station/level"]) {
    await page.goto(`${gateway.url}/${place}`);
    await page.locator(".value .figure:not(:text-is('–'))").first().waitFor();
    await page.waitForLoadState("load");
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    if (place.endsWith("level")) await page.locator(".chart canvas").waitFor();
    await page.evaluate(
      "new PerformanceObserver(list => { for (const entry of list.getEntries()) globalThis.moved = (globalThis.moved ?? 0) + entry.value }).observe({ type: 'layout-shift' })",
    );
    const figures = async (): Promise<string> => (await page.locator(".value .figure").allTextContents()).join();
    for (let changes = 0; changes < 6; changes++) {
      const before = await figures();
      while ((await figures()) === before);
    }
    // A hundredth of what browsers call good; the legend of a chart may change by a digit.
    t.true((await page.evaluate<number>("globalThis.moved ?? 0")) < 0.001, place);
  }
});

test("a wrong password says so and lets nobody in", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await page.goto(gateway.url);
  await page.getByLabel("User", { exact: true }).fill("ada");
  await page.getByLabel("Password", { exact: true }).fill("guessed wrong");
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  t.regex((await page.getByRole("alert").textContent()) ?? "", /user or password is wrong/);
});

test("the first start's link lets the first admin be made, and the token leaves the address", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await startFirst(page, gateway.url, mockToken, { user: "mira", password: "seven small otters swim" });
  t.false(page.url().includes("token"));
  t.true(gateway.plant.users.some(({ id }) => id === "mira"));
});

test("the pump is commanded by hand and seen to run", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, ada);
  await openFeature(page, gateway.url, "pump-station", "mode");
  t.is(await commandChoice(page, "manual", "Hold it"), "Done: the device has it.");
  await openFeature(page, gateway.url, "pump-station", "pump-1");
  const wanted = (await largeValue(page).textContent()) === "on" ? "off" : "on";
  await page.getByRole("button", { name: "Command" }).click();
  await page.getByRole("dialog").waitFor();
  await window.keep("command");
  await page.keyboard.press("Escape");
  t.is(await commandChoice(page, wanted, "Once"), "Done: the device has it.");
  await page.locator(`.value.large .figure:text-is("${wanted}")`).waitFor();
  await openFeature(page, gateway.url, "pump-station", "run-state");
  await page.locator('.value.large .figure:text-matches("^(starting|running|stopping|stopped)$")').waitFor();
  await window.keep("pump-commanded");
  t.deepEqual(window.troubles, []);
});

test("a command that the device refuses says why, and what is wanted can be tried again or released", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, ada);
  await openFeature(page, gateway.url, "pump-station", "stop-level");
  await page.getByRole("button", { name: "Command" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("New value").fill("9");
  t.true(await dialog.getByText("It is above the limit of 2.5 m.").isVisible());
  t.true(await dialog.getByRole("button", { name: "Set", exact: true }).isDisabled());
  await dialog.getByLabel("New value").fill("2.4");
  await dialog.getByRole("button", { name: "Set to 2.400 m" }).click();
  t.regex(await followToEnd(page), /refused.*illegal data value/);
  await page.getByRole("button", { name: "Retry" }).waitFor();
  await window.keep("command-refused");
  await page.getByRole("button", { name: "Release" }).click();
  await page.getByText("nothing wanted").waitFor();
  t.deepEqual(window.troubles, []);
});

test("a discovered board is adopted, and shows so on another screen by itself", async (t) => {
  await using gateway = await opened();
  await using one = await browser.window();
  await using other = await browser.window();
  await logIn(one.page, gateway.url, ada);
  await logIn(other.page, gateway.url, vic);
  await other.page.goto(`${gateway.url}/boards`);
  await other.page.getByText("1 to adopt").waitFor();
  await adoptBoard(one.page, gateway.url, "board-77a2", "South cabinet");
  await one.keep("boards");
  await other.page.getByRole("row", { name: "South cabinet" }).waitFor();
  t.is(gateway.plant.boards.find(({ id }) => id === "board-77a2")?.state, "adopted");
});

test("a viewer is offered no command and told why; a refusal of the gateway is shown well", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, vic);
  await openFeature(page, gateway.url, "pump-station", "pump-1");
  const command = page.getByRole("button", { name: "Command" });
  t.is(await command.getAttribute("aria-disabled"), "true");
  t.is(await command.getAttribute("title"), "Only an operator or above may command devices; you are viewer here.");
  await command.click({ force: true });
  t.is(await page.getByRole("dialog").count(), 0);
  t.is(await page.getByRole("link", { name: "Users" }).count(), 0);
  await page.goto(`${gateway.url}/users`);
  const alert = page.getByRole("alert");
  await alert.getByText("You may not do this").waitFor();
  t.regex((await alert.textContent()) ?? "", /user:list is not granted/);
  await window.keep("refused");
});

test("everything can be reached and done with the keyboard alone", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await page.goto(gateway.url);
  await page.getByLabel("User", { exact: true }).waitFor();
  await page.keyboard.type("ada");
  await page.keyboard.press("Tab");
  await page.keyboard.type(ada.password);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.goto(`${gateway.url}/things/pump-station/speed-setpoint`);
  await page.getByRole("button", { name: "Command" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  t.is(await page.evaluate<string>("document.activeElement.closest('dialog') === null ? 'outside' : 'inside'"), "inside");
  for (let presses = 0; presses < 12; presses++) await page.keyboard.press("Tab");
  t.true(await page.evaluate<boolean>("document.activeElement === document.body || document.activeElement.closest('dialog') !== null"));
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  t.is(await page.evaluate<string>("document.activeElement.textContent"), "Command");
  const chart = page.locator(".chart");
  await chart.locator("canvas").waitFor();
  await chart.focus();
  await page.keyboard.press("-");
  t.is(await page.getByRole("button", { name: "1 h", exact: true }).getAttribute("aria-pressed"), "false");
  await page.keyboard.press("ArrowLeft");
  await page.locator(".readout .badge").waitFor();
  await window.keep("chart-by-keyboard");
  t.deepEqual(window.troubles, []);
});

test("without the gateway the console says so, and comes back by itself", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, ada);
  await openFeature(page, gateway.url, "pump-station", "level");
  gateway.setAway(true);
  const banner = page.getByRole("alert").getByText("No connection to the gateway");
  await banner.waitFor();
  await window.keep("offline");
  gateway.setAway(false);
  await banner.waitFor({ state: "detached" });
  const [before, after] = await watchChange(page);
  t.not(before, after);
});

test("an unread notice comes by itself and can be marked as read", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, ada);
  await page.getByRole("button", { name: "Notices, 4 unread" }).waitFor();
  gateway.tell({
    at: Date.now(),
    type: "board.lost",
    kind: "board",
    id: "gateway",
    actor: "system",
    severity: "warning",
    text: "Board gateway was lost",
  });
  await page.getByRole("button", { name: "Notices, 5 unread" }).click();
  await page.getByRole("region", { name: "Notices", exact: true }).getByText("Board gateway was lost").waitFor();
  await window.keep("notices");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.getByRole("button", { name: "Notices", exact: true }).waitFor();
  t.is(gateway.plant.noticesRead, gateway.plant.events.length);
});

const places = [
  "",
  "things",
  "things/pump-station",
  "things/pump-station-east/stop-level",
  "boards",
  "boards/board-east",
  "events",
  "operations",
  "users",
  "users/vic",
  "keys",
  "audit",
  "node",
  "account",
  "nowhere",
];
for (const look of ["light", "dark"] as const)
  test(`every page fits into 360 pixels, ${look}`, async (t) => {
    await using gateway = await opened();
    await using window = await browser.window({ width: 360, height: 740, dark: look === "dark" });
    const { page } = window;
    await logIn(page, gateway.url, ada);
    for (const place of places) {
      await page.goto(`${gateway.url}/${place}`);
      await page.locator("main h1").waitFor();
      await page.waitForLoadState("load");
      await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
      t.is(await window.overflow(), 0, place);
      await window.keep(`narrow-${look}-${place === "" ? "overview" : place.replaceAll("/", "-")}`);
    }
    t.deepEqual(window.troubles, []);
  });

test("dark is chosen by hand and stays", async (t) => {
  await using gateway = await opened();
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, ada);
  const ground = (): Promise<string> => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const light = await ground();
  await page.getByRole("button", { name: "Account: Ada Lind" }).click();
  await page.getByRole("button", { name: "Dark" }).click();
  const dark = await ground();
  t.not(light, dark);
  await page.reload();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  t.is(await ground(), dark);
  await window.keep("overview-dark");
});
