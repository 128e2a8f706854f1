import { asError, type HarnessError } from "../core/errors.ts";
import type { Device } from "../inventory/model.ts";
import type { SessionDescription } from "../sdp/index.ts";
import { Dialog } from "../sip/dialog/index.ts";
import { SipRequest, TIMER, type HeaderField, type SipResponse } from "../sip/message/index.ts";
import type { ClientHandler, ClientTransaction, FailureReason } from "../sip/transaction/index.ts";
import { Leg } from "./leg.ts";
import type { Binding } from "./location-service.ts";
import type { MediaState } from "./media-state.ts";
import {
  ALLOW,
  bodyOf,
  dateHeader,
  headersOf,
  lineUri,
  newCallId,
  newTag,
  PRODUCT,
  streamOf,
  SUPPORTED,
} from "./messages.ts";
import { readSession, rejectAll } from "./offers.ts";
import type { RefusalCourse } from "./policies/follow-refusal.ts";
import { RING_SECONDS } from "./policies/limit-ringing.ts";
import type { FailureQuestion } from "./policies/relay-failure.ts";
import type { Diversion } from "./policies/route-call.ts";
import type { Services } from "./services.ts";
import { intervalsOf } from "./session-timer.ts";

/** What a call hears of the phones that ring for it. Nothing comes after `answered`, `redirected`, `retried` or `failed`. */
export interface ForkUser {
  progressed(fork: Fork, response: SipResponse): void;
  answered(fork: Fork, response: SipResponse): void;
  /** The phone is out, and the call goes on to a number. */
  redirected(fork: Fork, onward: Onward): void;
  /** The phone is out, and to be asked once more. */
  retried(fork: Fork, again: ForkOptions["again"]): void;
  failed(fork: Fork, failure: FailureQuestion["failure"]): void;
}

/** Where a phone sent a call on to. */
export type Onward = Pick<Extract<RefusalCourse, { readonly outcome: "diverted" }>, "number" | "local" | "why">;

export interface ForkOptions {
  readonly binding: Binding;
  readonly callerNumber: string;
  readonly diversions: readonly Diversion[];
  readonly maxForwards: number;
  /** Number of the phone that transfers the call, where one does (RFC 3892). */
  readonly referredBy?: string | undefined;
  /** The session so far; with early offer the offer is in it. */
  readonly media: MediaState;
  readonly offer: SessionDescription | undefined;
  /** Not the first INVITE to the phone: how many there were, and what this one has that they had not. */
  readonly again?: { readonly tries: number; readonly headers: readonly HeaderField[] } | undefined;
}

/** One phone that a call rings at: our INVITE to it, until it is answered, refused or given up. */
export class Fork implements ClientHandler {
  readonly leg: Leg;
  readonly binding: Binding;
  media: MediaState;
  /** What our INVITE offers, where it does. */
  readonly offer: SessionDescription | undefined;
  readonly #services: Services;
  #user: ForkUser;
  readonly #tries: number;
  readonly #transaction: ClientTransaction;
  #open = true;

  constructor(services: Services, user: ForkUser, options: ForkOptions) {
    const { binding } = options;
    this.#services = services;
    this.#user = user;
    this.offer = options.offer;
    this.#tries = 1 + (options.again?.tries ?? 0);
    this.binding = binding;
    this.media = options.media;
    const callId = newCallId(services);
    const localTag = newTag(services);
    const { device, line, flow } = binding;
    this.leg = new Leg(services, { side: "callee", device, line, flow, callId, localTag });
    const invite = createInvite(services, options, { callId, localTag, contact: this.leg.contact });
    this.#transaction = services.engine.send(invite, this, { to: streamOf(flow) });
  }

  /** Our INVITE has the offer. */
  get early(): boolean {
    return this.offer !== undefined;
  }

  /** Another call hears of the phone from now on. */
  servedBy(user: ForkUser): void {
    this.#user = user;
  }

  /** Gives the phone up: CANCEL, or ACK and BYE where its 200 is on the way. */
  cancel(headers: readonly HeaderField[] = []): void {
    if (!this.#open) return;
    this.#open = false;
    this.#transaction.cancel(headers);
  }

  /** Acknowledges the phone's 200, with the answer where that had the offer. */
  acknowledge(answer?: SessionDescription): void {
    this.leg.acknowledge(this.#transaction, answer);
  }

  response(transaction: ClientTransaction, response: SipResponse): void {
    if (response.isSuccess) {
      this.#succeeded(transaction, response);
      return;
    }
    if (!this.#open) {
      if (response.isFinal && !this.leg.dialog) this.leg.abandon();
      return;
    }
    if (response.isProvisional) {
      if (response.status === 100) return;
      this.leg.note(response);
      this.#user.progressed(this, response);
      return;
    }
    this.#open = false;
    this.leg.abandon();
    this.#refused(response);
  }

  #refused(response: SipResponse): void {
    const { hosts, policies } = this.#services;
    const { device, line } = this.binding;
    let course: RefusalCourse;
    try {
      course = policies.followRefusal({ response, device, line, tries: this.#tries, hosts });
    } catch (error) {
      this.#user.failed(this, 500);
      throw error;
    }
    if (course.outcome === "diverted") this.#user.redirected(this, course);
    else if (course.outcome === "given up") this.#user.failed(this, response.status);
    else this.#user.retried(this, { tries: this.#tries, headers: course.headers });
  }

  failed(_transaction: ClientTransaction, reason: FailureReason, error: HarnessError): void {
    if (this.leg.dialog) return; // what failed is the ACK, which the engine sends again with each copy of the 200
    this.#services.log.debug({ err: error, device: this.binding.device.name }, "no final response to INVITE");
    this.leg.abandon();
    if (!this.#open) return;
    this.#open = false;
    this.#user.failed(this, reason);
  }

  #succeeded(transaction: ClientTransaction, response: SipResponse): void {
    const dialog = this.#dialogOf(transaction, response);
    if (!dialog) return;
    if (!this.#open) {
      this.#dismiss(transaction, dialog, response);
      return;
    }
    this.#open = false;
    this.leg.establish(dialog);
    this.leg.note(response);
    this.#user.answered(this, response);
  }

  /** The dialog of a 200; one without Contact makes none, and counts as a refusal. */
  #dialogOf({ request }: ClientTransaction, response: SipResponse): Dialog | undefined {
    try {
      return Dialog.fromResponse(request, response);
    } catch (error) {
      this.#services.log.info({ err: asError(error), device: this.binding.device.name }, "200 makes no dialog");
      if (this.#open) this.#user.failed(this, 500);
      this.#open = false;
      return undefined;
    }
  }

  /** A 200 that comes too late, or from a second phone behind the Contact: ACK and BYE (RFC 3261 §13.2.2.4). */
  #dismiss(transaction: ClientTransaction, dialog: Dialog, response: SipResponse): void {
    const second = this.leg.dialog !== undefined;
    const { device, line, flow, localTag } = this.leg;
    const callId = dialog.callId;
    const leg = second ? new Leg(this.#services, { side: "callee", device, line, flow, callId, localTag }) : this.leg;
    const offered = this.early ? undefined : readSession(response);
    leg.establish(dialog);
    leg.acknowledge(
      transaction,
      offered?.outcome === "present" ? rejectAll(this.media.callee, offered.session) : undefined,
    );
    leg.hangUp();
  }
}

interface InviteIds {
  readonly callId: string;
  readonly localTag: string;
  readonly contact: string;
}

/** Our INVITE in CUCM's form (CAL-08), without what we do not serve. */
function createInvite(services: Services, options: ForkOptions, { callId, localTag, contact }: InviteIds): SipRequest {
  const caller = lineUri(services, options.callerNumber);
  const called = lineUri(services, options.binding.line.directoryNumber);
  const diversions = options.diversions.map(({ number, reason }): HeaderField => [
    "Diversion",
    `${lineUri(services, number)};reason=${reason};screen=yes`,
  ]);
  const { referredBy } = options;
  const again = options.again?.headers ?? [];
  const extensions = extensionHeaders(services, options.binding.device).filter(
    ([name]) => !again.some(([other]) => other === name),
  );
  const referral: HeaderField[] = referredBy === undefined ? [] : [["Referred-By", lineUri(services, referredBy)]];
  return SipRequest.create({
    method: "INVITE",
    requestUri: options.binding.contact.uriText,
    headers: [
      ["From", `${caller};tag=${localTag}`],
      ["To", called],
      dateHeader(services),
      ["Call-ID", callId],
      ...extensions,
      ["User-Agent", PRODUCT],
      ["Allow", ALLOW],
      ["CSeq", "101 INVITE"],
      ["Expires", String(RING_SECONDS)],
      ["Allow-Events", "presence"],
      ["Alert-Info", "<file://Bellcore-dr1/>"],
      ...diversions,
      ...again,
      ...referral,
      ["Remote-Party-ID", `${caller};party=calling;screen=yes;privacy=off`],
      ["Contact", contact],
      ["Max-Forwards", String(options.maxForwards)],
      ...headersOf({ session: options.offer }),
    ],
    body: bodyOf({ session: options.offer }),
  });
}

/** What extensions it lists, and what it says of session timers (RFC 4028 §7.1). */
function extensionHeaders({ policies, directory }: Services, device: Device): HeaderField[] {
  const intervals = intervalsOf(directory.lab.target, device);
  const proposal = policies.proposeSessionTimer({ device, ...intervals });
  if (proposal.outcome === "silent") return [["Supported", SUPPORTED.filter((tag) => tag !== TIMER).join(",")]];
  const headers: HeaderField[] = [
    ["Supported", SUPPORTED.join(",")],
    ["Min-SE", String(intervals.minExpiresSeconds)],
  ];
  const { seconds } = proposal.outcome === "proposed" ? proposal : {};
  return seconds === undefined ? headers : [...headers, ["Session-Expires", String(seconds)]];
}
