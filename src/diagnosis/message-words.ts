import { decodeText, isSipUri, parseChallenges, parseUri, userOf } from "../sip/message/index.ts";
import type { DigestChallenge, DigestCredentials, SipMessage, SipRequest } from "../sip/message/index.ts";
import { parseCredentials, SipParseError, SipResponse } from "../sip/message/index.ts";

/** What a reading that may fail on a malformed header gives; undefined where it does. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SipParseError) return undefined;
    throw error;
  }
}

/** Digest credentials that a request carries. */
export function credentialsIn(request: SipRequest): DigestCredentials | undefined {
  const value = request.get("Authorization") ?? request.get("Proxy-Authorization");
  return value === undefined ? undefined : readable(() => parseCredentials(value));
}

/** The first Digest challenge that a response carries. */
export function challengeIn(response: SipResponse): DigestChallenge | undefined {
  const values = [...response.getAll("WWW-Authenticate"), ...response.getAll("Proxy-Authenticate")];
  return values.flatMap(parseChallenges)[0];
}

/** The Q.850 cause of a Reason header (RFC 3326). */
export function q850CauseIn(message: SipMessage): number | undefined {
  for (const value of message.list("Reason")) {
    const cause = /^Q\.850[ \t]*;(?:[^"]|"[^"]*")*?\bcause[ \t]*=[ \t]*(\d{1,3})\b/i.exec(value.slice(0, 200))?.[1];
    if (cause !== undefined) return Number(cause);
  }
  return undefined;
}

/** One m-line of a body. */
export interface MediaLine {
  /** `audio`, `video`; `slides` for a second video that says so. */
  readonly kind: string;
  readonly port: number;
}

/** The SDP that a message carries, if it carries one. */
export function sdpIn(message: SipMessage): string | undefined {
  if (message.body.length === 0 || readable(() => message.contentType?.type) !== "application/sdp") return undefined;
  return message.body.toString("latin1");
}

/** The m-lines that a message carries; undefined where it carries no SDP. */
export function mediaIn(message: SipMessage): MediaLine[] | undefined {
  const sections = sdpIn(message)?.split(/\r?\n(?=m=)/);
  return sections?.flatMap((section): MediaLine[] => {
    const [, kind, port] = /^m=([a-z]{1,20}) (\d{1,5})[ /]/i.exec(section) ?? [];
    if (kind === undefined || port === undefined) return [];
    return [{ kind: /^a=content:slides\b/m.test(section) ? "slides" : kind.toLowerCase(), port: Number(port) }];
  });
}

function mediaWords(message: SipMessage): string | undefined {
  const lines = mediaIn(message);
  if (!lines) return undefined;
  return lines.map(({ kind, port }) => (port === 0 ? `${kind} off` : kind)).join(", ") || "SDP without media";
}

/** Whom a URI calls: its user part, or the whole of it where there is none. */
function calledBy(uriText: string): string {
  const uri = readable(() => parseUri(uriText));
  const user = uri && isSipUri(uri) ? userOf(uri) : undefined;
  return decodeText(user ?? uriText);
}

function listed(words: readonly (string | undefined)[]): string {
  const said = words.filter((word) => word !== undefined);
  return said.length === 0 ? "" : ` (${said.join("; ")})`;
}

/** A request in a tester's words: `REGISTER 1002 (as user "swhite")`, `INVITE 1003 (audio, video)`. */
export function requestWords(request: SipRequest): string {
  const credentials = credentialsIn(request);
  const whom = request.method === "REGISTER" ? readable(() => request.to.uriText) : request.requestUri;
  const gone = request.method === "REGISTER" && request.expires === 0 ? "to unregister" : undefined;
  const user = credentials && `as user "${decodeText(credentials.username)}"`;
  const event = request.get("Event");
  const type = mediaWords(request) ?? readable(() => request.contentType?.type);
  return `${request.method} ${calledBy(whom ?? request.requestUri)}${listed([gone, user, event && `Event: ${event}`, type])}`;
}

/** A response in a tester's words: `200 OK (Expires: 120)`, `401 Unauthorized (challenge of realm "ccmsipline")`. */
export function responseWords(response: SipResponse): string {
  const challenge = challengeIn(response);
  const expires = response.get("Expires");
  const stale = challenge?.stale === true ? ", stale" : "";
  return `${response.status} ${decodeText(response.reason)}${listed([
    challenge && `challenge of realm "${decodeText(challenge.realm)}"${stale}`,
    expires === undefined ? undefined : `Expires: ${expires}`,
    mediaWords(response),
  ])}`;
}

/** Headers by which a peer says why. */
const TELLING = ["Warning", "Reason"];
const TELLING_OF_RESPONSES = [...TELLING, "Retry-After", "Unsupported", "Min-Expires", "Min-SE"];
const LONGEST = 160;

/** What a peer says of its reasons, a header a line, as it wrote them. */
export function tellingHeaders(message: SipMessage): string[] {
  return (message instanceof SipResponse ? TELLING_OF_RESPONSES : TELLING)
    .flatMap((name) => message.getAll(name).map((value) => `${name}: ${decodeText(value)}`.slice(0, LONGEST)))
    .slice(0, 8);
}
