/** Headers of every answer. */
const always = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
} as const;

export interface SecurityHeaders {
  /** Of answers that no browser shows as a page. */
  readonly data: Readonly<Record<string, string>>;
  /** The same as a list of names and values, for the answers that there are most of. */
  readonly list: readonly string[];
  /** Of the console. Scripts and styles come from files only. */
  readonly page: Readonly<Record<string, string>>;
  /** Of a page that is one text. @param style hash of its style sheet, as in `sha256-…` */
  plain(style: string): Readonly<Record<string, string>>;
}

/** What browsers are told, so that nothing foreign runs in our pages and none of ours in foreign ones. OWASP HTTP Headers; W3C CSP Level 3. */
export function securityHeaders(tls: boolean): SecurityHeaders {
  const base = { ...always, ...(tls && { "strict-transport-security": "max-age=31536000" }) };
  const page = {
    ...base,
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
  };
  const data = { ...base, "cache-control": "no-store", "content-security-policy": "default-src 'none'; frame-ancestors 'none'" };
  return {
    data,
    list: Object.entries(data).flat(),
    page: {
      ...page,
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    },
    plain: (style) => ({
      ...page,
      "cache-control": "no-store",
      "content-security-policy": `default-src 'none'; style-src '${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    }),
  };
}
