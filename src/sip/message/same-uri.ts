import { comparableHost } from "./host.ts";
import { isSipUri, unescapeUri, type SipUri, type Uri } from "./uri.ts";

/**
 * Whether two URIs are equal by RFC 3261 §19.1.4, with IP addresses compared by value (RFC 5954). Not transitive:
 * unknown parameters that stand on one side only are ignored.
 */
export function sameUri(a: Uri, b: Uri): boolean {
  if (a.scheme !== b.scheme) return false;
  if (isSipUri(a)) return isSipUri(b) && sameSipUri(a, b);
  if (isSipUri(b)) return false;
  return a.scheme === "tel" ? sameTelUri(a.opaque, b.opaque) : a.opaque === b.opaque;
}

function sameSipUri(a: SipUri, b: SipUri): boolean {
  return (
    sameText(a.user, b.user) &&
    sameText(a.password, b.password) &&
    a.port === b.port &&
    comparableHost(a.host) === comparableHost(b.host) &&
    sameParameters(a, b) &&
    sameHeaders(a, b)
  );
}

/**
 * Parameters whose presence on one side only makes URIs differ. The RFC's text leaves out `transport`, its examples
 * show it.
 */
const SIGNIFICANT = ["user", "ttl", "method", "maddr", "transport"];

function sameParameters(a: SipUri, b: SipUri): boolean {
  if (SIGNIFICANT.some((name) => a.parameters.has(name) !== b.parameters.has(name))) return false;
  for (const [name, value] of a.parameters) {
    if (!b.parameters.has(name)) continue;
    const other = b.parameters.get(name);
    if (name === "maddr" ? !sameHost(value, other) : !sameWithoutCase(value, other)) return false;
  }
  return true;
}

function sameHost(a: string | undefined, b: string | undefined): boolean {
  return comparableHost(withoutBrackets(a ?? "")) === comparableHost(withoutBrackets(b ?? ""));
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

function sameHeaders(a: SipUri, b: SipUri): boolean {
  if (a.headers.length !== b.headers.length) return false;
  const comparable = (uri: SipUri): string[] =>
    uri.headers.map(([name, value]) => `${unescapeUri(name).toLowerCase()}=${normalEscapes(value)}`).sort();
  const others = comparable(b);
  return comparable(a).every((header, index) => header === others[index]);
}

function sameText(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || normalEscapes(a) === normalEscapes(b);
}

function sameWithoutCase(a = "", b = ""): boolean {
  return normalEscapes(a).toLowerCase() === normalEscapes(b).toLowerCase();
}

const UNRESERVED = /[A-Za-z0-9\-_.!~*'()]/;

/** Escapes of unreserved characters decoded, all others in upper case: `%61%3b` → `a%3B` (rule 4). */
function normalEscapes(text: string): string {
  return text.replace(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const plain = unescapeUri(escape);
    return UNRESERVED.test(plain) ? plain : escape.toUpperCase();
  });
}

/** RFC 3966 §5: visual separators do not count, parameters are a set, everything is without case. */
function sameTelUri(a: string, b: string): boolean {
  const comparable = (opaque: string): string => {
    const [number = "", ...parameters] = opaque.toLowerCase().split(";");
    return [number.replace(/[-.()]/g, ""), ...parameters.sort()].join(";");
  };
  return comparable(a) === comparable(b);
}
