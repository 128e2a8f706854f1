import { parseSdp, SdpParseError, writeSdp } from "../../src/sdp/index.ts";
import {
  checkMessage,
  parseChallenge,
  parseCredentials,
  parseMessage,
  SipParseError,
  SipResponse,
  splitList,
  type SipMessage,
} from "../../src/sip/message/index.ts";

/**
 * Reads octets as a user agent does: parse, check, answer what is refused, read all that is sound, write it again.
 * @throws whatever the parser should not have thrown, and where what it says contradicts itself.
 */
export function readAsUserAgent(octets: Buffer): void {
  for (const framing of ["datagram", "stream"] as const) {
    const message = tolerant(() => parseMessage(octets, framing));
    if (message instanceof SipParseError) answer(message.partial, message);
    else if (message) readMessage(message);
  }
}

function readMessage(message: SipMessage & { clone(): SipMessage }): void {
  const fault = checkMessage(message as Parameters<typeof checkMessage>[0]);
  if (fault) answer(message, fault);
  readValues(message);
  if (!fault) writtenAnew(message);
}

/** A best-effort answer is one sound response, whatever the request held. */
function answer(partial: SipMessage | undefined, problem: SipParseError): void {
  if (partial?.kind !== "request") return;
  const octets = SipResponse.to(partial, problem.status, { toTag: "t" }).toOctets();
  const response = parseMessage(octets, "stream");
  if (
    response.kind !== "response" ||
    response.status !== problem.status ||
    response.received?.length !== octets.length
  ) {
    throw new Error(`the answer ${problem.status} reads as something else`);
  }
}

/** Values that only some users read: credentials, challenges, lists, SDP. */
function readValues(message: SipMessage): void {
  for (const { name, value } of message.headers) {
    tolerant(() => splitList(value));
    if (/authorization$/i.test(name)) tolerant(() => parseCredentials(value));
    if (/authenticate$/i.test(name)) tolerant(() => parseChallenge(value));
  }
  tolerant(() => message.contentType);
  if (message.body.length > 0) tolerant(() => writeSdp(parseSdp(message.body)));
}

/** What is changed and written reads as what it was. */
function writtenAnew(message: SipMessage & { clone(): SipMessage }): void {
  const written = parseMessage(message.clone().set("X-Fuzz", "1").toOctets(), "stream");
  const [before, after] = [message, written].map((one) => [
    one.callId,
    one.cseq.number,
    one.body.toString("latin1"),
    one.vias.length,
  ]);
  if (String(before) !== String(after)) throw new Error("the message written anew reads as another one");
}

function tolerant<T>(read: () => T): T | SipParseError | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SipParseError) return error;
    if (error instanceof SdpParseError) return undefined;
    throw error;
  }
}
