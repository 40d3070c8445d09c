import { type ReactElement, useEffect, useRef, useState } from "react";
import { useAction } from "../../data/use-action.ts";
import { useConsole } from "../../data/use-console.ts";
import { tokenInHash } from "../../logic/token-in-hash.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/field.tsx";
import { FailureNotice, Notice } from "../../ui/notice.tsx";
import { LoginFrame } from "./login-frame.tsx";

function ByPassword({ expired, onToken }: { readonly expired: boolean; readonly onToken: () => void }): ReactElement {
  const { session } = useConsole();
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const logIn = useAction(() => session.logIn(user.trim(), password));
  return (
    <LoginFrame title="Log in">
      {expired && logIn.failure === undefined ? (
        <Notice tone="info">
          <p>Your session has ended. Log in again; you come back to where you were.</p>
        </Notice>
      ) : null}
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void logIn.run();
        }}
      >
        <TextField
          label="User"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={user}
          onText={setUser}
          autoFocus
          required
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onText={setPassword}
          required
        />
        {logIn.failure === undefined ? null : <FailureNotice failure={logIn.failure} />}
        <Button type="submit" kind="primary" busy={logIn.busy}>
          Log in
        </Button>
      </form>
      <Button kind="bare" onClick={onToken}>
        First start? Log in with the token
      </Button>
    </LoginFrame>
  );
}

function ByToken({ given, onBack }: { readonly given: string; readonly onBack: () => void }): ReactElement {
  const { session } = useConsole();
  const [token, setToken] = useState(given);
  const logIn = useAction(() => session.logInByToken(token.trim()));
  const tried = useRef(false);
  const { run } = logIn;
  useEffect(() => {
    if (given === "" || tried.current) return;
    tried.current = true;
    void run();
  }, [given, run]);
  return (
    <LoginFrame title="First start">
      <p className="quiet">
        At its first start the gateway wrote a token into the file admin-token of its data directory, and printed where that is.
      </p>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void logIn.run();
        }}
      >
        <TextField label="Token" className="input mono" autoComplete="off" spellCheck={false} value={token} onText={setToken} autoFocus />
        {logIn.failure === undefined ? null : <FailureNotice failure={logIn.failure} />}
        <Button type="submit" kind="primary" busy={logIn.busy} disabled={token.trim() === ""}>
          Go on
        </Button>
      </form>
      <Button kind="bare" onClick={onBack}>
        Log in with user and password
      </Button>
    </LoginFrame>
  );
}

/** The door. A link with `#token=…` goes through it by itself; the token leaves the address at once. */
export function LoginPage({ expired }: { readonly expired: boolean }): ReactElement {
  const [token] = useState(() => tokenInHash(window.location.hash));
  const [byToken, setByToken] = useState(token !== undefined);
  useEffect(() => {
    document.title = "Log in · Penstock";
    if (token !== undefined) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }, [token]);
  return byToken ? (
    <ByToken given={token ?? ""} onBack={() => setByToken(false)} />
  ) : (
    <ByPassword expired={expired} onToken={() => setByToken(true)} />
  );
}
