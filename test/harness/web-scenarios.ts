import type { Page } from "playwright-core";

/** A person who logs in. */
export interface Person {
  readonly user: string;
  readonly password: string;
}

/** Logs in at the door and waits for the first page. */
export async function logIn(page: Page, url: string, { user, password }: Person): Promise<void> {
  await page.goto(url);
  await page.getByLabel("User", { exact: true }).fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page
    .getByRole("navigation", { name: "Pages" })
    .or(page.getByRole("button", { name: "Navigation" }))
    .first()
    .waitFor();
}

/** Comes by the link of the first start and makes the first admin. */
export async function startFirst(page: Page, url: string, token: string, { user, password }: Person): Promise<void> {
  await page.goto(`${url}/#token=${encodeURIComponent(token)}`);
  await page.getByRole("heading", { name: "Make the first admin" }).waitFor();
  await page.getByLabel("User", { exact: true }).fill(user);
  await page.getByLabel("New password", { exact: true }).fill(password);
  await page.getByLabel("New password again").fill(password);
  await page.getByRole("button", { name: "Make the admin and log in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** The value of a feature that its page shows in large. */
export const largeValue = (page: Page) => page.locator(".value.large .figure");

/** Opens a feature and waits until its value is there. */
export async function openFeature(page: Page, url: string, thing: string, feature: string): Promise<void> {
  await page.goto(`${url}/things/${encodeURIComponent(thing)}/${encodeURIComponent(feature)}`);
  await page.locator(".value.large .figure:not(:text-is('–'))").waitFor();
}

/** Waits until a streamed value is another than it was. @returns before and after */
export async function watchChange(page: Page): Promise<readonly [string, string]> {
  const before = (await largeValue(page).textContent()) ?? "";
  const after = page.locator(`.value.large .figure:not(:text-is(${JSON.stringify(before)}))`);
  await after.waitFor();
  return [before, (await after.textContent()) ?? ""];
}

/** Commands a feature to one of its values, once or to hold, and follows it to its end. @returns what the end says */
export async function commandChoice(page: Page, words: string, how: "Hold it" | "Once"): Promise<string> {
  await page.getByRole("button", { name: "Command" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("group", { name: "New value" }).getByRole("button", { name: words, exact: true }).click();
  await dialog.getByRole("radio", { name: how }).check();
  await dialog.getByRole("button", { name: `Set to ${words}` }).click();
  return followToEnd(page);
}

/** Waits for the end of the command that a dialog follows, and closes it. */
export async function followToEnd(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog");
  const end = dialog.getByRole("status").getByText(/^(Done|It |The device has)/);
  await end.waitFor();
  const text = (await end.textContent()) ?? "";
  await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
  return text;
}

/** Adopts a board that was discovered, by the fingerprint that is shown. */
export async function adoptBoard(page: Page, url: string, board: string, name: string): Promise<void> {
  await page.goto(`${url}/boards`);
  await page.getByRole("listitem").filter({ hasText: board }).getByRole("button", { name: "Adopt" }).click();
  const dialog = page.getByRole("dialog", { name: `Adopt ${board}` });
  await dialog.getByText("Fingerprint of its key").waitFor();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  await dialog.getByLabel("Labels").fill("site=east");
  await dialog.getByRole("button", { name: "Adopt" }).click();
  await page.getByRole("row", { name: name }).waitFor();
}
