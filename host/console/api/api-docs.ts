import type { DocsParts } from "./docs-parts.ts";

/** The description of the API for programs and for people. Made when somebody asks: most processes never need it. */
export class ApiDocs {
  readonly #parts: DocsParts;
  #openApi: Promise<string> | undefined;
  #page: Promise<{ readonly html: string; readonly style: string }> | undefined;

  constructor(parts: DocsParts) {
    this.#parts = parts;
  }

  /** OpenAPI 3.1, JSON. */
  openApi(): Promise<string> {
    this.#openApi ??= this.#makeOpenApi();
    return this.#openApi;
  }

  /** One page without scripts, and the hash of its style sheet. */
  page(): Promise<{ readonly html: string; readonly style: string }> {
    this.#page ??= this.#makePage();
    return this.#page;
  }

  async #makeOpenApi(): Promise<string> {
    const { openApi } = await import("./open-api.ts");
    return JSON.stringify(openApi(this.#parts));
  }

  async #makePage(): Promise<{ readonly html: string; readonly style: string }> {
    const { docsPage } = await import("./docs-page.ts");
    return docsPage(this.#parts);
  }
}
