import type { SipRequest } from "../sip/message/index.ts";
import { ClientExchange, type RequestPlan } from "./client-exchange.ts";
import { credentialsOf } from "./credentials-of.ts";
import type { History } from "./history.ts";
import { mergeHeaders } from "./header-values.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { CredentialOptions, Exchange, HeaderValues, Phone, WaitForOptions } from "./phone.ts";
import { IN_DIALOG, type IncomingRequest } from "./signalling.ts";

export interface SubscribeOptions extends CredentialOptions {
  /** To what: a phone, a number, a URI. Default: the number of this phone's first line. */
  readonly to?: Phone | string;
  /** Duration asked for. Default 3600; 0 asks for the state once (RFC 6665 §4.4.3). */
  readonly expiresSeconds?: number;
  readonly headers?: HeaderValues;
}

/** A SUBSCRIBE with its answer, and the NOTIFYs that it brings (RFC 6665). */
export interface Subscription extends Exchange {
  /** NOTIFYs so far, in order; each was answered 200. */
  readonly notifies: readonly SipRequest[];
  /** It was granted, and no NOTIFY has said that it is over. */
  readonly active: boolean;
  /**
   * The oldest NOTIFY that was not handed out here, or the next to come; it may come before the answer.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs`.
   */
  nextNotify(options?: WaitForOptions): Promise<SipRequest>;
  /** SUBSCRIBE with `Expires: 0`, in the dialog; the last NOTIFY follows. @returns the exchange. */
  unsubscribe(): Promise<Exchange>;
}

/** One subscription of a phone, from its SUBSCRIBE to the NOTIFY that ends it. */
export class PhoneSubscription {
  readonly #context: PhoneContext;
  readonly #event: string;
  readonly #options: SubscribeOptions;
  readonly #callId: string;
  readonly #tag: string;
  readonly #notifies: History<SipRequest>;
  #dialogId: string | undefined;
  #granted = false;
  #over = false;
  #leaving = false;
  #handedOut = 0;

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
    const { to, expiresSeconds = 3600 } = this.#options;
    const { directoryNumber } = this.#context.lineOf(0);
    const uri = this.#context.uriOf(to ?? directoryNumber);
    const fixed = {
      From: `<${this.#context.userUri(directoryNumber)}>;tag=${this.#tag}`,
      To: `<${uri}>`,
      "Call-ID": this.#callId,
    };
    let cseq = 0;
    const headers = (): HeaderValues =>
      mergeHeaders(fixed, { CSeq: `${(cseq += 1)} SUBSCRIBE` }, this.#headers(expiresSeconds));
    return this.#asSubscription(await this.#exchange({ uri, headers }));
  }

  /** Whether a NOTIFY belongs here: in the dialog, or before the answer to SUBSCRIBE made one (RFC 6665 §4.1.2.4). */
  owns({ request, dialogId }: IncomingRequest): boolean {
    if (request.method !== "NOTIFY" || this.#over) return false;
    const named = dialogId !== undefined && dialogId === this.#dialogId;
    return named || (request.callId === this.#callId && request.toTag === this.#tag);
  }

  async notified(incoming: IncomingRequest): Promise<void> {
    this.#over = /^\s*terminated\b/i.test(incoming.request.get("Subscription-State") ?? "");
    this.#notifies.add(incoming.request);
    await incoming.respond(200);
  }

  async unsubscribe(): Promise<Exchange> {
    this.#leaving = true;
    const plan = { uri: IN_DIALOG, headers: () => this.#headers(0) };
    return await this.#exchange({ ...plan, ...(this.#dialogId === undefined ? {} : { dialogId: this.#dialogId }) });
  }

  async #exchange(plan: Pick<RequestPlan, "uri" | "headers" | "dialogId">): Promise<Exchange> {
    const exchange = new ClientExchange(
      this.#context,
      {
        ...plan,
        method: "SUBSCRIBE",
        credentials: credentialsOf(this.#options),
        check: "Check that the target answers SUBSCRIBE",
      },
      {
        response: ({ message, dialogId }) => {
          if (message.isSuccess) this.#granted = true;
          if (message.isSuccess) this.#dialogId ??= dialogId;
          return undefined;
        },
      },
    );
    await exchange.start();
    return await exchange.result();
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
    const isActive = (): boolean => this.active;
    return {
      ...exchange,
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
