import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { hashPassword } from "../../firmware/broker/access/password-hash.ts";
import { command } from "./command.ts";

/** What the broker of a virtual board shows and asks for. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
  readonly name: string;
  readonly password: string;
  /** Text of the broker's accounts file. */
  readonly accounts: string;
}

/** Makes a certificate for 127.0.0.1 and an account that may do what the machine's tests do. */
export async function makeCredentials(): Promise<Credentials> {
  const folder = await mkdtemp(path.join(tmpdir(), "penstock-credentials-"));
  try {
    const [key, certificate] = [path.join(folder, "key"), path.join(folder, "certificate")];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const names = ["-subj", "/CN=penstock", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
    await command("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", certificate]);
    const [name, password] = ["lab", "a board in a machine"];
    const account = { name, password: await hashPassword(password), publish: ["penstock/v1/+/twin/+/set", "lab/#"], subscribe: ["#"] };
    return {
      certificate: await readFile(certificate, "utf8"),
      key: await readFile(key, "utf8"),
      name,
      password,
      accounts: JSON.stringify({ accounts: [account] }),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
