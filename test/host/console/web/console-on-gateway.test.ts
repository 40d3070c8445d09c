import { existsSync } from "node:fs";
import path from "node:path";
import ava from "ava";
import { root } from "../../../docs/source-tree.ts";
import { RunningBoard } from "../../../harness/running-board.ts";
import { RunningGateway } from "../../../harness/running-gateway.ts";
import { hasChromium, WebBrowser } from "../../../harness/web-browser.ts";
import { buildConsole } from "../../../harness/web-build.ts";
import { adoptBoard, commandChoice, largeValue, logIn, openFeature, startFirst, watchChange } from "../../../harness/web-scenarios.ts";

const mira = { user: "mira", password: "seven small otters swim" };
const first = "this one is only for a day";
const vic = { user: "vic", password: "only looking at pumps here" };
const test = hasChromium ? ava.serial : ava.serial.skip;
let browser: WebBrowser;
let gateway: RunningGateway;

ava.before(async () => {
  if (!hasChromium) return;
  const dist = path.join(root, "dist/console");
  if (!existsSync(path.join(dist, "index.html"))) await buildConsole(dist);
  gateway = await RunningGateway.start();
  browser = await WebBrowser.open();
});
ava.after.always(async () => {
  await browser?.close();
  await gateway?.clean();
});

test("with a whole gateway: the first admin is made by its link and sees values change", async (t) => {
  await using window = await browser.window();
  const { page } = window;
  await startFirst(page, gateway.url, gateway.token, mira);
  await openFeature(page, gateway.url, "pump-station", "level");
  const [before, after] = await watchChange(page);
  t.not(before, after);
  await window.keep("gateway-level");
  t.deepEqual(window.troubles, []);
});

test("with a whole gateway: the pump is commanded by hand and runs", async (t) => {
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, mira);
  await openFeature(page, gateway.url, "pump-station", "mode");
  t.is(await commandChoice(page, "manual", "Hold it"), "Done: the device has it.");
  await openFeature(page, gateway.url, "pump-station", "pump-1");
  const wanted = (await largeValue(page).textContent()) === "on" ? "off" : "on";
  t.is(await commandChoice(page, wanted, "Once"), "Done: the device has it.");
  await page.locator(`.value.large .figure:text-is("${wanted}")`).waitFor();
  await openFeature(page, gateway.url, "pump-station", "run-state");
  await page.locator(`.value.large .figure:text-is("${wanted === "on" ? "running" : "stopped"}")`).waitFor();
  await window.keep("gateway-pump");
  await page.goto(`${gateway.url}/operations`);
  await page.getByRole("row").filter({ hasText: "pump-1" }).getByText("done").waitFor();
  t.deepEqual(window.troubles, []);
});

test("with a whole gateway: a board that said hello is adopted and comes online", async (t) => {
  const [broker] = Array.isArray(gateway.board["addresses"]) ? gateway.board["addresses"] : [];
  const board = await RunningBoard.start({ config: { id: "line-7", uplink: { url: String(broker) } } });
  t.teardown(() => board.clean());
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, mira);
  await adoptBoard(page, gateway.url, "line-7", "Line 7");
  await page.getByRole("row", { name: "Line 7" }).getByText("online").waitFor();
  await window.keep("gateway-boards");
  t.deepEqual(window.troubles, []);
});

test("with a whole gateway: somebody who may only look changes his password, is offered no command and is refused", async (t) => {
  await using window = await browser.window();
  const { page } = window;
  await logIn(page, gateway.url, mira);
  await page.goto(`${gateway.url}/users`);
  await page.getByRole("button", { name: "Add user" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("User", { exact: true }).fill(vic.user);
  await dialog.getByLabel("First password").fill(first);
  await dialog.getByRole("button", { name: "Add user" }).click();
  await page.getByRole("row", { name: "vic" }).getByText("invited").waitFor();
  await using other = await browser.window();
  await other.page.goto(gateway.url);
  await other.page.getByLabel("User", { exact: true }).fill(vic.user);
  await other.page.getByLabel("Password", { exact: true }).fill(first);
  await other.page.getByRole("button", { name: "Log in", exact: true }).click();
  await other.page.getByRole("heading", { name: "Set your own password" }).waitFor();
  await other.keep("gateway-own-password");
  await other.page.getByLabel("New password", { exact: true }).fill(vic.password);
  await other.page.getByLabel("New password again").fill(vic.password);
  await other.page.getByRole("button", { name: "Set password" }).click();
  await other.page.getByRole("heading", { name: "Overview" }).waitFor();
  await openFeature(other.page, gateway.url, "pump-station", "pump-1");
  t.is(await other.page.getByRole("button", { name: "Command" }).getAttribute("aria-disabled"), "true");
  await other.page.goto(`${gateway.url}/users`);
  await other.page.getByRole("alert").getByText("You may not do this").waitFor();
  await other.keep("gateway-refused");
  t.deepEqual([...window.troubles, ...other.troubles], []);
});
