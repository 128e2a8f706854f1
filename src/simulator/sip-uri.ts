import { encodeText, escapeUser, formatUri } from "../sip/message/index.ts";

interface UriParts {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly protocol?: string;
}

/** A SIP URI as text; the user is plain text and gets escaped, `transport` is named unless it is UDP. */
export function sipUri({ host, user, port, protocol = "udp" }: UriParts): string {
  return formatUri({
    scheme: "sip",
    user: user === undefined ? undefined : escapeUser(encodeText(user)),
    host,
    port,
    parameters: new Map(protocol === "udp" ? [] : [["transport", protocol]]),
    headers: [],
  });
}
