import type { SipResponse } from "../message/index.ts";
import { ServerTransaction, type ServerTransactionParts } from "./server-transaction.ts";
import { TRYING_DELAY_MS } from "./timer-queue.ts";
import { giveUpMs } from "./timer-settings.ts";
import type { Table } from "./transaction.ts";

export type InviteServerState = "proceeding" | "accepted" | "completed" | "confirmed" | "terminated";
export type InviteServerEvent =
  | "request"
  | "ack"
  | "provisional"
  | "success"
  | "refusal"
  | "tryingDelay"
  | "timerG"
  | "timerH"
  | "timerI"
  | "timerL"
  | "transportError";
export type InviteServerEffect =
  | "sendResponse"
  | "sendTrying"
  | "stopTimers"
  | "startTimerG"
  | "doubleTimerG"
  | "startTimerH"
  | "startTimerI"
  | "startTimerL"
  | "succeed"
  | "reportTimeout"
  | "reportTransportError";

/**
 * INVITE server transaction, RFC 3261 §17.2.1 (figure 7) as amended by RFC 6026 §7.1: a response that can't be sent
 * leaves the transaction where it is, so that copies are still absorbed. The ACK for a 2xx never gets here.
 */
export const INVITE_SERVER_TABLE = {
  proceeding: {
    request: { next: "proceeding", effects: ["sendResponse"] },
    tryingDelay: { next: "proceeding", effects: ["sendTrying"] },
    provisional: { next: "proceeding", effects: ["stopTimers", "sendResponse"] },
    success: { next: "accepted", effects: ["stopTimers", "sendResponse", "startTimerL", "succeed"] },
    refusal: { next: "completed", effects: ["stopTimers", "sendResponse", "startTimerG", "startTimerH"] },
    transportError: { next: "proceeding", effects: ["reportTransportError"] },
  },
  accepted: {
    request: { next: "accepted", effects: [] },
    success: { next: "accepted", effects: ["sendResponse"] },
    timerL: { next: "terminated", effects: [] },
    transportError: { next: "accepted", effects: ["reportTransportError"] },
  },
  completed: {
    request: { next: "completed", effects: ["sendResponse"] },
    ack: { next: "confirmed", effects: ["stopTimers", "startTimerI"] },
    timerG: { next: "completed", effects: ["sendResponse", "doubleTimerG"] },
    timerH: { next: "terminated", effects: ["reportTimeout"] },
    transportError: { next: "completed", effects: ["reportTransportError"] },
  },
  confirmed: {
    request: { next: "confirmed", effects: [] },
    ack: { next: "confirmed", effects: [] },
    timerI: { next: "terminated", effects: [] },
  },
  terminated: {},
} as const satisfies Table<InviteServerState, InviteServerEvent, InviteServerEffect>;

const START = { table: INVITE_SERVER_TABLE, state: "proceeding" } as const;

/** An INVITE that came. */
export class InviteServerTransaction extends ServerTransaction {
  constructor(parts: ServerTransactionParts) {
    super(parts, START);
  }

  /** Lets a 100 follow in 200 ms unless the TU answers before (RFC 3261 §17.2.1). */
  tryLater(): void {
    this.startCopies("tryingDelay", TRYING_DELAY_MS);
  }

  /** The ACK for our 2xx came: from now on there is nothing but copies of INVITE to absorb, until timer L fires. */
  successAcknowledged(): void {
    if (this.state === "accepted") this.retire("accepted", this.endsAt, false);
  }

  protected eventFor(response: SipResponse): InviteServerEvent {
    return response.isProvisional ? "provisional" : response.isSuccess ? "success" : "refusal";
  }

  protected perform(effect: InviteServerEffect): void {
    const { timers } = this.host;
    switch (effect) {
      case "sendResponse":
        this.sendResponse();
        break;
      case "sendTrying":
        this.sendTrying();
        break;
      case "stopTimers":
        this.stopTimers();
        break;
      case "startTimerG":
        if (!this.reliable) this.startCopies("timerG", Math.min(timers.t1, timers.t2));
        break;
      case "doubleTimerG":
        this.doubleCopies(timers.t2);
        break;
      case "startTimerH":
        this.startEnd("timerH", giveUpMs(timers));
        break;
      case "startTimerI":
        this.startEnd("timerI", this.reliable ? 0 : timers.t4);
        break;
      case "startTimerL":
        this.startEnd("timerL", giveUpMs(timers));
        break;
      case "succeed":
        this.succeed();
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
