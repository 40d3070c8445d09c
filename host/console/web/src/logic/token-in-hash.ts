/** The first-start token of a link such as `/#token=…`. It stands behind the `#`, so that it is in no request and no log. */
export function tokenInHash(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("token");
  return token === null || token === "" ? undefined : token;
}
