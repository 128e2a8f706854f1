import { comparableHost, isSipUri, type Uri } from "../sip/message/index.ts";

/** `host:port` of a sip or sips URI, 5060 or 5061 filled in: what a binding is recognised by (CAL-05). */
export function hostPortOf(uri: Uri): string | undefined {
  if (!isSipUri(uri)) return undefined;
  return `${comparableHost(uri.host)}:${uri.port ?? (uri.scheme === "sips" ? 5061 : 5060)}`;
}
