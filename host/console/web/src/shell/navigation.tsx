import type { ReactElement } from "react";
import { Link, useLocation } from "wouter";
import type { Overview } from "../data/gateway-types.ts";
import { useMe } from "../data/use-console.ts";
import { useResource } from "../data/use-resource.ts";
import { type Act, whyNot } from "../logic/permitted.ts";
import { Icon, type IconName } from "../ui/icon.tsx";

interface Place {
  readonly href: string;
  readonly words: string;
  readonly icon: IconName;
  /** Shown to those only who may do it. */
  readonly act?: Act;
}

const groups: readonly { readonly name: string; readonly places: readonly Place[] }[] = [
  {
    name: "Plant",
    places: [
      { href: "/", words: "Overview", icon: "overview" },
      { href: "/things", words: "Things", icon: "things" },
      { href: "/boards", words: "Boards", icon: "boards" },
      { href: "/events", words: "Events", icon: "events" },
      { href: "/operations", words: "Operations", icon: "operations" },
    ],
  },
  {
    name: "Access",
    places: [
      { href: "/users", words: "Users", icon: "users", act: "users" },
      { href: "/keys", words: "Keys", icon: "keys", act: "keys" },
      { href: "/audit", words: "Audit", icon: "audit", act: "audit" },
    ],
  },
  { name: "Gateway", places: [{ href: "/node", words: "Node", icon: "node" }] },
];

const isAt = (location: string, href: string): boolean =>
  href === "/" ? location === "/" : location === href || location.startsWith(`${href}/`);

/** The way to every page. */
export function Navigation({ onGo }: { readonly onGo?: () => void }): ReactElement {
  const [location] = useLocation();
  const overview = useResource<Overview>("/overview").data;
  const me = useMe();
  const shown = groups
    .map(({ name, places }) => ({ name, places: places.filter(({ act }) => act === undefined || whyNot(me, act) === undefined) }))
    .filter(({ places }) => places.length > 0);
  const counts: Readonly<Record<string, number | undefined>> = { "/boards": overview?.boards.discovered };
  return (
    <nav className="nav" aria-label="Pages">
      {shown.map(({ name, places }) => (
        <ul className="nav-group" key={name} aria-label={name}>
          {places.map(({ href, words, icon }) => (
            <li key={href}>
              <Link href={href} aria-current={isAt(location, href) ? "page" : undefined} onClick={onGo}>
                <Icon name={icon} />
                {words}
                {counts[href] === undefined || counts[href] === 0 ? null : (
                  <span className="count" title={`${counts[href]} discovered`}>
                    {counts[href]}
                    <span className="hidden"> discovered</span>
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}
