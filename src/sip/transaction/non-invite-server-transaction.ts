import type { SipResponse } from "../message/index.ts";
import { ServerTransaction, type ServerTransactionParts } from "./server-transaction.ts";
import { giveUpMs } from "./timer-settings.ts";
import type { Table } from "./transaction.ts";

export type NonInviteServerState = "trying" | "proceeding" | "completed" | "terminated";
export type NonInviteServerEvent = "request" | "ack" | "provisional" | "final" | "timerJ" | "transportError";
export type NonInviteServerEffect = "sendResponse" | "startTimerJ" | "reportTransportError";

/**
 * Non-INVITE server transaction, RFC 3261 §17.2.2 (figure 8). A response that can't be sent leaves the transaction
 * where it is, as RFC 6026 has it for INVITE: a copy of the request gets it then.
 */
export const NON_INVITE_SERVER_TABLE = {
  trying: {
    request: { next: "trying", effects: [] },
    provisional: { next: "proceeding", effects: ["sendResponse"] },
    final: { next: "completed", effects: ["sendResponse", "startTimerJ"] },
  },
  proceeding: {
    request: { next: "proceeding", effects: ["sendResponse"] },
    provisional: { next: "proceeding", effects: ["sendResponse"] },
    final: { next: "completed", effects: ["sendResponse", "startTimerJ"] },
    transportError: { next: "proceeding", effects: ["reportTransportError"] },
  },
  completed: {
    request: { next: "completed", effects: ["sendResponse"] },
    timerJ: { next: "terminated", effects: [] },
    transportError: { next: "completed", effects: ["reportTransportError"] },
  },
  terminated: {},
} as const satisfies Table<NonInviteServerState, NonInviteServerEvent, NonInviteServerEffect>;

const START = { table: NON_INVITE_SERVER_TABLE, state: "trying" } as const;

/** A request other than INVITE and ACK that came. */
export class NonInviteServerTransaction extends ServerTransaction {
  constructor(parts: ServerTransactionParts) {
    super(parts, START);
  }

  protected eventFor(response: SipResponse): NonInviteServerEvent {
    return response.isFinal ? "final" : "provisional";
  }

  protected perform(effect: NonInviteServerEffect): void {
    switch (effect) {
      case "sendResponse":
        this.sendResponse();
        break;
      case "startTimerJ":
        if (this.reliable) this.startEnd("timerJ", 0);
        else this.retire("completed", this.host.queue.now() + giveUpMs(this.host.timers), true);
        break;
      case "reportTransportError":
        this.report("transport");
        break;
    }
  }
}
