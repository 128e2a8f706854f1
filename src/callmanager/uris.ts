import { comparableHost, isSipUri, type Uri } from "../sip/message/index.ts";

/** `host:port` of a sip or sips URI, 5060 or 5061 filled in: what a binding is recognised by (CAL-05). */
export function hostPortOf(uri: Uri): string | undefined {
  if (!isSipUri(uri)) return undefined;
  return hostPortAt({ host: uri.host, port: uri.port ?? (uri.scheme === "sips" ? 5061 : 5060) });
}

/** The same of where a message came from. */
export function hostPortAt({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${comparableHost(host)}:${port}`;
}
