import { formatUri, isSipUri, parseNameAddr, type HeaderField, type Uri } from "../message/index.ts";

/** Where a request goes and what says so: Request-URI, Route headers, and the URI of the next hop. */
export interface RequestRoute {
  readonly requestUri: string;
  readonly routes: readonly HeaderField[];
  readonly nextHop: string;
}

/**
 * Applies a route set to a request for `target`. A first router without `lr` is a strict one of RFC 2543: it gets the
 * request in its own name, and the target comes last.
 * @param routeSet values of Route, `<uri>`, the nearest first.
 * @see RFC 3261 §12.2.1.1
 */
export function applyRouteSet(routeSet: readonly string[], target: string): RequestRoute {
  const [first, ...rest] = routeSet;
  if (first === undefined) return { requestUri: target, routes: [], nextHop: target };
  const { uri, uriText } = parseNameAddr(first);
  if (isLoose(uri)) return { requestUri: target, routes: routeSet.map(asRoute), nextHop: uriText };
  const requestUri = asRequestUri(uri, uriText);
  return { requestUri, routes: [...rest, `<${target}>`].map(asRoute), nextHop: requestUri };
}

/** Whether a router of that URI leaves the Request-URI alone (RFC 3261 §16.12). */
export function isLoose(uri: Uri): boolean {
  return isSipUri(uri) && uri.parameters.has("lr");
}

function asRoute(value: string): HeaderField {
  return ["Route", value];
}

/** Without what may not stand in a Request-URI: `method` and headers (RFC 3261 §19.1.1, table 1). */
function asRequestUri(uri: Uri, text: string): string {
  if (!isSipUri(uri) || (uri.headers.length === 0 && !uri.parameters.has("method"))) return text;
  const parameters = new Map([...uri.parameters].filter(([name]) => name !== "method"));
  return formatUri({ ...uri, headers: [], parameters });
}
