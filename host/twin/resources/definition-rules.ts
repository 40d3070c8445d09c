import type { JsonObject } from "../../../shared/base/json.ts";
import type { Problem } from "../../../shared/base/problem.ts";
import type { AttributeSpec } from "../../../shared/twin/documents/definition-document.ts";
import { ResourceInvalid } from "../../../shared/twin/documents/document-errors.ts";
import type { FeatureOfThing } from "../../../shared/twin/documents/feature-of-thing-document.ts";
import { checkAttributes } from "../../../shared/twin/resources/check-attribute.ts";
import { partOf } from "../../../shared/twin/resources/wanted-value.ts";
import type { GatewayStore } from "../../../shared/twin/store-ports.ts";

const pageSize = 500;

/** What definitions say of things and their features. */
export class DefinitionRules {
  readonly #store: GatewayStore;

  constructor(store: GatewayStore) {
    this.#store = store;
  }

  /** @throws {ResourceInvalid} there is no such definition */
  async need(what: string, definition: string): Promise<void> {
    if ((await this.#store.get("definition", definition)) === undefined)
      throw new ResourceInvalid(what, [
        { path: "/definition", message: `there is no definition ${definition}`, expected: "one that was made before" },
      ]);
  }

  /** What the blueprint of the thing and the definition of the feature say of this feature. */
  async attributesOf(feature: Pick<FeatureOfThing, "thing" | "id" | "definition">): Promise<readonly AttributeSpec[]> {
    // Many plants have none at all: then nothing has to be read.
    if (this.#store.count("definition") === 0) return [];
    const thing = await this.#store.get("thing", feature.thing);
    const ids = [thing?.definition, feature.definition].filter((id) => id !== undefined);
    if (ids.length === 0) return [];
    const definitions = await this.#store.getMany("definition", ids);
    return definitions.flatMap((definition) => definition?.attributes ?? []).filter((attribute) => attribute.feature === feature.id);
  }

  /** @throws {ResourceInvalid} what is wanted of the thing's features, or their units, is not as the definition says */
  async checkThing(thing: string, definition: string | undefined): Promise<void> {
    if (definition === undefined) return;
    const attributes = (await this.#store.get("definition", definition))?.attributes ?? [];
    if (attributes.length === 0) return;
    const problems: Problem[] = [];
    for await (const feature of this.featuresOf(thing)) {
      const own = attributes.filter((attribute) => attribute.feature === feature.id);
      for (const { path, ...rest } of [...checkAttributes("desired", partOf(feature.desired), own), ...unitProblems(feature, own)])
        problems.push({ path: `/features/${feature.id}${path}`, ...rest });
    }
    if (problems.length > 0) throw new ResourceInvalid(`thing ${thing} as ${definition}`, problems);
  }

  async *featuresOf(thing: string): AsyncGenerator<FeatureOfThing> {
    for (let after: string | undefined; ; ) {
      const page: readonly FeatureOfThing[] = await this.#store.list("feature", {
        prefix: `${thing}/`,
        limit: pageSize,
        ...(after !== undefined && { after }),
      });
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      after = `${thing}/${last.id}`;
    }
  }
}

function* unitProblems({ traits }: FeatureOfThing, attributes: readonly AttributeSpec[]): Generator<Problem> {
  for (const { unit, path } of attributes)
    if (unit !== undefined && path === undefined && traits.unit !== undefined && traits.unit !== unit)
      yield { path: "/traits/unit", message: `the board reports ${traits.unit}`, expected: unit };
}

/** @throws {ResourceInvalid} */
export function checkHalf(
  what: string,
  half: "desired" | "reported",
  part: JsonObject | undefined,
  attributes: readonly AttributeSpec[],
): void {
  const problems = [...checkAttributes(half, part, attributes)];
  if (problems.length > 0) throw new ResourceInvalid(what, problems);
}
