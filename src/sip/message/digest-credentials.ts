import {
  authScheme,
  formatDigestParameters,
  parameterOf,
  parseDigestParameters,
  type DigestParameter,
} from "./digest-parameters.ts";
import { toHeaderValue } from "./octet-text.ts";
import { SipParseError } from "./sip-parse-error.ts";
import { unescapeUri } from "./uri.ts";

/**
 * The value of an Authorization or Proxy-Authorization header, in the order and quoting of its writer. Texts are octet
 * strings without quotes and escapes.
 */
export class DigestCredentials {
  readonly parameters: readonly DigestParameter[];

  constructor(parameters: readonly DigestParameter[]) {
    this.parameters = parameters;
  }

  /** Also from `username*` (RFC 7616 §3.4.4); a hash where `userhash` says so. */
  get username(): string {
    return this.#get("username") ?? extendedValue(this.#get("username*") ?? "");
  }

  get realm(): string {
    return this.#get("realm") ?? "";
  }

  get nonce(): string {
    return this.#get("nonce") ?? "";
  }

  get uri(): string {
    return this.#get("uri") ?? "";
  }

  /** As written; may be empty, as some phones send before they were challenged. */
  get response(): string {
    return this.#get("response") ?? "";
  }

  /** As written; undefined means MD5. */
  get algorithm(): string | undefined {
    return this.#get("algorithm");
  }

  get cnonce(): string | undefined {
    return this.#get("cnonce");
  }

  get opaque(): string | undefined {
    return this.#get("opaque");
  }

  /** As written; undefined for the form of RFC 2069. */
  get qop(): string | undefined {
    return this.#get("qop");
  }

  /** Eight hex digits, as written. */
  get nc(): string | undefined {
    return this.#get("nc");
  }

  get userhash(): boolean {
    return this.#get("userhash")?.toLowerCase() === "true";
  }

  /** The same credentials with one value replaced in its place; for scripts that send wrong ones. */
  with(name: string, value: string): DigestCredentials {
    const clean = toHeaderValue(value);
    return new DigestCredentials(
      this.parameters.map((parameter) =>
        parameter.name.toLowerCase() === name ? { ...parameter, value: clean } : parameter,
      ),
    );
  }

  #get(lowerCaseName: string): string | undefined {
    return parameterOf(this.parameters, lowerCaseName);
  }
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
  const names = new Set(parameters.map((parameter) => parameter.name.toLowerCase()));
  if (names.size < parameters.length) throw new SipParseError("authentication parameter repeated", { text: value });
  const missing = REQUIRED.find((name) => !names.has(name));
  if (missing !== undefined) throw new SipParseError(`credentials without ${missing}`, { text: value });
  if (!names.has("username") && !names.has("username*")) {
    throw new SipParseError("credentials without username", { text: value });
  }
  return new DigestCredentials(parameters);
}

/** Credentials as header value: `Digest name="value", name=value`, in their own order and quoting. */
export function formatCredentials(credentials: DigestCredentials): string {
  return formatDigestParameters(credentials.parameters);
}

/** `UTF-8''J%C3%A4ger` → octets of the name (RFC 8187). */
function extendedValue(text: string): string {
  return unescapeUri(text.slice(text.lastIndexOf("'") + 1));
}
