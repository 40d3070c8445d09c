import type { Clock } from "../../../shared/base/clock.ts";
import { type Instant, type Millis, millis } from "../../../shared/base/units.ts";
import type { GatewayLink } from "../../../shared/connectors/link/gateway-link.ts";
import { linkTimes } from "../../../shared/connectors/link/link-settings.ts";
import type { BoardLinkState } from "../../../shared/twin/documents/board-document.ts";
import type { EventDraft } from "../../../shared/twin/store-ports.ts";
import { boardEvent } from "./board-events.ts";

/** What the standing of a board follows from. */
export interface StandingFacts {
  /** The way to boards stands; else why not. */
  readonly wayUp: boolean;
  readonly wayReason: string;
  readonly isGivenUp: boolean;
  /** Why the link is not at work. */
  readonly fault: string | undefined;
  /** Why the store does not take what comes. */
  readonly storeFault: string | undefined;
  readonly link: Pick<GatewayLink, "phase" | "verdict"> | undefined;
}

/** A session may be away for so long without anybody being told. */
const blink = 2000;

/** How the link to one board stands, since when, and what is told of it. Offline is no error. */
export class BoardStanding {
  state: BoardLinkState["state"] = "connecting";
  since: Instant;
  readonly #board: string;
  readonly #clock: Clock;
  #heardAt: Millis | undefined;
  #heardWall: Instant | undefined;
  #isLost = false;
  #wasOnline = false;
  #openAt = millis(0);

  constructor(board: string, clock: Clock) {
    this.#board = board;
    this.#clock = clock;
    this.since = clock.wall();
  }

  /** When the board was heard of last. */
  get heard(): Instant | undefined {
    return this.#heardWall;
  }

  /** The board itself said something. */
  hear(): void {
    this.#heardAt = this.#clock.monotonic();
    this.#heardWall = this.#clock.wall();
  }

  /** The way to boards stands again: what was not heard meanwhile is nobody's fault. */
  forgive(): void {
    if (this.#heardAt !== undefined) this.#heardAt = this.#clock.monotonic();
  }

  /** @returns the events of a change; `undefined` when nothing changed */
  look(facts: StandingFacts): readonly EventDraft[] | undefined {
    const state = this.#stateNow(facts, this.#clock.monotonic());
    if (state === this.state) return undefined;
    const before = this.state;
    this.state = state;
    this.since = this.#clock.wall();
    return this.#events(before, state);
  }

  /** Why it stands so, for people. */
  reason({ wayUp, wayReason, fault, storeFault, link }: StandingFacts): string | undefined {
    if (fault !== undefined) return fault;
    if (this.state === "fenced") return "another gateway is in charge of this board";
    if (!wayUp) return wayReason;
    if (storeFault !== undefined || this.state === "online") return storeFault;
    if (link?.verdict === false) return "who answers in its place does not prove to be this board";
    if (link?.verdict === "unknown") return "nobody has said whose key it answers with";
    return this.#heardAt === undefined ? "it has not answered yet" : "it does not answer";
  }

  #stateNow({ isGivenUp, link, wayUp }: StandingFacts, now: Millis): BoardLinkState["state"] {
    if (isGivenUp) return "failed";
    if (link?.phase === "fenced") return "fenced";
    if (link?.phase === "open" && wayUp) {
      this.#isLost = false;
      this.#openAt = now;
      return "online";
    }
    // A session that is begun anew is no outage.
    if (this.state === "online" && wayUp && link !== undefined && now - this.#openAt < blink) return "online";
    if (this.#isLost || (wayUp && this.#heardAt !== undefined && now - this.#heardAt >= linkTimes.silence)) {
      this.#isLost = true;
      return "lost";
    }
    return "connecting";
  }

  #events(before: BoardLinkState["state"], state: BoardLinkState["state"]): readonly EventDraft[] {
    const board = this.#board;
    switch (state) {
      case "online": {
        const isNews = before === "lost" || !this.#wasOnline;
        this.#wasOnline = true;
        return isNews ? [boardEvent("board.online", board, "info", `${board} is online`)] : [];
      }
      case "lost":
        return [boardEvent("board.lost", board, "warning", `nothing is heard of ${board} any more`)];
      case "fenced":
        return [boardEvent("board.fenced", board, "alarm", `another gateway is in charge of ${board}; this one keeps away from it`)];
      default:
        return [];
    }
  }
}
