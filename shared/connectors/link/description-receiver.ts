import type { Millis } from "../../base/units.ts";
import type { BoardDescription, DescribedFeature, DescribedThing } from "./board-description.ts";
import { linkBounds } from "./link-limits.ts";
import type { Description } from "./link-message.ts";
import { linkTimes, mostTries } from "./link-settings.ts";

/** Fetches what a board has, part by part, whenever the board names another description than the one that is kept. */
export class DescriptionReceiver {
  #known: string | undefined;
  /** What could not be kept: not asked for again in this session. */
  #refused: string | undefined;
  /** What is being fetched. */
  #wanted: string | undefined;
  #things: DescribedThing[] = [];
  #features = 0;
  #part = 0;
  #askedAt: Millis | undefined;
  #tries = 0;

  /** @param known the hash of what is kept */
  constructor(known: string | undefined) {
    this.#known = known;
  }

  /** The board says the hash of what it has. @returns true when the part {@link part} is to be asked for */
  told(hash: string | undefined): boolean {
    if (hash === undefined || hash === this.#known || hash === this.#refused || hash === this.#wanted) return false;
    this.#begin(hash);
    return true;
  }

  /** The part that is wanted next. */
  get part(): number {
    return this.#part;
  }

  asked(now: Millis): void {
    this.#askedAt = now;
    this.#tries++;
  }

  /** @returns the whole when this was its last part, `next` when {@link part} is to be asked for, `undefined` when there is nothing to do */
  received({ hash, part, parts, things }: Description): BoardDescription | "next" | undefined {
    if (this.#wanted === undefined) return undefined;
    if (hash !== this.#wanted) {
      // The board changed while it was being asked.
      this.#begin(hash);
      if (part !== 0) return "next";
    } else if (part !== this.#part) return undefined;
    this.#askedAt = undefined;
    this.#tries = 0;
    for (const thing of things) this.#add(thing);
    if (this.#features > linkBounds.allFeatures) {
      this.refuse(hash);
      return undefined;
    }
    this.#part++;
    if (this.#part < parts) return "next";
    return { hash, things: this.#things };
  }

  kept(hash: string): void {
    this.#known = hash;
    if (this.#wanted !== hash) return;
    this.#wanted = undefined;
    this.#things = [];
  }

  /** It could not be kept, or is too large. */
  refuse(hash: string): void {
    this.#refused = hash;
    if (this.#wanted === hash) this.#wanted = undefined;
    this.#askedAt = undefined;
    this.#things = [];
  }

  /** The session ended: what was not whole is fetched anew in the next one. */
  end(): void {
    this.#wanted = undefined;
    this.#refused = undefined;
    this.#askedAt = undefined;
    this.#things = [];
  }

  /** True when no answer came in time and it is to be asked for again; after some tries it is left until the board names it again. */
  overdue(now: Millis): boolean {
    if (this.#askedAt === undefined || now < this.#askedAt + linkTimes.answer) return false;
    if (this.#tries < mostTries) return true;
    this.#wanted = undefined;
    this.#askedAt = undefined;
    return false;
  }

  nextDue(): number {
    return this.#askedAt === undefined ? Number.POSITIVE_INFINITY : this.#askedAt + linkTimes.answer;
  }

  #begin(hash: string): void {
    this.#wanted = hash;
    this.#things = [];
    this.#features = 0;
    this.#part = 0;
    this.#tries = 0;
    this.#askedAt = undefined;
  }

  /** What does not fit one part goes on in the next. */
  #add(thing: DescribedThing): void {
    this.#features += thing.features.length;
    const last = this.#things[this.#things.length - 1];
    if (last === undefined || last.id !== thing.id) {
      this.#things.push(thing);
      return;
    }
    const features: readonly DescribedFeature[] = [...last.features, ...thing.features];
    this.#things[this.#things.length - 1] = { ...last, features };
  }
}
