import {
  authScheme,
  formatDigestParameters,
  parseDigestParameters,
  valuesByName,
  type DigestParameter,
} from "./digest-parameters.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { unescapeUri } from "./uri.ts";

/**
 * The value of an Authorization or Proxy-Authorization header. Texts are octet strings without quotes and escapes.
 */
export interface DigestCredentials {
  /** Also from `username*` (RFC 7616 §3.4.4); a hash where `userhash` says so. */
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** As written; may be empty, as some phones send before they were challenged. */
  readonly response: string;
  /** As written; undefined means MD5. */
  readonly algorithm: string | undefined;
  readonly cnonce: string | undefined;
  readonly opaque: string | undefined;
  /** As written; undefined for the form of RFC 2069. */
  readonly qop: string | undefined;
  /** Eight hex digits, as written. */
  readonly nc: string | undefined;
  readonly userhash: boolean;
  /** All of them in the order and quoting of their writer: what `formatCredentials` writes. */
  readonly parameters: readonly DigestParameter[];
}

function credentialsOf(parameters: readonly DigestParameter[], values: ReadonlyMap<string, string>): DigestCredentials {
  return {
    username: values.get("username") ?? extendedValue(values.get("username*") ?? ""),
    realm: values.get("realm") ?? "",
    nonce: values.get("nonce") ?? "",
    uri: values.get("uri") ?? "",
    response: values.get("response") ?? "",
    algorithm: values.get("algorithm"),
    cnonce: values.get("cnonce"),
    opaque: values.get("opaque"),
    qop: values.get("qop"),
    nc: values.get("nc"),
    userhash: values.get("userhash")?.toLowerCase() === "true",
    parameters,
  };
}

const REQUIRED = ["realm", "nonce", "uri", "response"];

/**
 * Reads credentials liberally: any order, any quoting, unknown parameters.
 * @throws {SipParseError} ERR_SIP_SYNTAX: another scheme, parameters that cannot be read, one that is missing.
 * @see RFC 7616 §3.4, RFC 3261 §22.4
 */
export function parseCredentials(value: string): DigestCredentials {
  if (authScheme(value).toLowerCase() !== "digest") throw new SipParseError("not Digest credentials", { text: value });
  const parameters = parseDigestParameters(value);
  const values = valuesByName(parameters);
  if (values.size < parameters.length) throw new SipParseError("authentication parameter repeated", { text: value });
  const missing = REQUIRED.find((name) => !values.has(name));
  if (missing !== undefined) throw new SipParseError(`credentials without ${missing}`, { text: value });
  if (!values.has("username") && !values.has("username*")) {
    throw new SipParseError("credentials without username", { text: value });
  }
  return credentialsOf(parameters, values);
}

/** Credentials as header value: `Digest name="value", name=value`, in their own order and quoting. */
export function formatCredentials(credentials: Pick<DigestCredentials, "parameters">): string {
  return formatDigestParameters(credentials.parameters);
}

/** `UTF-8''J%C3%A4ger` → octets of the name (RFC 8187). */
function extendedValue(text: string): string {
  return unescapeUri(text.slice(text.lastIndexOf("'") + 1));
}
