import { ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";

/** Names with a colon are those of boards and keys, as in `board:b1`: a user of that name would be taken for one, over MQTT. @throws {ResourceInvalid} */
export function checkUserId(id: string): void {
  if (!id.includes(":")) return;
  throw new ResourceInvalid("user", [{ path: "/id", message: `${JSON.stringify(id)} is not allowed`, expected: "an id without a colon" }]);
}
