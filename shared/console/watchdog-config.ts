import { type Static, Type } from "typebox";
import { Duration } from "../acquisition/point-config.ts";

/** Who resets the board when it hangs. systemd's watchdog is served whenever the unit asks for it; this part is for the hardware. */
export const WatchdogConfig = Type.Object(
  {
    device: Type.String({ minLength: 1, description: "/dev/watchdog, or board for the one of the board's description" }),
    interval: Type.Optional(Duration("how often it is fed while the board proves alive; default: a third of the device's own time limit")),
  },
  { $id: "WatchdogConfig", additionalProperties: false },
);
export type WatchdogConfig = Static<typeof WatchdogConfig>;
