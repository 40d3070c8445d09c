import { type AccessRules, mayPublish, maySubscribe } from "../../../shared/broker/access-rules.ts";

const remembered = 256;

/** What one connected client may do. Answers about topics are remembered, since clients publish to the same few. */
export class ClientRights {
  readonly principal: string;
  readonly #rules: AccessRules;
  readonly #owned: (topic: string) => boolean;
  readonly #publish = new Map<string, boolean>();

  /** @param rules bound to the client. @param owned topics only the board publishes to */
  constructor(principal: string, rules: AccessRules, owned: (topic: string) => boolean) {
    this.principal = principal;
    this.#rules = rules;
    this.#owned = owned;
  }

  mayPublish(topic: string): boolean {
    const known = this.#publish.get(topic);
    if (known !== undefined) return known;
    const allowed = mayPublish(this.#rules, topic) && !this.#owned(topic);
    if (this.#publish.size >= remembered) this.#publish.clear();
    this.#publish.set(topic, allowed);
    return allowed;
  }

  maySubscribe(filter: string): boolean {
    return maySubscribe(this.#rules, filter);
  }
}
