import type { ReactElement } from "react";
import { Link } from "wouter";
import { themes } from "../data/theme.ts";
import { useConsole, useMe, useObservable } from "../data/use-console.ts";
import { highestRole } from "../logic/permitted.ts";
import { Choices } from "../ui/choices.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu } from "../ui/menu.tsx";

const signs = { auto: "system", light: "sun", dark: "moon" } as const;

/** Who is logged in, how it looks, and the way out. */
export function UserMenu(): ReactElement {
  const { session, theme } = useConsole();
  const me = useMe();
  const chosen = useObservable(theme.theme);
  return (
    <Menu
      label="Account"
      button={(open, toggle) => (
        <button type="button" className="button bare user-button" aria-expanded={open} aria-label={`Account: ${me.name}`} onClick={toggle}>
          <Icon name="user" />
          <span className="cut">{me.name}</span>
          <span className="caret">
            <Icon name="down" size={14} />
          </span>
        </button>
      )}
    >
      {(close) => (
        <>
          <div className="menu-note">
            <p className="strong">{me.name}</p>
            <p className="small quiet">
              {me.user} · {highestRole(me.roles) ?? "no role"}
            </p>
          </div>
          <hr />
          <div className="menu-note stack tight">
            <span className="small quiet" id="theme-label">
              Appearance
            </span>
            <Choices
              label="Appearance"
              value={chosen}
              options={themes.map((name) => [
                name,
                <>
                  <Icon key="sign" name={signs[name]} size={15} />
                  {name === "auto" ? "System" : name === "light" ? "Light" : "Dark"}
                </>,
              ])}
              onPick={(name) => theme.choose(name)}
            />
          </div>
          <hr />
          <Link className="menu-item" href="/account" onClick={close}>
            <Icon name="keys" />
            Password and roles
          </Link>
          <button type="button" className="menu-item" onClick={() => void session.logOut()}>
            <Icon name="out" />
            Log out
          </button>
        </>
      )}
    </Menu>
  );
}
