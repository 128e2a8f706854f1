import type { Timer } from "../core/clock.ts";
import type { SipRequest } from "../sip/message/index.ts";
import { ClientExchange, type RequestPlan } from "./client-exchange.ts";
import { credentialsOf } from "./credentials-of.ts";
import type { History } from "./history.ts";
import { mergeHeaders } from "./header-values.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { CredentialOptions, Exchange, HeaderValues, Phone, WaitForOptions } from "./phone.ts";
import { IN_DIALOG, type IncomingRequest, type ReceivedResponse } from "./signalling.ts";
import {
  endsSubscription,
  refreshDelayMs,
  resubscribeDelayMs,
  subscriptionStateOf,
  type SubscriptionState,
} from "./subscription-course.ts";

/** What a phone subscribes to, and how (RFC 6665 §4.1). */
export interface SubscribeOptions extends CredentialOptions {
  /** To what: a phone, a number, a URI. Default: the number of this phone's first line. */
  readonly to?: Phone | string;
  /** Duration asked for. Default 3600; 0 asks for the state once (RFC 6665 §4.4.3). */
  readonly expiresSeconds?: number;
  /** `false`: it is neither refreshed nor made again where the target ends it. Default true. */
  readonly refresh?: boolean;
  readonly headers?: HeaderValues;
}

/** A SUBSCRIBE with its answer, and the NOTIFYs that it brings (RFC 6665). */
export interface Subscription extends Exchange {
  /** NOTIFYs so far, in order; each was answered 200. */
  readonly notifies: readonly SipRequest[];
  /** It was granted, has not run out, and no NOTIFY has said that it is over. */
  readonly active: boolean;
  /** SUBSCRIBEs so far that were answered, in order: the first, refreshes, those that made it again, the last. */
  readonly subscribes: readonly Exchange[];
  /**
   * The oldest NOTIFY that was not handed out here, or the next to come; it may come before the answer.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs`.
   */
  nextNotify(options?: WaitForOptions): Promise<SipRequest>;
  /** SUBSCRIBE with `Expires: 0`, in the dialog; the last NOTIFY follows. @returns the exchange. */
  unsubscribe(): Promise<Exchange>;
}

/** Timer N: a subscription of which no NOTIFY comes in 64*T1 has failed (RFC 6665 §4.1.2.4). */
const TIMER_N_MS = 32_000;

/** Longest delay of a platform's timer. */
const LONGEST_MS = 2 ** 31 - 1;

type TimerName = "refresh" | "expiry" | "timer N" | "again";

/** How often a subscription is made again at most, however often the target ends it. */
const MAX_RESUBSCRIPTIONS = 5;

/**
 * One subscription of a phone, from its SUBSCRIBE to the NOTIFY that ends it: refreshed before it runs out (RFC 6665
 * §4.1.2.2), and made again where the target ends it and says that one may (§4.1.3).
 */
export class PhoneSubscription {
  readonly #context: PhoneContext;
  readonly #event: string;
  readonly #options: SubscribeOptions;
  readonly #notifies: History<SipRequest>;
  readonly #subscribes: Exchange[] = [];
  #callId: string;
  #tag: string;
  #dialogId: string | undefined;
  #granted = false;
  #over = false;
  #leaving = false;
  #handedOut = 0;
  #resubscriptions = 0;
  /** Granted last; 0: the state was told once. */
  #seconds = 0;
  #heard = false;
  readonly #timers = new Map<TimerName, Timer>();

  constructor(context: PhoneContext, event: string, options: SubscribeOptions) {
    this.#context = context;
    this.#event = event;
    this.#options = options;
    this.#callId = context.ids.callId();
    this.#tag = context.ids.tag();
    this.#notifies = context.history();
  }

  get active(): boolean {
    return this.#granted && !this.#over;
  }

  /** It is active, and was not asked to end. */
  get stands(): boolean {
    return this.active && !this.#leaving;
  }

  /** Sends SUBSCRIBE; resolves with its final response, of any status. */
  async start(): Promise<Subscription> {
    return this.#asSubscription(await this.#subscribe());
  }

  /** Whether a NOTIFY belongs here: in the dialog, or before the answer to SUBSCRIBE made one (RFC 6665 §4.1.2.4). */
  owns({ request, dialogId }: IncomingRequest): boolean {
    if (request.method !== "NOTIFY" || this.#over) return false;
    const named = dialogId !== undefined && dialogId === this.#dialogId;
    return named || (request.callId === this.#callId && request.toTag === this.#tag);
  }

  async notified(incoming: IncomingRequest): Promise<void> {
    const state = subscriptionStateOf(incoming.request);
    this.#heard = true;
    this.#cancel("timer N");
    if (state.state === "terminated") this.#end();
    else if (state.expiresSeconds !== undefined) this.#lasts(state.expiresSeconds);
    this.#notifies.add(incoming.request);
    await incoming.respond(200);
    if (state.state === "terminated") this.#follow(state);
  }

  async unsubscribe(): Promise<Exchange> {
    this.stop();
    const plan = { uri: IN_DIALOG, headers: () => this.#headers(0) };
    return await this.#exchange(this.#inDialog(plan), () => undefined);
  }

  /** From now on it does nothing by itself. */
  stop(): void {
    this.#leaving = true;
    this.#cancel();
  }

  get #refreshes(): boolean {
    return !this.#leaving && this.#options.refresh !== false;
  }

  get #asked(): number {
    return this.#options.expiresSeconds ?? 3600;
  }

  async #subscribe(): Promise<Exchange> {
    const { directoryNumber } = this.#context.lineOf(0);
    const uri = this.#context.uriOf(this.#options.to ?? directoryNumber);
    const fixed = {
      From: `<${this.#context.userUri(directoryNumber)}>;tag=${this.#tag}`,
      To: `<${uri}>`,
      "Call-ID": this.#callId,
    };
    let cseq = 0;
    const headers = (): HeaderValues =>
      mergeHeaders(fixed, { CSeq: `${(cseq += 1)} SUBSCRIBE` }, this.#headers(this.#asked));
    return await this.#exchange({ uri, headers }, ({ message, dialogId }) => {
      if (!message.isSuccess || this.#over) return;
      this.#granted = true;
      this.#dialogId ??= dialogId;
      this.#lasts(message.expires ?? this.#asked);
      if (!this.#heard)
        this.#set("timer N", TIMER_N_MS, () => {
          this.#end();
        });
    });
  }

  async #refresh(): Promise<void> {
    const plan = { uri: IN_DIALOG, headers: () => this.#headers(this.#asked) };
    await this.#exchange(this.#inDialog(plan), ({ message }) => {
      if (this.#over) return;
      if (message.isSuccess) this.#lasts(message.expires ?? this.#asked);
      else if (endsSubscription(message.status)) {
        this.#end();
        this.#again(0);
      }
    });
  }

  /** Begins its duration anew, which the target may have cut and not prolonged (RFC 6665 §4.2.1.1). */
  #lasts(seconds: number): void {
    if (this.#leaving) return;
    this.#seconds = Math.min(seconds, this.#asked);
    this.#cancel("refresh");
    this.#cancel("expiry");
    if (this.#seconds === 0) return; // the NOTIFY that ends it is on its way
    this.#set("expiry", this.#seconds * 1000, () => {
      this.#end();
    });
    if (!this.#refreshes) return;
    this.#set("refresh", refreshDelayMs(this.#seconds), () => {
      this.#unattended(this.#refresh());
    });
  }

  #end(): void {
    this.#over = true;
    this.#cancel();
  }

  /** The target ended it: whether it is made again is the target's to say. */
  #follow(state: SubscriptionState): void {
    const delayMs = this.#seconds === 0 ? undefined : resubscribeDelayMs(state);
    if (delayMs !== undefined) this.#again(delayMs);
  }

  /** Makes it again, as a new one that has nothing to do with the first (RFC 6665 §4.1.2.2). */
  #again(delayMs: number): void {
    if (!this.#refreshes || this.#resubscriptions >= MAX_RESUBSCRIPTIONS) return;
    this.#resubscriptions += 1;
    this.#set("again", delayMs, () => {
      const { ids } = this.#context;
      this.#callId = ids.callId();
      this.#tag = ids.tag();
      this.#dialogId = undefined;
      this.#over = this.#granted = this.#heard = false;
      this.#unattended(this.#subscribe());
    });
  }

  async #exchange(
    plan: Pick<RequestPlan, "uri" | "headers" | "dialogId">,
    answered: (response: ReceivedResponse) => void,
  ): Promise<Exchange> {
    const callId = this.#callId;
    const exchange = new ClientExchange(
      this.#context,
      {
        ...plan,
        method: "SUBSCRIBE",
        credentials: credentialsOf(this.#options),
        check: "Check that the target answers SUBSCRIBE",
      },
      {
        response: (response) => {
          // What is answered when it has been made again already, concerns nobody.
          if (response.message.isFinal && callId === this.#callId) answered(response);
          return undefined;
        },
      },
    );
    await exchange.start();
    const result = await exchange.result();
    this.#subscribes.push(result);
    return result;
  }

  #inDialog(plan: Pick<RequestPlan, "uri" | "headers">): Pick<RequestPlan, "uri" | "headers" | "dialogId"> {
    return { ...plan, ...(this.#dialogId === undefined ? {} : { dialogId: this.#dialogId }) };
  }

  /** What nobody waits for; a refresh without an answer lets the subscription stand until it runs out. */
  #unattended(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#context.log.debug({ err: error }, "SUBSCRIBE came to nothing");
    });
  }

  #set(name: TimerName, delayMs: number, callback: () => void): void {
    this.#cancel(name);
    this.#timers.set(name, this.#context.clock.setTimer(Math.min(delayMs, LONGEST_MS), callback));
  }

  /** @param name default: all. */
  #cancel(name?: TimerName): void {
    const names = name === undefined ? [...this.#timers.keys()] : [name];
    for (const each of names) {
      this.#timers.get(each)?.cancel();
      this.#timers.delete(each);
    }
  }

  #headers(expiresSeconds: number): HeaderValues {
    const { directoryNumber } = this.#context.lineOf(0);
    return mergeHeaders(
      { Contact: this.#context.contact(directoryNumber), Event: this.#event, Expires: String(expiresSeconds) },
      this.#context.profileHeaders,
      this.#options.headers,
    );
  }

  #asSubscription(exchange: Exchange): Subscription {
    const notifies = this.#notifies;
    const subscribes = this.#subscribes;
    const isActive = (): boolean => this.active;
    return {
      ...exchange,
      subscribes,
      get notifies() {
        return notifies.items;
      },
      get active() {
        return isActive();
      },
      nextNotify: (options) => this.#nextNotify(options),
      unsubscribe: () => this.unsubscribe(),
    };
  }

  async #nextNotify({ timeoutMs = this.#context.waits.answerMs }: WaitForOptions = {}): Promise<SipRequest> {
    const from = this.#handedOut;
    this.#handedOut += 1;
    const what = `a NOTIFY of its subscription to ${this.#event}`;
    const check = "Check that the target grants it and notifies";
    const awaited = { what, callId: this.#callId, wait: "answerMs", timeoutMs, check } as const;
    const onTimeout = (): Error => this.#context.waitTimeout(awaited);
    return await this.#notifies.first(() => true, { timeoutMs, onTimeout, from });
  }
}
