import type { Timer } from "../core/clock.ts";
import { UsageError } from "../core/errors.ts";
import {
  allowsUpdate,
  expiryDelayMs,
  formatSessionExpires,
  LEAST_SESSION_SECONDS,
  meansNoDialog,
  minSessionSecondsOf,
  RECOMMENDED_SESSION_SECONDS,
  refreshDelayMs,
  retryDelayMs,
  sessionExpiresOf,
  supportsSessionTimer,
  TIMER,
  type Refresher,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "../sip/message/index.ts";
import type { ExchangeObserver } from "./client-exchange.ts";
import { mergeHeaders } from "./header-values.ts";
import type { PhoneContext } from "./phone-context.ts";
import type { HeaderValues } from "./phone.ts";

/** How a phone uses session timers (RFC 4028). */
export interface SessionTimerOptions {
  /** Session-Expires of its INVITEs, and the longest that it grants. Default 1800. */
  readonly intervalSeconds?: number;
  /** Its Min-SE: a shorter interval gets 422. Default 90, the least that RFC 4028 §5 knows; shorter ones are for labs. */
  readonly minSeconds?: number;
  /** Whom its INVITE names to refresh, and its 200 where the INVITE leaves it open. Default: nobody, and `uas`. */
  readonly refresher?: Refresher;
  /**
   * A fault to be put in. `no-refresh`: it does not refresh, though it agreed to. `no-hang-up`: it lets a session stand
   * that nobody refreshes. `silent`: both. `other-refresher`: its 200 names the one whom the INVITE did not.
   */
  readonly fault?: "no-refresh" | "no-hang-up" | "silent" | "other-refresher";
}

/** The same with its defaults filled in. */
export type SessionTimerSettings = SessionTimerOptions &
  Required<Pick<SessionTimerOptions, "intervalSeconds" | "minSeconds">>;

/** The session timer that a call has. */
export interface SessionTimerState {
  readonly intervalSeconds: number;
  /** Who has to refresh, as this phone sees it. */
  readonly refresher: "self" | "peer";
}

export interface SessionTimerParts {
  readonly context: PhoneContext;
  /** Sends a refresh; what is agreed anew is told to `confirmed`. */
  readonly refresh: (by: "UPDATE" | "INVITE") => Promise<SipResponse>;
  /** Ends the call: it was not refreshed in time. */
  readonly hangUp: () => Promise<unknown>;
}

/** How often an INVITE or UPDATE goes out anew because its interval was too short, at most. */
const MAX_TOO_SHORT = 5;

/**
 * Checks what a script asks of session timers, and fills in what it leaves open.
 * @throws {UsageError} ERR_SESSION_TIMER: an interval of less than a second, or below its own minimum.
 */
export function checkSessionTimer(options: SessionTimerOptions): SessionTimerSettings {
  const { intervalSeconds = RECOMMENDED_SESSION_SECONDS, minSeconds = LEAST_SESSION_SECONDS } = options;
  const whole = [intervalSeconds, minSeconds].every((seconds) => Number.isInteger(seconds) && seconds >= 1);
  if (whole && intervalSeconds >= minSeconds) return { ...options, intervalSeconds, minSeconds };
  throw new UsageError(
    `a session timer of ${intervalSeconds} s, at least ${minSeconds} s, cannot be: give whole seconds from 1 on, and a minSeconds that is not above intervalSeconds`,
    { code: "ERR_SESSION_TIMER", details: { intervalSeconds, minSeconds } },
  );
}

/** The 422 to an INVITE or UPDATE that asks for too short an interval (RFC 4028 §9); undefined: it is long enough. */
export function tooShort(
  { minSeconds }: SessionTimerSettings,
  request: SipRequest,
): { readonly status: 422; readonly headers: HeaderValues } | undefined {
  const asked = sessionExpiresOf(request);
  if (!asked || asked.seconds >= minSeconds || !supportsSessionTimer(request)) return undefined;
  return { status: 422, headers: { "Min-SE": String(minSeconds) } };
}

/**
 * The session timer of one call (RFC 4028): what it says in INVITE, UPDATE and their 2xx, the refreshes, and the end of
 * a session that is not refreshed. Does nothing for a phone that uses none.
 */
export class SessionTimer {
  readonly #parts: SessionTimerParts;
  readonly #options: SessionTimerSettings | undefined;
  /** The greatest Min-SE that anybody asked for in this call (RFC 4028 §7.4). */
  #minSeconds: number;
  #state: SessionTimerState | undefined;
  #peerTakesUpdate = false;
  #expiresAt = 0;
  #refreshTimer: Timer | undefined;
  #expiryTimer: Timer | undefined;
  #raised = 0;
  #over = false;

  constructor(parts: SessionTimerParts) {
    this.#parts = parts;
    this.#options = parts.context.sessionTimer;
    this.#minSeconds = this.#options?.minSeconds ?? LEAST_SESSION_SECONDS;
  }

  get state(): SessionTimerState | undefined {
    return this.#state;
  }

  /** For an UPDATE of ours. */
  get observer(): ExchangeObserver {
    return {
      again: (response) => this.raises(response),
      response: ({ message }) => {
        this.confirmed(message);
        return undefined;
      },
    };
  }

  /** What an INVITE or UPDATE of ours says (RFC 4028 §7.1, §7.4). */
  requestHeaders(): HeaderValues {
    const options = this.#options;
    if (!options) return {};
    const agreed = this.#state;
    const asked = agreed?.intervalSeconds ?? options.intervalSeconds;
    const seconds = Math.max(asked, this.#minSeconds);
    // Who refreshes goes on doing so: the words swap with the direction of the request (§7.4).
    const refresher = agreed ? (agreed.refresher === "self" ? "uac" : "uas") : options.refresher;
    const minimum = this.#minSeconds === LEAST_SESSION_SECONDS ? {} : { "Min-SE": String(this.#minSeconds) };
    return { "Session-Expires": formatSessionExpires({ seconds, refresher }), ...minimum };
  }

  /** Whether a response asks for a longer interval, which the next request then has (RFC 4028 §7.3). */
  raises(response: SipResponse): boolean {
    const wanted = response.status === 422 && this.#options ? minSessionSecondsOf(response) : undefined;
    if (wanted === undefined || wanted <= this.#minSeconds || this.#raised >= MAX_TOO_SHORT) return false;
    this.#minSeconds = wanted;
    this.#raised += 1;
    return true;
  }

  /** Takes a response to an INVITE or UPDATE of ours: a 2xx begins the interval anew, or ends the timer (RFC 4028 §7.2). */
  confirmed(response: SipResponse): void {
    this.#note(response);
    if (!response.isSuccess || !this.#options) return;
    const granted = sessionExpiresOf(response);
    // Less than our Min-SE may not be granted (§9); who does so is not to keep us busy.
    const seconds = Math.max(granted?.seconds ?? 0, this.#minSeconds);
    this.#begin(granted && { seconds, refresher: granted.refresher ?? "uac" }, "uac");
  }

  /** The refusal of an INVITE or UPDATE of the other side's; undefined: it may be answered. */
  refusalOf(request: SipRequest): ReturnType<typeof tooShort> {
    return this.#options && tooShort(this.#options, request);
  }

  /** What our 2xx to an INVITE or UPDATE says, and from now on holds (RFC 4028 §9). */
  answer(request: SipRequest): HeaderValues {
    this.#note(request);
    const options = this.#options;
    if (!options) return {};
    const asked = sessionExpiresOf(request);
    this.#minSeconds = Math.max(this.#minSeconds, minSessionSecondsOf(request) ?? 0);
    const ours = Math.max(options.intervalSeconds, this.#minSeconds);
    // It may be cut, not below the other side's Min-SE, and never raised.
    const seconds = asked ? Math.min(asked.seconds, ours) : ours;
    const supports = supportsSessionTimer(request);
    if (seconds < this.#minSeconds) {
      this.#begin(undefined, "uas"); // too short, and the other side would not understand a 422
      return {};
    }
    const refresher = supports ? this.#refresherFor(asked?.refresher, options) : "uas";
    this.#begin({ seconds, refresher }, "uas");
    const value = { "Session-Expires": formatSessionExpires({ seconds, refresher }) };
    return supports ? mergeHeaders(value, { Require: TIMER }) : value;
  }

  /** The call is over. */
  stop(): void {
    this.#over = true;
    this.#cancel();
  }

  /** Whom our 2xx names: the one that was asked for; where that is open, as this phone likes (RFC 4028 §9, table 2). */
  #refresherFor(asked: Refresher | undefined, { refresher = "uas", fault }: SessionTimerSettings): Refresher {
    if (fault !== "other-refresher") return asked ?? this.#current() ?? refresher;
    return asked === "uac" ? "uas" : "uac";
  }

  /** The one that refreshes now, in the words of a request of the other side's. */
  #current(): Refresher | undefined {
    return this.#state && (this.#state.refresher === "self" ? "uas" : "uac");
  }

  #note(message: SipMessage): void {
    this.#peerTakesUpdate = allowsUpdate(message) ?? this.#peerTakesUpdate;
  }

  #begin(agreed: { readonly seconds: number; readonly refresher: Refresher } | undefined, self: Refresher): void {
    this.#cancel();
    this.#state = agreed && {
      intervalSeconds: agreed.seconds,
      refresher: agreed.refresher === self ? "self" : "peer",
    };
    if (!this.#state || this.#over) return;
    const { clock } = this.#parts.context;
    const { intervalSeconds, refresher } = this.#state;
    this.#expiresAt = clock.now() + expiryDelayMs(intervalSeconds);
    this.#expiryTimer = clock.setTimer(expiryDelayMs(intervalSeconds), () => {
      this.#expired();
    });
    if (refresher === "self") this.#refreshIn(refreshDelayMs(intervalSeconds));
  }

  #refreshIn(delayMs: number): void {
    const { fault } = this.#options ?? {};
    if (fault === "no-refresh" || fault === "silent") return;
    this.#refreshTimer = this.#parts.context.clock.setTimer(delayMs, () => {
      void this.#refresh();
    });
  }

  async #refresh(): Promise<void> {
    const { context, refresh } = this.#parts;
    try {
      const final = await refresh(this.#peerTakesUpdate ? "UPDATE" : "INVITE");
      // No dialog there any more: BYE all the same (RFC 4028 §10).
      if (meansNoDialog(final)) this.#hangUp();
      else if (!final.isSuccess && !this.#over) this.#refreshLater();
    } catch (error) {
      context.log.debug({ err: error }, "session not refreshed");
      this.#hangUp();
    }
  }

  /** It was refused, for a collision maybe: once more, if there is time for it. */
  #refreshLater(): void {
    const delayMs = retryDelayMs(this.#expiresAt - this.#parts.context.clock.now());
    if (delayMs !== undefined) this.#refreshIn(delayMs);
  }

  #expired(): void {
    const { fault } = this.#options ?? {};
    if (fault !== "no-hang-up" && fault !== "silent") this.#hangUp();
  }

  #hangUp(): void {
    this.#cancel();
    this.#parts.hangUp().catch((error: unknown) => {
      this.#parts.context.log.debug({ err: error }, "BYE of a silent session came to nothing");
    });
  }

  #cancel(): void {
    this.#refreshTimer?.cancel();
    this.#expiryTimer?.cancel();
  }
}
