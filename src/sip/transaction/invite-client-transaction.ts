import type { HeaderField, SipRequest, SipResponse } from "../message/index.ts";
import type { Flow } from "../transport/index.ts";
import { ackForRefusal, cancelFor } from "./derived-requests.ts";
import { ClientTransaction, type ClientTransactionParts, type RouteOptions } from "./client-transaction.ts";
import { RetainedMessage } from "./retained-message.ts";
import { giveUpMs } from "./timer-settings.ts";
import type { Table } from "./transaction.ts";

export type InviteClientState = "calling" | "proceeding" | "accepted" | "completed" | "terminated";
export type InviteClientEvent =
  | "provisional"
  | "success"
  | "refusal"
  | "cancel"
  | "timerA"
  | "timerB"
  | "timerD"
  | "timerM"
  | "cancelTimeout"
  | "transportError";
export type InviteClientEffect =
  | "resendRequest"
  | "doubleTimerA"
  | "stopTimers"
  | "startTimerD"
  | "startTimerM"
  | "sendCancel"
  | "sendHeldCancel"
  | "acknowledgeRefusal"
  | "takeSuccess"
  | "passUp"
  | "reportTimeout"
  | "reportTransportError";

/**
 * INVITE client transaction, RFC 3261 §17.1.1.2 (figure 5) as amended by RFC 6026 §7.2; with CANCEL of §9.1: held
 * until a provisional response, and the INVITE given up 64*T1 after it.
 */
export const INVITE_CLIENT_TABLE = {
  calling: {
    provisional: { next: "proceeding", effects: ["stopTimers", "sendHeldCancel", "passUp"] },
    success: { next: "accepted", effects: ["stopTimers", "startTimerM", "takeSuccess"] },
    refusal: { next: "completed", effects: ["stopTimers", "acknowledgeRefusal", "startTimerD", "passUp"] },
    cancel: { next: "calling", effects: [] },
    timerA: { next: "calling", effects: ["resendRequest", "doubleTimerA"] },
    timerB: { next: "terminated", effects: ["reportTimeout"] },
    transportError: { next: "terminated", effects: ["reportTransportError"] },
  },
  proceeding: {
    provisional: { next: "proceeding", effects: ["passUp"] },
    success: { next: "accepted", effects: ["stopTimers", "startTimerM", "takeSuccess"] },
    refusal: { next: "completed", effects: ["stopTimers", "acknowledgeRefusal", "startTimerD", "passUp"] },
    cancel: { next: "proceeding", effects: ["sendCancel"] },
    cancelTimeout: { next: "terminated", effects: ["reportTimeout"] },
    transportError: { next: "terminated", effects: ["reportTransportError"] },
  },
  accepted: {
    provisional: { next: "accepted", effects: [] },
    success: { next: "accepted", effects: ["takeSuccess"] },
    refusal: { next: "accepted", effects: [] },
    timerM: { next: "terminated", effects: [] },
  },
  completed: {
    provisional: { next: "completed", effects: [] },
    refusal: { next: "completed", effects: ["acknowledgeRefusal"] },
    timerD: { next: "terminated", effects: [] },
    transportError: { next: "terminated", effects: ["reportTransportError"] },
  },
  terminated: {},
} as const satisfies Table<InviteClientState, InviteClientEvent, InviteClientEffect>;

/** RFC 3261 §17.1.1.2 asks for "at least 32 s"; 64*T1 keeps pace with the settings and is that by default. */
const timerD = giveUpMs;

const START = { table: INVITE_CLIENT_TABLE, state: "calling" } as const;

/** An INVITE on its way. */
export class InviteClientTransaction extends ClientTransaction {
  #cancel: SipRequest | undefined = undefined;
  #refusalAck: RetainedMessage | undefined = undefined;
  /** By To tag: a 2xx of each fork, with its ACK once the TU has made it. */
  readonly #successes = new Map<string, RetainedMessage | undefined>();

  constructor(parts: ClientTransactionParts) {
    super(parts, START);
  }

  start(): void {
    const { timers, queue } = this.host;
    this.sendRequest();
    const now = queue.now();
    if (!this.reliable) this.startCopies("timerA", timers.t1, now);
    this.startEnd("timerB", giveUpMs(timers), now);
  }

  receive(response: SipResponse, flow: Flow): void {
    const event = response.isProvisional ? "provisional" : response.isSuccess ? "success" : "refusal";
    this.take(event, response, flow);
    if (event === "refusal") this.settle();
  }

  cancel(headers: readonly HeaderField[] = []): SipRequest | undefined {
    if (this.state !== "calling" && this.state !== "proceeding") return undefined;
    if (!this.#cancel) {
      this.#cancel = cancelFor(this.request, headers);
      this.host.dress(this.#cancel);
      this.handle("cancel");
    }
    return this.#cancel;
  }

  acknowledge(ack: SipRequest, options: RouteOptions = {}): void {
    const { to } = this.host.route(ack, options);
    this.host.dress(ack);
    const octets = ack.toOctets();
    this.#successes.set(ack.toTag ?? "", new RetainedMessage(octets, to));
    this.host.send(ack, octets, to);
    this.settle();
  }

  protected perform(effect: InviteClientEffect): void {
    switch (effect) {
      case "resendRequest":
        this.sendRequest();
        break;
      case "doubleTimerA":
        this.doubleCopies();
        break;
      case "stopTimers":
        this.stopTimers();
        break;
      case "startTimerD":
        this.startEnd("timerD", this.reliable ? 0 : timerD(this.host.timers));
        break;
      case "startTimerM":
        this.startEnd("timerM", giveUpMs(this.host.timers));
        break;
      case "sendCancel":
      case "sendHeldCancel":
        this.#sendCancel();
        break;
      case "acknowledgeRefusal":
        this.#acknowledgeRefusal();
        break;
      case "takeSuccess":
        this.#takeSuccess();
        break;
      case "passUp":
        this.passUp();
        break;
      case "reportTimeout":
        this.report("timeout");
        break;
      case "reportTransportError":
        this.report("transport");
        break;
    }
  }

  #sendCancel(): void {
    if (!this.#cancel) return;
    this.host.startCancel(this.#cancel, this);
    this.startEnd("cancelTimeout", giveUpMs(this.host.timers));
  }

  /** The same ACK for each copy. */
  #acknowledgeRefusal(): void {
    if (!this.response) return;
    if (this.#refusalAck) {
      this.#refusalAck.sendAgain(this.host);
      return;
    }
    const ack = ackForRefusal(this.request, this.response);
    this.host.dress(ack);
    const octets = ack.toOctets();
    this.#refusalAck = new RetainedMessage(octets, this.to);
    this.host.send(ack, octets, this.to);
  }

  #takeSuccess(): void {
    const tag = this.response?.toTag ?? "";
    const sent = this.#successes.get(tag);
    sent?.sendAgain(this.host);
    if (this.#successes.has(tag)) return;
    this.#successes.set(tag, undefined);
    this.passUp();
  }
}
