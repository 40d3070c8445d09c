import { Observable } from "./observable.ts";

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value);
const place = "penstock.theme";

/** Light, dark, or as the system says; kept in this browser. */
export class ThemeChoice {
  readonly theme: Observable<Theme>;
  readonly #storage: Storage;
  readonly #root: HTMLElement;

  constructor(parts: { readonly storage: Storage; readonly root: HTMLElement }) {
    this.#storage = parts.storage;
    this.#root = parts.root;
    const kept = parts.storage.getItem(place);
    this.theme = new Observable<Theme>(isTheme(kept) ? kept : "auto");
    this.#apply();
  }

  choose(theme: Theme): void {
    this.#storage.setItem(place, theme);
    this.theme.set(theme);
    this.#apply();
  }

  #apply(): void {
    const theme = this.theme.get();
    if (theme === "auto") delete this.#root.dataset["theme"];
    else this.#root.dataset["theme"] = theme;
  }
}
