import type { Uri } from "../sip/message/index.ts";

/** User part of a sip or sips URI without escapes; undefined where there is none. */
export function userOf(uri: Uri): string | undefined {
  return "host" in uri && uri.user !== undefined ? uri.userDecoded : undefined;
}

/** `host:port` of a sip or sips URI, lower case, 5060 filled in: what a binding is recognised by (CAL-05). */
export function hostPortOf(uri: Uri): string | undefined {
  if (!("host" in uri)) return undefined;
  return `${uri.host}:${uri.port ?? (uri.scheme === "sips" ? 5061 : 5060)}`;
}
