import { EdgeError } from "../../../shared/base/edge-error.ts";

/** The gateway's broker cannot be reached. */
export class UplinkUnreachable extends EdgeError {
  readonly code = "EDGE_UPLINK_UNREACHABLE";
  readonly url: string;
  constructor(url: string, why: string, cause?: unknown) {
    super(`the gateway at ${url} cannot be reached: ${why}`, { cause });
    this.url = url;
  }
}

/** The gateway's broker does not let this board in. */
export class UplinkDenied extends EdgeError {
  readonly code = "EDGE_UPLINK_DENIED";
  readonly url: string;
  constructor(url: string, why: string, cause?: unknown) {
    super(`the gateway at ${url} refuses this board: ${why}`, { cause });
    this.url = url;
  }
}

/** One of the two certificates is not taken by the other side. */
export class UplinkUntrusted extends EdgeError {
  readonly code = "EDGE_UPLINK_CERTIFICATE";
  readonly url: string;
  constructor(url: string, why: string, cause?: unknown) {
    super(`no trusted connection to the gateway at ${url}: ${why}`, { cause });
    this.url = url;
  }
}

/** A file that the uplink needs to connect cannot be read. */
export class UplinkFileUnreadable extends EdgeError {
  readonly code = "EDGE_UPLINK_FILE";
  readonly path: string;
  constructor(what: string, path: string, why: string, cause?: unknown) {
    super(`the uplink's ${what} ${path} cannot be read: ${why}`, { cause });
    this.path = path;
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What certificates are refused for: OpenSSL's codes, as Node gives them. */
const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has expired; renew it there, or set this board's clock if that is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; this board's clock is probably not set",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate signs itself and is not trusted; name it in uplink.ca",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an authority that is not trusted; name that in uplink.ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an authority that is not trusted; name that in uplink.ca",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an authority that is not trusted; name that in uplink.ca",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name; give the name in the certificate in uplink.url",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there; check port and protocol of uplink.url",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "it wants a certificate of this board; name one in uplink.certificate and uplink.key",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "it does not know the authority of this board's certificate",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "this board's certificate has expired",
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: "uplink.key is not the key of uplink.certificate",
};

const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known; check uplink.url and the name server",
  EAI_AGAIN: "no name server answers; is there a network?",
  ECONNREFUSED: "nothing listens there; check that the broker runs, and the port of uplink.url",
  ETIMEDOUT: "no answer; check address, route and firewall",
  EHOSTUNREACH: "there is no route to it; check network and address",
  ENETUNREACH: "there is no network",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
};

/** CONNACK codes of MQTT 3.1.1 §3.2.2.3 and MQTT 5 §3.2.2.2 that are about the account. */
const deniedReasons: Readonly<Record<number, string>> = {
  2: "it does not take the client id",
  4: "wrong user name or password; check uplink.username and the file of uplink.passwordFile",
  5: "this account may not connect; check uplink.username and its rights there",
  133: "it does not take the client id",
  134: "wrong user name or password; check uplink.username and the file of uplink.passwordFile",
  135: "this account may not connect; check uplink.username and its rights there",
  138: "this client is banned there",
};

/** True when a broker does not know the version of MQTT that it was asked for. MQTT 3.1.1 §3.2.2.3 code 1, MQTT 5 §3.2.2.2 code 0x84. */
export function isVersionRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === 1 || code === 132;
}

/** Says of a failed connection what happened and what to do. */
export function uplinkError(url: string, error: unknown): EdgeError {
  if (error instanceof EdgeError) return error;
  const code = codeOf(error);
  if (typeof code === "number") return new UplinkDenied(url, deniedReasons[code] ?? messageOf(error), error);
  if (typeof code !== "string") return new UplinkUnreachable(url, messageOf(error), error);
  const certificate = certificateReasons[code];
  if (certificate !== undefined) return new UplinkUntrusted(url, certificate, error);
  if (/^(CERT_|ERR_SSL|ERR_TLS|ERR_OSSL)/.test(code)) return new UplinkUntrusted(url, messageOf(error), error);
  return new UplinkUnreachable(url, networkReasons[code] ?? messageOf(error), error);
}
