import type { RouteTable } from "../../../shared/console/api/route-spec.ts";
import type { Access } from "../../../shared/twin/access/access-ports.ts";

/** What the description of the API is made of. */
export interface DocsParts {
  readonly routes: RouteTable;
  readonly access: Access;
  readonly version: string;
}
