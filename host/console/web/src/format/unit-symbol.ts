/** UCUM codes whose written form differs from the code. */
const symbols: Readonly<Record<string, string>> = {
  Cel: "°C",
  "m3/h": "m³/h",
  "m3/s": "m³/s",
  m3: "m³",
  m2: "m²",
  "W.h": "Wh",
  "kW.h": "kWh",
  "1": "",
  deg: "°",
  Ohm: "Ω",
  "/min": "1/min",
  "[degF]": "°F",
  "mm[Hg]": "mmHg",
  "L/min": "l/min",
};

/** A unit as people write it: `m³/h` for `m3/h`, `°C` for `Cel`. Unknown units stay as they are. */
export function unitSymbol(unit: string | undefined): string {
  if (unit === undefined) return "";
  return symbols[unit] ?? unit;
}
