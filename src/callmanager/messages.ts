import { writeSdp, type SessionDescription } from "../sdp/index.ts";
import { SipResponse, type HeaderField, type SipRequest } from "../sip/message/index.ts";
import { bracketed, type Flow, type Protocol } from "../sip/transport/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Leg } from "./leg.ts";
import type { Services } from "./services.ts";

/** What we call ourselves in Server and User-Agent. */
export const PRODUCT = "Cisco-CUCM14.0";

/** Methods that we serve; PRACK is not among them, since reliable provisional responses are off (CAL-11). */
export const METHODS: readonly string[] = "INVITE OPTIONS INFO BYE CANCEL ACK UPDATE REFER SUBSCRIBE NOTIFY".split(" ");
export const ALLOW = METHODS.join(", ");

/** Extensions that we have: session timers (RFC 4028) and Replaces (RFC 3891). */
export const SUPPORTED: readonly string[] = ["timer", "replaces"];

const DEFAULT_MAX_FORWARDS = 70;

export interface Wording {
  readonly headers?: readonly HeaderField[];
  readonly session?: SessionDescription | undefined;
  readonly body?: { readonly type: string; readonly content: string };
}

/** Answers a request, with Date as CUCM sends it. */
export function respond(
  services: Services,
  transaction: ServerTransaction,
  status: number,
  wording: Wording = {},
): SipResponse {
  const response = SipResponse.to(transaction.request, status, {
    toTag: transaction.toTag,
    headers: [dateHeader(services), ...headersOf(wording)],
    body: bodyOf(wording),
  });
  transaction.respond(response);
  return response;
}

export function headersOf({ headers = [], session, body }: Wording): HeaderField[] {
  const type = session ? "application/sdp" : body?.type;
  return type === undefined ? [...headers] : [...headers, ["Content-Type", type]];
}

export function bodyOf({ session, body }: Wording): Buffer {
  if (session) return Buffer.from(writeSdp(session), "latin1");
  return Buffer.from(body?.content ?? "", "utf8");
}

/** Date as RFC 3261 §20.17 wants it: always GMT. */
export function dateHeader({ clock }: Pick<Services, "clock">): HeaderField {
  return ["Date", new Date(clock.wallTime()).toUTCString()];
}

/** `<sip:1002@cm>`: a line of ours in From, To and Remote-Party-ID. */
export function lineUri({ domain }: Pick<Services, "domain">, number: string): string {
  return `<sip:${number}@${bracketed(domain)}>`;
}

/** Our Contact for a dialog about `number`, on the transport that its phone uses. */
export function contactFor({ engine }: Pick<Services, "engine">, number: string, protocol: Protocol): string {
  return `<${engine.contactUri(number, protocol)}>`;
}

/** Max-Forwards of what we send on for `request`: one less; undefined: it may not go further (RFC 3261 §16.6, RFC 7332). */
export function forwardsLeft(request: SipRequest): number | undefined {
  const text = request.get("Max-Forwards")?.trim() ?? "";
  const left = /^[0-9]{1,3}$/.test(text) ? Number(text) : DEFAULT_MAX_FORWARDS;
  return left > 0 ? left - 1 : undefined;
}

/** Call-ID in CUCM's form: random hex groups, a counter, our address (call-manager-rules 1G). */
export function newCallId({ ids, domain }: Pick<Services, "ids" | "domain">): string {
  return `${ids.hex(4)}-${ids.hex(4)}-${ids.hex(2)}-${ids.hex(4)}@${domain}`;
}

/** Dialog tag in CUCM's form, `<n>~<uuid>-<n>`. */
export function newTag({ ids }: Pick<Services, "ids">): string {
  return `${1000 + ids.integer(90_000)}~${ids.uuid()}-${20_000_000 + ids.integer(10_000_000)}`;
}

/** A stream is answered on itself; over UDP the Contact says where to (CAL-05). */
export function streamOf(flow: Flow): Flow | undefined {
  return flow.protocol === "udp" ? undefined : flow;
}

/** Headers of responses that make a dialog with `leg`, telling it about the other party. */
export function dialogWording(
  services: Services,
  leg: Pick<Leg, "contact">,
  other: Pick<Leg, "line">,
  party: "calling" | "called",
): Wording {
  const identity = `${lineUri(services, other.line.directoryNumber)};party=${party};screen=yes;privacy=off`;
  return {
    headers: [
      ["Allow", ALLOW],
      ["Allow-Events", "presence"],
      ["Server", PRODUCT],
      ["Remote-Party-ID", identity],
      ["Contact", leg.contact],
    ],
  };
}
