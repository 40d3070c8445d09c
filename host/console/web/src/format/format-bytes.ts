const names = ["B", "kB", "MB", "GB", "TB"] as const;

/** An amount of storage with three digits at most: `812 kB`, `1.4 GB`. Decimal multiples. */
export function formatBytes(amount: number): string {
  let value = Math.max(0, amount);
  let index = 0;
  while (value >= 999.5 && index < names.length - 1) {
    value /= 1000;
    index++;
  }
  const digits = index === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1);
  return `${digits} ${names[index] ?? "B"}`;
}

/** A share as a percentage without decimals. */
export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}
