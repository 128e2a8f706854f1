import type { SipResponse } from "../message/index.ts";
import type { Flow } from "../transport/index.ts";
import { ClientTransaction, type ClientTransactionParts } from "./client-transaction.ts";
import { giveUpMs } from "./timer-settings.ts";
import type { Table } from "./transaction.ts";
import { notAnInvite } from "./transaction-errors.ts";

export type NonInviteClientState = "trying" | "proceeding" | "completed" | "terminated";
export type NonInviteClientEvent = "provisional" | "final" | "timerE" | "timerF" | "timerK" | "transportError";
export type NonInviteClientEffect =
  | "resendRequest"
  | "doubleTimerE"
  | "repeatTimerE"
  | "stopTimers"
  | "startTimerK"
  | "passUp"
  | "reportTimeout"
  | "reportTransportError";

/** Non-INVITE client transaction, RFC 3261 §17.1.2.2 (figure 6). */
export const NON_INVITE_CLIENT_TABLE = {
  trying: {
    provisional: { next: "proceeding", effects: ["passUp"] },
    final: { next: "completed", effects: ["stopTimers", "startTimerK", "passUp"] },
    timerE: { next: "trying", effects: ["resendRequest", "doubleTimerE"] },
    timerF: { next: "terminated", effects: ["reportTimeout"] },
    transportError: { next: "terminated", effects: ["reportTransportError"] },
  },
  proceeding: {
    provisional: { next: "proceeding", effects: ["passUp"] },
    final: { next: "completed", effects: ["stopTimers", "startTimerK", "passUp"] },
    timerE: { next: "proceeding", effects: ["resendRequest", "repeatTimerE"] },
    timerF: { next: "terminated", effects: ["reportTimeout"] },
    transportError: { next: "terminated", effects: ["reportTransportError"] },
  },
  completed: {
    provisional: { next: "completed", effects: [] },
    final: { next: "completed", effects: [] },
    timerK: { next: "terminated", effects: [] },
  },
  terminated: {},
} as const satisfies Table<NonInviteClientState, NonInviteClientEvent, NonInviteClientEffect>;

const START = { table: NON_INVITE_CLIENT_TABLE, state: "trying" } as const;

/** A request other than INVITE on its way. */
export class NonInviteClientTransaction extends ClientTransaction {
  constructor(parts: ClientTransactionParts) {
    super(parts, START);
  }

  start(): void {
    const { timers, queue } = this.host;
    this.sendRequest();
    const now = queue.now();
    if (!this.reliable) this.startCopies("timerE", Math.min(timers.t1, timers.t2), now);
    this.startEnd("timerF", giveUpMs(timers), now);
  }

  receive(response: SipResponse, flow: Flow): void {
    this.take(response.isFinal ? "final" : "provisional", response, flow);
  }

  cancel(): never {
    throw notAnInvite(this.request, "CANCEL");
  }

  acknowledge(): never {
    throw notAnInvite(this.request, "ACK");
  }

  protected perform(effect: NonInviteClientEffect): void {
    const { t2, t4 } = this.host.timers;
    switch (effect) {
      case "resendRequest":
        this.sendRequest();
        break;
      case "doubleTimerE":
        this.doubleCopies(t2);
        break;
      case "repeatTimerE":
        this.startCopies("timerE", t2);
        break;
      case "stopTimers":
        this.stopTimers();
        break;
      case "startTimerK":
        if (this.reliable) this.startEnd("timerK", 0);
        else this.retire(t4);
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
}
