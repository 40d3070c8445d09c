import { grantRoutes, keyRoutes, userRoutes } from "./account-api.ts";
import { artifactRoutes } from "./artifact-api.ts";
import { boardRoutes } from "./board-api.ts";
import { definitionRoutes } from "./definition-api.ts";
import { eventRoutes } from "./event-api.ts";
import { featureRoutes } from "./feature-api.ts";
import { nodeRoutes } from "./node-api.ts";
import { operationRoutes } from "./operation-api.ts";
import { recordRoutes } from "./record-api.ts";
import { relationRoutes } from "./relation-api.ts";
import { sessionRoutes } from "./session-api.ts";
import { thingRoutes } from "./thing-api.ts";

/** Every route of the gateway's API, by the name of what it does. */
export const apiRoutes = {
  ...sessionRoutes,
  ...thingRoutes,
  ...featureRoutes,
  ...definitionRoutes,
  ...relationRoutes,
  ...recordRoutes,
  ...eventRoutes,
  ...operationRoutes,
  ...boardRoutes,
  ...artifactRoutes,
  ...userRoutes,
  ...grantRoutes,
  ...keyRoutes,
  ...nodeRoutes,
} as const;
