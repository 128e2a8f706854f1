import type { SipRequest, SipResponse } from "./message/index.ts";
import {
  giveUpMs,
  TimerEntry,
  type ServerTransaction,
  type TimerQueue,
  type TimerSettings,
} from "./transaction/index.ts";

/** A 2xx of ours to an INVITE: sent again and again until its ACK comes, then kept to know further ACKs by. */
class SentSuccess extends TimerEntry {
  readonly #owner: SuccessCopies;
  readonly key: string;
  /** Undefined once it is acknowledged. */
  transaction: ServerTransaction | undefined;
  readonly givesUpAt: number;
  gapMs: number;

  constructor(
    owner: SuccessCopies,
    key: string,
    transaction: ServerTransaction,
    times: { givesUpAt: number; gapMs: number },
  ) {
    super();
    this.#owner = owner;
    this.key = key;
    this.transaction = transaction;
    this.givesUpAt = times.givesUpAt;
    this.gapMs = times.gapMs;
  }

  fallDue(): void {
    this.#owner.fallDue(this);
  }
}

/**
 * The 2xx responses of the UAS core. They are sent again at T1, doubling up to T2, over TCP too, until the ACK comes
 * from the far end of the dialog; after 64*T1 the TU is told. RFC 3261 §13.3.1.4.
 */
export class SuccessCopies {
  readonly #queue: TimerQueue;
  readonly #timers: TimerSettings;
  readonly #unacknowledged: (transaction: ServerTransaction) => void;
  readonly #sent = new Map<string, SentSuccess>();

  constructor(queue: TimerQueue, timers: TimerSettings, unacknowledged: (transaction: ServerTransaction) => void) {
    this.#queue = queue;
    this.#timers = timers;
    this.#unacknowledged = unacknowledged;
  }

  /** The 2xx was sent for the first time. */
  start(transaction: ServerTransaction, success: SipResponse): void {
    const now = this.#queue.now();
    const gapMs = Math.min(this.#timers.t1, this.#timers.t2);
    const times = { givesUpAt: now + giveUpMs(this.#timers), gapMs };
    const sent = new SentSuccess(this, dialogKey(success), transaction, times);
    this.#sent.set(sent.key, sent);
    this.#queue.set(sent, Math.min(now + gapMs, sent.givesUpAt));
  }

  /**
   * Takes an ACK for a 2xx.
   * @returns the INVITE it is for, `copy` where that was acknowledged before, undefined where none of ours awaits it.
   */
  acknowledge(ack: SipRequest): ServerTransaction | "copy" | undefined {
    const sent = this.#sent.get(dialogKey(ack));
    if (!sent) return undefined;
    const { transaction } = sent;
    if (!transaction) return "copy";
    sent.transaction = undefined;
    this.#queue.set(sent, sent.givesUpAt);
    return transaction;
  }

  fallDue(sent: SentSuccess): void {
    const now = this.#queue.now();
    const { transaction } = sent;
    if (now >= sent.givesUpAt) {
      this.#end(sent);
      return;
    }
    if (transaction?.lastResponse) transaction.respond(transaction.lastResponse);
    sent.gapMs = Math.min(2 * sent.gapMs, this.#timers.t2);
    this.#queue.set(sent, Math.min(now + sent.gapMs, sent.givesUpAt));
  }

  #end(sent: SentSuccess): void {
    this.#sent.delete(sent.key);
    if (sent.transaction) this.#unacknowledged(sent.transaction);
  }
}

/** What a 2xx and its ACK have in common (RFC 3261 §13.2.2.4): the dialog and the number of the INVITE. */
function dialogKey(message: SipRequest | SipResponse): string {
  return `${message.cseq.number};${message.toTag ?? ""};${message.fromTag ?? ""};${message.callId}`;
}
