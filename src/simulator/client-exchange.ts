import { asError, TransportError } from "../core/errors.ts";
import type { DigestChallenge, SipRequest, SipResponse } from "../sip/message/index.ts";
import { challengeOf } from "./authenticator.ts";
import { mergeHeaders } from "./header-values.ts";
import type { History } from "./history.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { CredentialOptions, Exchange, HeaderValues } from "./phone.ts";
import { isReliable } from "./reliable.ts";
import type { ReceivedResponse, SentRequest } from "./signalling.ts";

/** A request to be made. */
export interface RequestPlan {
  readonly method: string;
  readonly uri: string;
  readonly dialogId?: string;
  /** Headers of an attempt; outside of dialogs with the next CSeq each time. */
  readonly headers: () => HeaderValues;
  readonly body?: string;
  readonly credentials: CredentialOptions;
  /** What to look at when no answer comes, a sentence. */
  readonly check: string;
}

/** Told about an exchange as it goes on. */
export interface ExchangeObserver {
  /** Whether the request goes out once more after this final response, as the plan's headers are by then. */
  again?(response: SipResponse): boolean;
  /**
   * Sees each response as it comes, but the challenge that is answered. What it returns is awaited before anybody else
   * sees the response: so an ACK is on the wire when a script has the 2xx.
   */
  response?(response: ReceivedResponse): Promise<void> | undefined;
  /** No response comes any more: refused by the stack, or nobody there. */
  failed?(error: Error): void;
}

/**
 * One request with its responses. Answers one challenge: the same request again with credentials, everything else
 * unchanged but CSeq and branch (RFC 3261 §22.1, §8.1.3.5); a second challenge is the final response. A request that goes
 * out anew for another reason is challenged anew.
 */
export class ClientExchange {
  readonly requests: SipRequest[] = [];
  readonly responses: SipResponse[] = [];
  challenge: DigestChallenge | undefined;
  readonly #context: PhoneContext;
  readonly #plan: RequestPlan;
  readonly #observer: ExchangeObserver;
  readonly #sent: History<SentRequest>;
  /** All responses but an answered challenge. */
  readonly #outcomes: History<ReceivedResponse>;
  #cancelHeaders: HeaderValues | undefined;
  /** The request went out with credentials. */
  #proven = false;
  /** Of the observer, with the response that nobody may see before: what comes behind it waits too. */
  #handling: Promise<void> | undefined;

  constructor(context: PhoneContext, plan: RequestPlan, observer: ExchangeObserver = {}) {
    this.#context = context;
    this.#plan = plan;
    this.#observer = observer;
    this.#sent = context.history();
    this.#outcomes = context.history();
  }

  /** Sends; resolves with the request as sent. */
  async start(): Promise<SipRequest> {
    this.#send({});
    const { request } = await this.#sent.first(() => true, this.#wait("its own stack to send"));
    return request;
  }

  /** The request last sent. */
  get request(): SipRequest | undefined {
    return this.requests.at(-1);
  }

  /** The final response, if there is one already. */
  get finalResponse(): SipResponse | undefined {
    return this.#outcomes.find(isFinal)?.message;
  }

  /** @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT @throws {TransportError} ERR_TARGET_UNREACHABLE */
  async final(): Promise<ReceivedResponse> {
    return await this.#outcomes.first(isFinal, this.#wait("a final response to"));
  }

  /** The first provisional response of that status (any without one), or the final one if it comes first. */
  async provisionalOrFinal(status: number | undefined): Promise<SipResponse> {
    const matches = (response: ReceivedResponse): boolean =>
      isFinal(response) || status === undefined || response.message.status === status;
    const wanted = status === undefined ? "a provisional response to" : `a ${status} to`;
    return (await this.#outcomes.first(matches, this.#wait(wanted))).message;
  }

  /** The first response that makes a dialog which takes requests, or the final one if it comes first. */
  async reliableOrFinal(): Promise<SipResponse> {
    const matches = (response: ReceivedResponse): boolean => isFinal(response) || isReliable(response.message);
    return (await this.#outcomes.first(matches, this.#wait("a final or reliable response to"))).message;
  }

  async result(): Promise<Exchange> {
    const { message: final } = await this.final();
    const { requests, responses, challenge } = this;
    return { final, requests, responses, ...(challenge ? { challenge } : {}) };
  }

  /** Cancels; a request that is just being sent again with credentials, as soon as it is out. */
  cancel(headers: HeaderValues = {}): void {
    this.#cancelHeaders = mergeHeaders(headers);
    this.#sent.items.at(-1)?.cancel(this.#cancelHeaders);
  }

  #send(credentials: HeaderValues): void {
    const { method, uri, dialogId, headers, body } = this.#plan;
    this.#context.signalling.send(
      {
        method,
        uri,
        headers: mergeHeaders(headers(), credentials),
        ...(body === undefined ? {} : { body }),
        ...(dialogId === undefined ? {} : { dialogId }),
      },
      {
        sent: (sent) => {
          this.requests.push(sent.request);
          this.#sent.add(sent);
          if (this.#cancelHeaders && this.requests.length > 1) sent.cancel(this.#cancelHeaders);
        },
        response: (response) => {
          this.#receive(response);
        },
        refused: (error) => {
          this.#fail(error);
        },
      },
    );
  }

  #receive(response: ReceivedResponse): void {
    if (response.madeUp && isFinal(response)) {
      this.#fail(this.#nobodyAnswered(response.message));
      return;
    }
    this.responses.push(response.message);
    this.challenge = challengeOf(response.message) ?? this.challenge;
    if (!this.#proven && this.#answerChallenge(response.message)) return;
    if (this.#observer.again?.(response.message)) {
      this.#proven = false;
      this.#send({});
      return;
    }
    const handled = this.#observer.response?.(response);
    if (handled ?? this.#handling) this.#showBehind(handled, response);
    else this.#outcomes.add(response);
  }

  #showBehind(handled: Promise<void> | undefined, response: ReceivedResponse): void {
    const handling = Promise.allSettled([this.#handling, handled]).then(() => {
      this.#outcomes.add(response);
      if (this.#handling === handling) this.#handling = undefined;
    });
    this.#handling = handling;
  }

  #answerChallenge(response: SipResponse): boolean {
    const request = this.request;
    if (!request || !isChallenge(response)) return false;
    try {
      const answer = this.#context.authenticator.answer(response, request, this.#plan.credentials);
      this.#proven = true;
      if (answer) this.#send({ [answer.header]: answer.value });
      return answer !== undefined;
    } catch (error) {
      this.#fail(asError(error));
      return true;
    }
  }

  #fail(error: Error): void {
    this.#observer.failed?.(error);
    this.#sent.end(error);
    this.#outcomes.end(error);
  }

  /** The stack makes up 408 when time is over and 503 when the target cannot be reached: neither is the target's. */
  #nobodyAnswered(response: SipResponse): Error {
    if (response.status === 408) return this.#wait("a final response to").onTimeout();
    const { host, port, protocol } = this.#context.targetAddress;
    const place = `${protocol}:${host}:${port}`;
    const cause = this.#context.failureOf(this.request?.callId ?? "");
    const refused =
      cause instanceof TransportError && cause.code !== "ERR_CONNECTION_REFUSED" ? cause.message : undefined;
    const why = refused ?? `nobody listens on ${place}. Check the target's address and transports in the lab file.`;
    return new TransportError(`${this.#context.name} could not send ${this.#plan.method}: ${why}`, {
      code: "ERR_TARGET_UNREACHABLE",
      details: { phone: this.#context.name, target: place },
      ...(cause && { cause }),
    });
  }

  #wait(what: string): { timeoutMs: number; onTimeout: () => Error } {
    const context = this.#context;
    return {
      timeoutMs: context.waits.answerMs,
      onTimeout: () =>
        context.waitTimeout({
          what: `${what} ${this.#plan.method}`,
          wait: "answerMs",
          check: this.#plan.check,
          ...(this.request ? { callId: this.request.callId } : {}),
        }),
    };
  }
}

function isFinal(response: ReceivedResponse): boolean {
  return response.message.status >= 200;
}

function isChallenge({ status }: SipResponse): boolean {
  return status === 401 || status === 407;
}
