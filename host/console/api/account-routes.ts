import { millis } from "../../../shared/base/units.ts";
import type { grantRoutes, keyRoutes, userRoutes } from "../../../shared/console/api/account-api.ts";
import type { Accounts } from "./accounts.ts";
import type { Handlers } from "./api-call.ts";
import { asObject } from "./document-routes.ts";
import { listQuery } from "./list-query.ts";

export function userHandlers(accounts: Accounts): Handlers<typeof userRoutes> {
  return {
    listUsers: (call, { query }) => accounts.listUsers(call.actor, listQuery(query), call.stop),
    createUser: (call, { body }) => accounts.createUser(call.actor, body),
    getUser: (call, { params }) => accounts.getUser(call.actor, params.id),
    patchUser: (call, { params, body }) => accounts.patchUser(call.actor, params.id, asObject(body), call.when),
    deleteUser: (call, { params }) => accounts.deleteUser(call.actor, params.id, call.when),
    setUserPassword: (call, { params, body }) => accounts.setUserPassword(call.actor, params.id, body.password),
    unlockUser: (call, { params }) => accounts.unlockUser(call.actor, params.id),
    endUserSessions: (call, { params }) => accounts.endSessions(call.actor, params.id),
  };
}

export function grantHandlers(accounts: Accounts): Handlers<typeof grantRoutes> {
  return {
    listGrants: (call, { query }) => accounts.listGrants(call.actor, listQuery(query), call.stop),
    createGrant: (call, { body }) => accounts.createGrant(call.actor, body),
    getGrant: (call, { params }) => accounts.getGrant(call.actor, params.id),
    deleteGrant: (call, { params }) => accounts.deleteGrant(call.actor, params.id),
  };
}

export function keyHandlers(accounts: Accounts): Handlers<typeof keyRoutes> {
  return {
    listKeys: (call, { query }) => accounts.listKeys(call.actor, listQuery(query), call.stop),
    createKey: (call, { body }) => accounts.createKey(call.actor, body),
    getKey: (call, { params }) => accounts.getKey(call.actor, params.id),
    rotateKey: (call, { params, body = {} }) => accounts.rotateKey(call.actor, params.id, millis(body.grace ?? 0)),
    deleteKey: (call, { params }) => accounts.deleteKey(call.actor, params.id),
  };
}
