import type { ListQuery } from "../../../shared/console/gateway-ports.ts";

/** Documents of a page when nobody says. */
const usual = 50;

/** What a list is asked with, defaults filled in. */
export const listQuery = ({
  filter,
  orderBy,
  limit,
  cursor,
}: {
  readonly filter?: string | undefined;
  readonly orderBy?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}): ListQuery => ({
  limit: limit ?? usual,
  ...(filter !== undefined && { filter }),
  ...(orderBy !== undefined && { orderBy }),
  ...(cursor !== undefined && { cursor }),
});
