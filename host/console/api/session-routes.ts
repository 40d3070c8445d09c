import type { SessionView, sessionRoutes } from "../../../shared/console/api/session-api.ts";
import type { ApiCall, Handlers } from "./api-call.ts";
import type { OpenedSession, Sessions } from "./authenticator.ts";

/** Log-ins. @param tls the cookie goes over TLS only */
export function sessionHandlers(sessions: Sessions, tls: boolean): Handlers<typeof sessionRoutes> {
  const attributes = `; Path=/; HttpOnly; SameSite=Strict${tls ? "; Secure" : ""}`;
  const opened = (call: ApiCall, { view, cookie, maxAge }: OpenedSession): SessionView => {
    call.reply.raw.setHeader("set-cookie", `penstock_session=${cookie}; Max-Age=${Math.floor(maxAge / 1000)}${attributes}`);
    return view;
  };
  return {
    logIn: async (call, { body }) => opened(call, await sessions.login(body, call.facts)),
    logInWithToken: async (call, { body }) => opened(call, await sessions.loginWithToken(body.token, call.facts)),
    getSession: (call) => sessions.view(call.who),
    logOut: async (call) => {
      await sessions.logout(call.who);
      call.reply.raw.setHeader("set-cookie", `penstock_session=; Max-Age=0${attributes}`);
    },
    setOwnPassword: async (call, { body }) => opened(call, await sessions.setPassword(call.who, body, call.facts)),
  };
}
