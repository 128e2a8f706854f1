import type { Timer } from "../core/clock.ts";
import type { Device, Target } from "../inventory/model.ts";
import {
  expiryDelayMs,
  LEAST_SESSION_SECONDS,
  refreshDelayMs,
  retryDelayMs,
  type Refresher,
} from "../sip/message/index.ts";
import type { SessionIntervals } from "./policies/time-session.ts";
import type { Services } from "./services.ts";

/** What we and a phone agreed on. */
export interface AgreedSession {
  readonly seconds: number;
  readonly refresher: "us" | "phone";
}

export interface SessionTimerUser {
  /** Half of the interval is over, and it is for us to refresh. */
  refreshDue(): void;
  /** The interval is nearly over, and nobody refreshed. */
  endDue(): void;
}

/** The session timer of one dialog (RFC 4028): its interval, and what falls due in it. */
export class SessionTimer {
  readonly #services: Pick<Services, "clock">;
  readonly #user: SessionTimerUser;
  #agreed: AgreedSession | undefined;
  #endsAt = 0;
  #refresh: Timer | undefined;
  #end: Timer | undefined;

  constructor(services: Pick<Services, "clock">, user: SessionTimerUser) {
    this.#services = services;
    this.#user = user;
  }

  get agreed(): AgreedSession | undefined {
    return this.#agreed;
  }

  /** Begins the interval anew; undefined: the session has none any more. */
  begin(agreed: AgreedSession | undefined): void {
    this.stop();
    this.#agreed = agreed;
    if (!agreed) return;
    const { clock } = this.#services;
    const endMs = expiryDelayMs(agreed.seconds);
    this.#endsAt = clock.now() + endMs;
    this.#end = clock.setTimer(endMs, () => {
      this.#user.endDue();
    });
    if (agreed.refresher === "us") this.#refreshIn(refreshDelayMs(agreed.seconds));
  }

  /** A refresh came to nothing: once more, if there is time for it. */
  retry(): void {
    const delayMs = retryDelayMs(this.#endsAt - this.#services.clock.now());
    if (delayMs !== undefined) this.#refreshIn(delayMs);
  }

  stop(): void {
    this.#refresh?.cancel();
    this.#end?.cancel();
  }

  #refreshIn(delayMs: number): void {
    this.#refresh = this.#services.clock.setTimer(delayMs, () => {
      this.#user.refreshDue();
    });
  }
}

/**
 * The intervals that we have with a device. Deviates from RFC 4028 §5: a lab may set less than 90 s, so that scenarios
 * see a session run out.
 */
export function intervalsOf(target: Pick<Target, "sessionTimer">, device: Device): SessionIntervals {
  const { sessionSeconds } = device;
  if (sessionSeconds === undefined) return target.sessionTimer;
  return { expiresSeconds: sessionSeconds, minExpiresSeconds: sessionSeconds };
}

/**
 * What a phone granted in its 2xx. One that grants less than may be asked for is held to that, so that it does not keep
 * us busy.
 */
export function grantedSession(
  granted: { readonly seconds: number; readonly refresher: Refresher | undefined } | undefined,
  { minExpiresSeconds }: SessionIntervals,
): AgreedSession | undefined {
  if (!granted) return undefined;
  const seconds = Math.max(granted.seconds, Math.min(minExpiresSeconds, LEAST_SESSION_SECONDS));
  return { seconds, refresher: granted.refresher === "uas" ? "phone" : "us" };
}
