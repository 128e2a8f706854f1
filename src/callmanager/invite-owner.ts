import type { SipRequest } from "../sip/message/index.ts";
import type { ServerTransaction } from "../sip/transaction/index.ts";
import type { Leg } from "./leg.ts";

/** Who hears what becomes of an INVITE that a phone sent us; stands in the context of its transaction. */
export interface InviteOwner {
  /** The ACK for our 2xx. */
  acknowledged(ack: SipRequest): void;
  /** No ACK came for our 2xx in 64*T1. */
  unacknowledged(): void;
  /** The phone cancelled it before our final response. */
  cancelled(): void;
}

export function ownInvite(transaction: ServerTransaction, owner: InviteOwner): void {
  transaction.context = owner;
}

/** The owner that `ownInvite` gave; undefined for other transactions. */
export function ownerOf(transaction: ServerTransaction | undefined): InviteOwner | undefined {
  return transaction?.context as InviteOwner | undefined;
}

/** For an INVITE whose ACK carries nothing that matters. */
export function settlingOwner(leg: Pick<Leg, "settled">, failed: () => void): InviteOwner {
  return {
    acknowledged: () => {
      leg.settled();
    },
    unacknowledged: () => {
      leg.settled();
      failed();
    },
    cancelled: () => undefined,
  };
}
