import { randomBytes } from "node:crypto";
import { everybody, type MockAnswer, type MockCall, MockRefusal, type MockSession, need, page, text } from "./web-mock-call.ts";
import type { MockUser } from "./web-mock-plant.ts";

/** The token of the first start. */
export const mockToken = "first-start-token-of-the-mock";

function viewOf({ gateway }: MockCall, session: MockSession): MockAnswer {
  const { user, csrf } = session;
  const roles = gateway.plant.grants
    .filter(({ principal }) => principal === `user:${user?.id}`)
    .map(({ role, scope }) => ({ role, scope }));
  const view = {
    user: user?.id ?? "",
    name: user?.name ?? "first start",
    roles,
    csrf,
    mustChangePassword: false,
    expiresAt: Date.now() + 3_600_000,
  };
  return { body: user === undefined ? { ...view, onlyPassword: true } : view };
}

function logIn(call: MockCall, user: MockUser | undefined): MockAnswer {
  const session = { csrf: randomBytes(8).toString("hex"), user };
  return { ...viewOf(call, session), session };
}

/** Log-ins. */
export function sessionRoute(call: MockCall): MockAnswer | undefined {
  const { gateway, session, method, path, body } = call;
  const { users, grants } = gateway.plant;
  switch (`${method} ${path}`) {
    case "POST /session": {
      const user = users.find(({ id, password }) => id === body["user"] && password === body["password"]);
      if (user === undefined) throw new MockRefusal(401, "EDGE_LOGIN_REFUSED", "user or password is wrong");
      return logIn(call, user);
    }
    case "POST /session/token":
      if (body["token"] !== mockToken) throw new MockRefusal(401, "EDGE_LOGIN_REFUSED", "the token is not the one of the first start");
      return logIn(call, undefined);
    case "GET /session":
      if (session === undefined) throw new MockRefusal(401, "EDGE_NOT_LOGGED_IN", "nobody is logged in");
      return viewOf(call, session);
    case "DELETE /session":
      return { leave: true };
    case "POST /session/password": {
      if (session === undefined) throw new MockRefusal(401, "EDGE_NOT_LOGGED_IN", "nobody is logged in");
      if (session.user === undefined) {
        const user = { id: text(body["user"]), name: text(body["user"]), password: text(body["password"]), enabled: true };
        users.push(user);
        grants.push({
          id: `g${grants.length + 1}`,
          principal: `user:${user.id}`,
          role: "admin",
          scope: "all",
          createdBy: "system",
          rev: 1,
          createdAt: Date.now(),
          updatedAt: Date.now(),
        });
        session.user = user;
      }
      return viewOf(call, session);
    }
  }
  return undefined;
}

/** Users, grants, keys and the audit log. */
export function accessRoute(call: MockCall): MockAnswer | undefined {
  const { gateway, method, path, body } = call;
  const { users, grants, keys, audit } = gateway.plant;
  const [first, id] = path.split("/").slice(1).map(decodeURIComponent);
  const stamps = { rev: 1, createdAt: Date.now() - 86_400_000, updatedAt: Date.now() };
  const view = ({ password: _secret, ...user }: MockUser): object => ({ ...user, hasPassword: true, ...stamps });
  switch (first) {
    case "users":
      need(call, "user:list", "admin");
      if (method === "POST" && id === undefined) {
        if (users.some((user) => user.id === body["id"]))
          throw new MockRefusal(409, "EDGE_ALREADY_EXISTS", `there is a user "${text(body["id"])}" already`);
        users.push({ id: text(body["id"]), name: text(body["name"]) || text(body["id"]), password: text(body["password"]), enabled: true });
        return { status: 201, body: { id: body["id"] } };
      }
      if (id === undefined) return page(users.map(view));
      return { body: users.filter((user) => user.id === id).map(view)[0] };
    case "grants":
      need(call, "grant:list", "admin");
      if (method === "POST") {
        const role = everybody.find((name) => name === body["role"]) ?? "viewer";
        grants.push({
          id: `g${grants.length + 1}`,
          principal: text(body["principal"]),
          role,
          scope: text(body["scope"]),
          createdBy: "user:ada",
          ...stamps,
        });
      }
      if (method === "DELETE")
        grants.splice(
          grants.findIndex((grant) => grant.id === id),
          1,
        );
      return page(grants);
    case "keys": {
      need(call, "key:list", "admin");
      if (method === "GET") return page(keys);
      if (method === "DELETE") {
        keys.splice(
          keys.findIndex((key) => key.id === id),
          1,
        );
        return {};
      }
      const key = { id: `k${keys.length + 1}`, name: text(body["name"]), owner: "ada", ...stamps };
      keys.push(key);
      return { status: 201, body: { key, secret: `pk_${randomBytes(24).toString("base64url")}` } };
    }
    case "audit":
      need(call, "audit:list", "admin");
      return path === "/audit/verify" ? { body: { ok: true, lines: audit.length, first: 1 } } : page([...audit].reverse());
  }
  return undefined;
}
