import { encodeText, escapeUser, formatUri } from "../sip/message/index.ts";

interface UriParts {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly protocol?: string;
}

/**
 * A SIP URI as text; the user gets escaped where it has to be, `transport` is named unless it is UDP. An IPv6 address
 * may stand in brackets or not.
 */
export function sipUri({ host, user, port, protocol = "udp" }: UriParts): string {
  return formatUri({
    scheme: "sip",
    user: user === undefined ? undefined : escaped(user),
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    parameters: new Map(protocol === "udp" ? [] : [["transport", protocol]]),
    headers: [],
  });
}

/** Escapes that stand there already are kept, since a service URI of a lab file may hold some. */
function escaped(user: string): string {
  return escapeUser(encodeText(user)).replace(/%25(?=[0-9A-F]{2})/gi, "%");
}
