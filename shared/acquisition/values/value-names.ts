/** Names by raw integer, as `names` of a layout gives them. */
export function nameTable(names: Readonly<Record<string, string>>): ReadonlyMap<number, string> {
  const table = new Map<number, string>();
  for (const [raw, name] of Object.entries(names)) table.set(Number(raw), name);
  return table;
}

/** The raw integer of a name, the first where several have it; `undefined` for a name that is not there. */
export function rawOfName(names: Readonly<Record<string, string>>, name: string): number | undefined {
  for (const [raw, known] of Object.entries(names)) if (known === name) return Number(raw);
  return undefined;
}
