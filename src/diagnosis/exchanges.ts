import type { MessageLine } from "../results/index.ts";
import { parseMessage, SipParseError, SipRequest, SipResponse, type SipMessage } from "../sip/message/index.ts";

/** A message of the journal that can be read as SIP. */
export interface Seen<T extends SipMessage = SipMessage> {
  readonly line: MessageLine;
  readonly message: T;
}

/** A request and what was answered to it, as one phone saw them. Copies are counted, not repeated. */
export interface Exchange {
  /** Role of the phone. */
  readonly phone: string;
  /** Whether the phone sent the request or received it. */
  readonly direction: "sent" | "received";
  readonly method: string;
  readonly request: Seen<SipRequest>;
  /** How often the request was on the wire. */
  readonly copies: number;
  readonly responses: readonly Seen<SipResponse>[];
  /** The exchange that ended with the challenge to which this one brings credentials. */
  readonly challengedIn: Exchange | undefined;
}

/** The last response of 200 or more. */
export function finalOf({ responses }: Exchange): SipResponse | undefined {
  return responses.findLast(({ message }) => message.isFinal)?.message;
}

/** The exchange and those before it that ended with a challenge to it, the first one first. */
export function attemptsOf(exchange: Exchange): Exchange[] {
  return exchange.challengedIn ? [...attemptsOf(exchange.challengedIn), exchange] : [exchange];
}

interface Growing extends Exchange {
  copies: number;
  readonly responses: Seen<SipResponse>[];
}

/** Never reached the other side, or was no SIP message to begin with. */
const NOT_EXCHANGED: readonly string[] = ["dropped", "not-sip", "keepalive", "malformed"];

/** The message of a line, undefined where it is none that can be read. */
export function readLine(line: MessageLine): Seen | undefined {
  if (line.notes.some((note) => NOT_EXCHANGED.includes(note))) return undefined;
  try {
    const message = parseMessage(Buffer.from(line.octets, "latin1"));
    // Both are parsed when asked for, and everything here asks.
    return message.callId === "" || message.cseq.method === "" ? undefined : { line, message };
  } catch (error) {
    if (error instanceof SipParseError) return undefined;
    throw error;
  }
}

function isChallenge(response: SipResponse | undefined): boolean {
  return response?.status === 401 || response?.status === 407;
}

/** Whether it answers the challenge with which `before` ended: the same dialogue of the same phone, and credentials now. */
function answersChallenge(request: SipRequest, before: Exchange | undefined): boolean {
  if (!before || !isChallenge(finalOf(before))) return false;
  return request.has("Authorization") || request.has("Proxy-Authorization");
}

/** Gathers the messages of a scenario into exchanges, in the order of their requests. ACK stands for itself. */
export function exchangesOf(lines: readonly MessageLine[]): Exchange[] {
  const exchanges: Growing[] = [];
  const open = new Map<string, Growing>();
  const latest = new Map<string, Growing>();
  for (const line of lines) {
    const seen = readLine(line);
    if (!seen) continue;
    const { message } = seen;
    const isRequest = message instanceof SipRequest;
    const direction = isRequest ? line.direction : line.direction === "sent" ? "received" : "sent";
    const { number, method } = message.cseq;
    const dialogue = [line.endpoint, direction, method, message.callId].join("\n");
    const key = `${dialogue}\n${number}`;
    const exchange = open.get(key);
    if (message instanceof SipResponse) {
      if (exchange && !line.notes.includes("retransmission")) exchange.responses.push({ line, message });
    } else if (message instanceof SipRequest) {
      if (exchange) {
        exchange.copies += 1;
        continue;
      }
      const before = latest.get(dialogue);
      const begun: Growing = {
        phone: line.endpoint,
        direction: line.direction,
        method,
        request: { line, message },
        copies: 1,
        responses: [],
        challengedIn: answersChallenge(message, before) ? before : undefined,
      };
      exchanges.push(begun);
      open.set(key, begun);
      latest.set(dialogue, begun);
    }
  }
  return exchanges;
}
