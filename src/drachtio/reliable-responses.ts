import type { Clock, Timer } from "../core/clock.ts";
import { giveUpMs, type SipRequest, type SipResponse, type TimerSettings } from "../sip/index.ts";

export interface ReliableResponsesOptions {
  readonly clock: Clock;
  readonly timers: TimerSettings;
  readonly invite: SipRequest;
  /** RSeq of the first one: at random from 1 to 2^31-1. */
  readonly firstRseq: number;
  /** Sends a response, for the first time or again. */
  readonly send: (response: SipResponse) => void;
  /** 64*T1 went by without the PRACK. */
  readonly unacknowledged: () => void;
}

interface Outstanding {
  readonly response: SipResponse;
  readonly rseq: string;
}

/**
 * The reliable provisional responses to one INVITE that came, RFC 3262 §3: one at a time is outstanding and sent again
 * at T1, doubling, over TCP too, until its PRACK comes. What may not be sent before that waits here.
 */
export class ReliableResponses {
  readonly #options: ReliableResponsesOptions;
  readonly #waiting: SipResponse[] = [];
  #rseq: number;
  #outstanding: Outstanding | undefined;
  #timer: Timer | undefined;

  constructor(options: ReliableResponsesOptions) {
    this.#options = options;
    this.#rseq = options.firstRseq - 1;
  }

  /** RSeq for the next one; numbers are never used twice. */
  nextRseq(): number {
    this.#rseq += 1;
    return this.#rseq;
  }

  /** Whether a 2xx has to wait: the caller owes a PRACK for a session description. */
  get holdsSuccess(): boolean {
    const unacknowledged = this.#outstanding ? [this.#outstanding.response, ...this.#waiting] : [];
    return unacknowledged.some(({ body }) => body.length > 0);
  }

  /** Sends a reliable provisional response, or a 2xx, as soon as what went before it has been acknowledged. */
  send(response: SipResponse): void {
    if (this.#outstanding) this.#waiting.push(response);
    else this.#sendNow(response);
  }

  /** Takes a PRACK. @returns whether it acknowledges the outstanding response; otherwise 481 is its answer. */
  acknowledge(prack: SipRequest): boolean {
    const [rseq, cseq, method] = (prack.get("RAck") ?? "").split(/[\t ]+/);
    const { number } = this.#options.invite.cseq;
    if (!this.#outstanding || rseq === undefined) return false;
    if (Number(rseq) !== Number(this.#outstanding.rseq) || Number(cseq) !== number || method !== "INVITE") return false;
    this.#stopCopies();
    this.#outstanding = undefined;
    return true;
  }

  /** Sends what has waited for the PRACK that came. */
  proceed(): void {
    const next = this.#outstanding ? undefined : this.#waiting.shift();
    if (next) this.#sendNow(next);
  }

  /** The INVITE has its final response: nothing is sent any more, but the PRACK of what was is still known. */
  stop(): void {
    this.#stopCopies();
    this.#waiting.length = 0;
  }

  #sendNow(response: SipResponse): void {
    const { clock, timers, send } = this.#options;
    send(response);
    const rseq = response.get("RSeq");
    if (rseq === undefined) return;
    this.#outstanding = { response, rseq };
    this.#await(timers.t1, clock.now() + giveUpMs(timers));
  }

  #await(gapMs: number, givesUpAt: number): void {
    const { clock, send, unacknowledged } = this.#options;
    this.#timer = clock.setTimer(Math.min(gapMs, givesUpAt - clock.now()), () => {
      if (!this.#outstanding) return;
      if (clock.now() >= givesUpAt) {
        unacknowledged();
        return;
      }
      send(this.#outstanding.response);
      this.#await(2 * gapMs, givesUpAt);
    });
  }

  #stopCopies(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
