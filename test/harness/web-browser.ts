import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { root } from "../docs/source-tree.ts";

/** Debian's browser. */
export const chromiumPath = "/usr/bin/chromium";
export const hasChromium = existsSync(chromiumPath);

/** Screenshots of the last run, to be looked at by people. */
export const screenshotFolder = path.join(root, "test-output/console");

/** How a window looks. */
export interface WindowLook {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

/** One Chromium for the tests of a file. */
export class WebBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<WebBrowser> {
    mkdirSync(screenshotFolder, { recursive: true });
    return new WebBrowser(await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-dev-shm-usage"] }));
  }

  /** A window of somebody who has never been here. */
  async window({ width = 1280, height = 800, dark = false }: WindowLook = {}): Promise<WebWindow> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      timezoneId: "Europe/Vienna",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(30_000);
    return new WebWindow(context, await context.newPage());
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A window with one page; what went wrong in it is kept. */
export class WebWindow implements AsyncDisposable {
  readonly page: Page;
  /** Exceptions of the page, and what its security policy refused. */
  readonly troubles: string[] = [];
  readonly #context: BrowserContext;

  constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on("pageerror", (error) => this.troubles.push(error.message));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) this.troubles.push(message.text());
    });
  }

  /** Keeps what is seen now under a name. */
  async keep(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(screenshotFolder, `${name}.png`) });
  }

  /** How far the page is wider than its window, CSS pixels. */
  async overflow(): Promise<number> {
    return this.page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
