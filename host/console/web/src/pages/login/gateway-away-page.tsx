import type { ReactElement } from "react";
import { useConsole } from "../../data/use-console.ts";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { LoginFrame } from "./login-frame.tsx";

/** The gateway did not answer when the console began. It is asked again every few seconds. */
export function GatewayAwayPage(): ReactElement {
  const { session } = useConsole();
  return (
    <LoginFrame title="No connection">
      <Notice tone="warn" alert>
        <p className="strong">The gateway does not answer</p>
        <p>It may be starting, or the network is down. The plant goes on by itself; this page tries again every few seconds.</p>
      </Notice>
      <Button icon="retry" onClick={() => void session.resume()}>
        Try now
      </Button>
    </LoginFrame>
  );
}
