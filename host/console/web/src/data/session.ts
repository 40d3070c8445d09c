import type { GatewayClient } from "./gateway-client.ts";
import type { SessionView } from "./gateway-types.ts";
import { Observable } from "./observable.ts";
import { failureOf, type RequestFailed } from "./request-failed.ts";

/** Whether somebody is logged in. `away`: the gateway could not be asked. */
export type SessionState =
  | { readonly name: "asking" }
  | { readonly name: "away"; readonly failure: RequestFailed }
  | { readonly name: "out"; readonly expired: boolean }
  | { readonly name: "in"; readonly view: SessionView };

/** Logs in and out. */
export class Session {
  readonly state = new Observable<SessionState>({ name: "asking" });
  readonly #client: GatewayClient;

  constructor(parts: { readonly client: GatewayClient }) {
    this.#client = parts.client;
    this.#client.onLoggedOut = () => {
      if (this.state.get().name === "in") this.#leave(true);
    };
  }

  /** Asks who is logged in, by the cookie. */
  async resume(): Promise<void> {
    try {
      this.#enter(await this.#client.get<SessionView>("/session"));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.away || failure.status === 429) this.state.set({ name: "away", failure });
      else this.#leave(false);
    }
  }

  /** @throws {RequestFailed} */
  async logIn(user: string, password: string): Promise<void> {
    this.#enter(await this.#client.post<SessionView>("/session", { user, password }));
  }

  /** With the token of the first start. @throws {RequestFailed} */
  async logInByToken(token: string): Promise<void> {
    this.#enter(await this.#client.post<SessionView>("/session/token", { token }));
  }

  /** Sets the own password; at the first start it makes the first admin. @throws {RequestFailed} */
  async setPassword(parts: { readonly current?: string; readonly password: string; readonly user?: string }): Promise<void> {
    const view = await this.#client.post<SessionView | undefined>("/session/password", parts);
    if (view !== undefined && "csrf" in view) this.#enter(view);
    else await this.resume();
  }

  async logOut(): Promise<void> {
    await this.#client.delete("/session").catch(() => undefined);
    this.#leave(false);
  }

  #enter(view: SessionView): void {
    this.#client.csrf = view.csrf;
    this.state.set({ name: "in", view });
  }

  #leave(expired: boolean): void {
    this.#client.csrf = undefined;
    this.state.set({ name: "out", expired });
  }
}
