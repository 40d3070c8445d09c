import { lazy, type ReactElement, Suspense, useEffect } from "react";
import { Route, Switch } from "wouter";
import { useConsole, useObservable } from "./data/use-console.ts";
import { BoardPage } from "./pages/boards/board-page.tsx";
import { BoardsPage } from "./pages/boards/boards-page.tsx";
import { EventsPage } from "./pages/events/events-page.tsx";
import { FirstPasswordPage } from "./pages/login/first-password-page.tsx";
import { GatewayAwayPage } from "./pages/login/gateway-away-page.tsx";
import { LoginPage } from "./pages/login/login-page.tsx";
import { OperationsPage } from "./pages/operations/operations-page.tsx";
import { OverviewPage } from "./pages/overview/overview-page.tsx";
import { ThingPage } from "./pages/thing/thing-page.tsx";
import { ThingsPage } from "./pages/things/things-page.tsx";
import { Shell } from "./shell/shell.tsx";
import { Empty } from "./ui/empty.tsx";
import { Page } from "./ui/page.tsx";
import { SkeletonRows } from "./ui/skeleton.tsx";

// What is seldom opened is sent when it is.
const UsersPage = lazy(() => import("./pages/access/users-page.tsx").then((page) => ({ default: page.UsersPage })));
const UserPage = lazy(() => import("./pages/access/user-page.tsx").then((page) => ({ default: page.UserPage })));
const KeysPage = lazy(() => import("./pages/access/keys-page.tsx").then((page) => ({ default: page.KeysPage })));
const AuditPage = lazy(() => import("./pages/access/audit-page.tsx").then((page) => ({ default: page.AuditPage })));
const AccountPage = lazy(() => import("./pages/access/account-page.tsx").then((page) => ({ default: page.AccountPage })));
const NodePage = lazy(() => import("./pages/node/node-page.tsx").then((page) => ({ default: page.NodePage })));

/** The console: who is logged in decides what is shown, the address decides which page. */
export function App(): ReactElement | null {
  const { session } = useConsole();
  const state = useObservable(session.state);
  const away = state.name === "away";
  useEffect(() => {
    if (!away) return;
    const timer = setInterval(() => void session.resume(), 3000);
    return () => clearInterval(timer);
  }, [away, session]);
  switch (state.name) {
    case "asking":
      return null;
    case "away":
      return <GatewayAwayPage />;
    case "out":
      return <LoginPage expired={state.expired} />;
    case "in":
      return state.view.onlyPassword === true || state.view.mustChangePassword ? <FirstPasswordPage view={state.view} /> : <Pages />;
  }
}

function Pages(): ReactElement {
  return (
    <Shell>
      <Suspense fallback={<SkeletonRows rows={8} />}>
        <Switch>
          <Route path="/">
            <OverviewPage />
          </Route>
          <Route path="/things">
            <ThingsPage />
          </Route>
          <Route path="/things/:thing/:feature?">{({ thing, feature }) => <ThingPage key={thing} thing={thing} feature={feature} />}</Route>
          <Route path="/boards">
            <BoardsPage />
          </Route>
          <Route path="/boards/:board">{({ board }) => <BoardPage key={board} board={board} />}</Route>
          <Route path="/events">
            <EventsPage />
          </Route>
          <Route path="/operations">
            <OperationsPage />
          </Route>
          <Route path="/users">
            <UsersPage />
          </Route>
          <Route path="/users/:user">{({ user }) => <UserPage key={user} user={user} />}</Route>
          <Route path="/keys">
            <KeysPage />
          </Route>
          <Route path="/audit">
            <AuditPage />
          </Route>
          <Route path="/account">
            <AccountPage />
          </Route>
          <Route path="/node">
            <NodePage />
          </Route>
          <Route>
            <Page title="Not found">
              <Empty icon="search" title="There is no such page">
                The address may be mistyped, or what it named is gone.
              </Empty>
            </Page>
          </Route>
        </Switch>
      </Suspense>
    </Shell>
  );
}
