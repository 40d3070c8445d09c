import { type ReactElement, useMemo, useState } from "react";
import { Link } from "wouter";
import type { Quality } from "../../../../../../shared/acquisition/sample.ts";
import type { BoardView } from "../../../../../../shared/twin/documents/board-document.ts";
import type { FeatureOfThing } from "../../../../../../shared/twin/documents/feature-of-thing-document.ts";
import type { ThingDocument } from "../../../../../../shared/twin/documents/thing-document.ts";
import { withQuery } from "../../data/gateway-client.ts";
import type { Page as ListPage } from "../../data/gateway-types.ts";
import { useLiveThings } from "../../data/use-live.ts";
import { useResource } from "../../data/use-resource.ts";
import { featuresOf, thingFilter } from "../../logic/filter-text.ts";
import { groupByThing } from "../../logic/group-by-thing.ts";
import { isQuality } from "../../logic/known-quality.ts";
import { Card } from "../../ui/card.tsx";
import { Empty } from "../../ui/empty.tsx";
import { WhenLoaded } from "../../ui/loaded.tsx";
import { Page } from "../../ui/page.tsx";
import { Pager } from "../../ui/pager.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Tags } from "../../ui/tags.tsx";
import { usePages } from "../../ui/use-pages.ts";
import { useSettled } from "../../ui/use-settled.ts";
import { ThingQuality } from "./thing-quality.tsx";
import { ThingValues } from "./thing-values.tsx";

const size = 25;
const kinds = ["device", "board", "gateway", "simulated", "group", "site"] as const;
const qualities: readonly Quality[] = ["good", "uncertain", "stale", "bad"];
const none: readonly FeatureOfThing[] = [];

/** Ids of things that have a value of some quality now; `undefined` while that is not known or nobody asks. */
function useThingsOfQuality(quality: Quality | ""): readonly string[] | undefined {
  const path = quality === "" ? undefined : withQuery("/features", { filter: `reported.quality == "${quality}"`, limit: 500 });
  const found = useResource<ListPage<FeatureOfThing>>(path, 5000);
  return useMemo(() => (found.data === undefined ? undefined : [...new Set(found.data.items.map(({ thing }) => thing))]), [found.data]);
}

function ThingRow({
  thing,
  features,
}: {
  readonly thing: ThingDocument;
  readonly features: readonly FeatureOfThing[] | undefined;
}): ReactElement {
  return (
    <tr className="pick">
      <th scope="row">
        <Link className="strong" href={`/things/${encodeURIComponent(thing.id)}`}>
          {thing.name}
        </Link>
        {thing.name === thing.id ? null : <div className="small faint">{thing.id}</div>}
      </th>
      <td data-name="Quality" className="fit">
        {features === undefined ? (
          <span className="bone" style={{ width: "4rem" }} />
        ) : (
          <ThingQuality thing={thing.id} features={features} />
        )}
      </td>
      <td data-name="Values">{features === undefined ? null : <ThingValues thing={thing.id} features={features} />}</td>
      <td data-name="Board" className="fit">
        {thing.board === undefined ? null : <Link href={`/boards/${encodeURIComponent(thing.board)}`}>{thing.board}</Link>}
      </td>
      <td data-name="Labels">
        <Tags labels={thing.labels} />
      </td>
    </tr>
  );
}

/** All things: looked for by name, label, board, sort and quality, with the newest of what they measure. */
export function ThingsPage(): ReactElement {
  const [text, setText] = useState("");
  const [board, setBoard] = useState("");
  const [kind, setKind] = useState("");
  const [quality, setQuality] = useState<Quality | "">("");
  const pages = usePages();
  const settled = useSettled(text, 250);
  const ids = useThingsOfQuality(quality);
  const boards = useResource<ListPage<BoardView>>("/boards?limit=500");
  const nobody = quality !== "" && ids?.length === 0;
  const waiting = quality !== "" && ids === undefined;
  const filter = thingFilter({ text: settled, board, kind, ids: quality === "" ? undefined : ids?.slice(0, size) });
  const path = waiting ? undefined : withQuery("/things", { filter, limit: size, cursor: pages.cursor });
  const things = useResource<ListPage<ThingDocument>>(path);
  const items = nobody ? [] : (things.data?.items ?? []);
  const shown = items.map(({ id }) => id);
  useLiveThings(shown);
  const featureFilter = featuresOf(shown);
  const features = useResource<ListPage<FeatureOfThing>>(
    featureFilter === undefined ? undefined : withQuery("/features", { filter: featureFilter, limit: 500 }),
  );
  const byThing = useMemo(() => groupByThing(features.data?.items), [features.data]);
  const searching = text !== "" || board !== "" || kind !== "" || quality !== "";
  const choose = (set: (value: string) => void) => (value: string) => {
    pages.first();
    set(value);
  };
  return (
    <Page title="Things">
      <div className="filters">
        <SearchBox label="Search, or label=value" value={text} onText={choose(setText)} />
        <select className="input" aria-label="Board" value={board} onChange={(event) => choose(setBoard)(event.currentTarget.value)}>
          <option value="">All boards</option>
          {boards.data?.items.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <select className="input" aria-label="Sort of thing" value={kind} onChange={(event) => choose(setKind)(event.currentTarget.value)}>
          <option value="">All sorts</option>
          {kinds.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <select
          className="input"
          aria-label="Quality"
          value={quality}
          onChange={(event) => {
            const picked = event.currentTarget.value;
            pages.first();
            setQuality(isQuality(picked) ? picked : "");
          }}
        >
          <option value="">Any quality</option>
          {qualities.map((name) => (
            <option key={name} value={name}>
              {name} values
            </option>
          ))}
        </select>
      </div>
      <Card
        flush
        foot={
          <Pager
            shown={items.length}
            total={nobody ? 0 : things.data?.total}
            page={pages.page}
            size={size}
            next={things.data?.cursor}
            noun="things"
            onNext={pages.next}
            onBack={pages.back}
          />
        }
      >
        <WhenLoaded from={waiting ? { ...things, data: undefined, failure: undefined } : things} rows={8}>
          {() =>
            items.length === 0 ? (
              <Empty icon="things" title={searching ? "No thing is like that" : "No things yet"}>
                {searching ? "Look for less, or for another board or label." : "Things come with the boards that bring them."}
              </Empty>
            ) : (
              <div className="table-wrap">
                <table className="table fold">
                  <thead>
                    <tr>
                      <th scope="col">Thing</th>
                      <th scope="col">Quality</th>
                      <th scope="col">Values now</th>
                      <th scope="col">Board</th>
                      <th scope="col">Labels</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((thing) => (
                      <ThingRow
                        key={thing.id}
                        thing={thing}
                        features={byThing === undefined ? undefined : (byThing.get(thing.id) ?? none)}
                      />
                    ))}
                  </tbody>
                </table>
              </div>
            )
          }
        </WhenLoaded>
      </Card>
    </Page>
  );
}
