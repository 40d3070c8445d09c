/** What one look of the doctor found. */
export interface Finding {
  readonly part: string;
  /** `fail`: it does not work · `warn`: it works, but somebody should look · `skip`: it could not be asked. */
  readonly state: "ok" | "warn" | "fail" | "skip";
  readonly text: string;
  /** What to do. */
  readonly remedy?: string;
}

/** One look. What it throws is a failure of its part. */
export interface DoctorCheck {
  readonly part: string;
  look(): Promise<Finding | readonly Finding[]>;
}

export const ok = (part: string, text: string): Finding => ({ part, state: "ok", text });
export const warn = (part: string, text: string, remedy: string): Finding => ({ part, state: "warn", text, remedy });
export const fail = (part: string, text: string, remedy: string): Finding => ({ part, state: "fail", text, remedy });
export const skip = (part: string, text: string): Finding => ({ part, state: "skip", text });

/** Looks at everything, one after the other; a look that breaks stops no other. */
export async function examine(checks: readonly DoctorCheck[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { part, look } of checks) {
    try {
      findings.push(...[await look()].flat());
    } catch (error) {
      findings.push(fail(part, error instanceof Error ? error.message : String(error), "Mend what the message names."));
    }
  }
  return findings;
}
