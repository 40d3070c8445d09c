import { type ReactElement, type ReactNode, useState } from "react";
import { shortestPassword } from "../../../../../shared/twin/access/password-policy.ts";
import type { RequestFailed } from "../data/request-failed.ts";
import { passwordProblem } from "../logic/password-problem.ts";
import { Button } from "./button.tsx";
import { TextField } from "./field.tsx";
import { FailureNotice } from "./notice.tsx";

/** Asks for a new password twice. */
export function PasswordForm(props: {
  readonly act: string;
  /** Ask for the present one too. */
  readonly current: boolean;
  readonly user: string;
  readonly busy: boolean;
  readonly ready?: boolean;
  readonly failure: RequestFailed | undefined;
  readonly onSubmit: (passwords: { readonly current: string; readonly password: string }) => void;
  readonly children?: ReactNode;
}): ReactElement {
  const { act, current: asksCurrent, user, busy, ready = true, failure, onSubmit, children } = props;
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const problem = passwordProblem(password, again, user);
  const complete = ready && password !== "" && problem.password === undefined && again === password && (!asksCurrent || current !== "");
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (complete) onSubmit({ current, password });
      }}
    >
      {children}
      <input type="text" name="username" autoComplete="username" value={user} readOnly hidden />
      {asksCurrent ? (
        <TextField
          label="Present password"
          type="password"
          autoComplete="current-password"
          path="/current"
          failure={failure}
          value={current}
          onText={setCurrent}
        />
      ) : null}
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint={`At least ${shortestPassword} characters; a sentence is good.`}
        path="/password"
        failure={failure}
        wrong={problem.password}
        value={password}
        onText={setPassword}
      />
      <TextField
        label="New password again"
        type="password"
        autoComplete="new-password"
        wrong={problem.again}
        value={again}
        onText={setAgain}
      />
      {failure === undefined ? null : <FailureNotice failure={failure} />}
      <Button type="submit" kind="primary" busy={busy} disabled={!complete}>
        {act}
      </Button>
    </form>
  );
}
