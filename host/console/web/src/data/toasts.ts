import { Observable } from "./observable.ts";

/** A short message that goes by itself. */
export interface Toast {
  readonly id: number;
  readonly tone: "good" | "bad" | "info";
  readonly text: string;
  readonly detail?: string | undefined;
}

const mostToasts = 4;
const shown = 6000;
const shownTrouble = 12_000;

/** Messages that are on the screen. */
export class Toasts {
  readonly list = new Observable<readonly Toast[]>([]);
  #next = 1;

  /** Shows a message; troubles stay longer. */
  say(tone: Toast["tone"], text: string, detail?: string): void {
    const id = this.#next++;
    this.list.set([...this.list.get(), { id, tone, text, detail }].slice(-mostToasts));
    setTimeout(() => this.drop(id), tone === "bad" ? shownTrouble : shown);
  }

  drop(id: number): void {
    this.list.set(this.list.get().filter((toast) => toast.id !== id));
  }
}
