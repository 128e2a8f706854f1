import { isIPv4 } from "node:net";
import { formatNameAddr, formatUri, isSipUri, parseNameAddr, type SipUri, splitList } from "../sip/message/index.ts";
import { hostPort, type LocalAddress } from "./local-address.ts";

/** `@localhost` at the end of a URI's host part: what the application leaves for us to fill in. */
const LOCALHOST = /@localhost(?![A-Za-z0-9.:-])/g;

/** `@localhost` filled in with the address told on that transport, wherever it stands in the value. */
export function fillLocalhost(value: string, local: LocalAddress): string {
  return value.replace(LOCALHOST, () => `@${hostPort(local)}`);
}

/**
 * A Contact value as it leaves: a contact whose host is `localhost` becomes one at `local`, transport and all; with
 * `rewrite` also one at an IPv4 address that isn't `local` (drachtio-server's rule for all requests but REGISTER).
 * Everything else leaves as it is, octet by octet.
 */
export function fillContact(value: string, local: LocalAddress, rewrite: boolean): string {
  if (value === "*" || (!rewrite && !value.includes("@localhost"))) return value;
  return splitList(value)
    .map((item) => fillOneContact(item, local, rewrite))
    .join(", ");
}

function fillOneContact(item: string, local: LocalAddress, rewrite: boolean): string {
  try {
    const contact = parseNameAddr(item);
    const { uri, displayName } = contact;
    if (!isSipUri(uri)) return item;
    const told = uri.host === local.host && uri.port === local.port;
    if (uri.host !== "localhost" && !(rewrite && isIPv4(uri.host) && !told)) return item;
    const parameters = new Map(uri.parameters);
    if (local.protocol === "udp") parameters.delete("transport");
    else parameters.set("transport", local.protocol);
    const moved: SipUri = { ...uri, host: local.host, port: local.port, parameters };
    return formatNameAddr({ displayName, uriText: formatUri(moved), parameters: contact.parameters });
  } catch {
    return item;
  }
}
