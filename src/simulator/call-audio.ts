import { delay } from "../core/clock.ts";
import { UnexpectedOutcomeError } from "../core/errors.ts";
import { Inbox } from "../core/inbox.ts";
import {
  readDigits,
  readInfoDigit,
  reportSince,
  writeInfoDigit,
  type CallMedia,
  type MediaReport,
  type ReceivedDigit,
} from "../media/index.ts";
import type { SipRequest } from "../sip/message/index.ts";
import type { NextAudioOptions, SendDigitsOptions } from "./audible-call.ts";
import { describeStatus, type Awaited, type PhoneContext } from "./phone-context.ts";
import type { Exchange, RequestOptions, WaitForOptions } from "./phone.ts";

/** As many packets as make 60 ms of sound: more than a stray one. */
const HEARD_PACKETS = 3;
const LISTEN_MS = 100;
/** What an INFO says of a digit whose length the script left open, ms. */
const INFO_DIGIT_MS = 100;

export interface CallAudioParts {
  readonly context: PhoneContext;
  /** `call to 1003`. */
  readonly title: () => string;
  readonly callId: () => string;
  /** The error of what is asked of a call that is over. */
  readonly over: (action: string) => Error;
  /** Sends a request within the call. */
  readonly request: (method: string, options: RequestOptions) => Promise<Exchange>;
}

/** The ears and the mouth of a call: what its script hears and says, over the RTP that flows by itself. */
export class CallAudio {
  readonly media: CallMedia;
  readonly #parts: CallAudioParts;
  readonly #digits: Inbox<ReceivedDigit>;
  readonly #watchers = new Set<() => void>();
  #stopped = false;

  constructor(parts: CallAudioParts) {
    const { context, title } = parts;
    this.#parts = parts;
    this.#digits = new Inbox(context.clock);
    const look = (): void => {
      for (const watch of this.#watchers) watch();
    };
    this.media = context.media.openCall(() => `${context.name}'s ${title()}`, {
      received: look,
      heard: (digit) => {
        this.#digits.put(digit);
      },
      stopped: (report) => {
        this.#stopped = true;
        look();
        context.observe(report);
      },
    });
  }

  async nextAudio({ packets = HEARD_PACKETS, ...wait }: NextAudioOptions): Promise<MediaReport> {
    const before = this.media.report();
    return await this.#until(wait, () => {
      const since = reportSince(before, this.media.report());
      return since.streams.some(({ received }) => received.audio >= packets) ? since : undefined;
    });
  }

  async listen(ms = LISTEN_MS): Promise<MediaReport> {
    const { clock, waits } = this.#parts.context;
    await delay(clock, waits.settleMs);
    const before = this.media.report();
    await delay(clock, ms);
    return reportSince(before, this.media.report());
  }

  async sendDigits(digits: string, options: SendDigitsOptions): Promise<void> {
    if (options.by !== "info") {
      await this.media.sendDigits(digits, options);
      return;
    }
    const { digitMs = INFO_DIGIT_MS, contentType = "application/dtmf-relay" } = options;
    readDigits(digits);
    for (const digit of digits.toUpperCase()) {
      const body = writeInfoDigit(contentType, digit, digitMs);
      const { final } = await this.#parts.request("INFO", { contentType, body });
      if (!final.isSuccess) throw this.#refused(digit, describeStatus(final));
    }
  }

  async nextDigit(options: WaitForOptions): Promise<ReceivedDigit> {
    return await this.#parts.context.take(this.#digits, this.#awaited("a digit", options), () => true);
  }

  /** Hears the digit in an INFO, if it tells one. */
  hear(info: SipRequest): void {
    const told = readInfoDigit(info.contentType?.type ?? "", info.body.toString("latin1"));
    if (told) this.media.hearInfo(told.digit, told.durationMs ?? 0);
  }

  /** Resolves with what `look` finds, asked again whenever something came. */
  async #until<T>(options: WaitForOptions, look: () => T | undefined): Promise<T> {
    const { context } = this.#parts;
    const awaited = this.#awaited("audio", options);
    return await new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        timer.cancel();
        this.#watchers.delete(watch);
      };
      const watch = (): void => {
        const found = look();
        if (found === undefined && !this.#stopped) return;
        finish();
        if (found === undefined) reject(this.#parts.over("hear audio"));
        else resolve(found);
      };
      const timer = context.clock.setTimer(awaited.timeoutMs ?? context.waits[awaited.wait], () => {
        finish();
        reject(context.waitTimeout(awaited));
      });
      this.#watchers.add(watch);
      watch();
    });
  }

  #awaited(what: string, options: WaitForOptions): Awaited {
    return {
      what: `${what} in its ${this.#parts.title()}`,
      callId: this.#parts.callId(),
      wait: "answerMs",
      check: "Check that the other side sends it to the address and port told in SDP",
      ...options,
    };
  }

  #refused(digit: string, status: string): UnexpectedOutcomeError {
    const { context, title, callId } = this.#parts;
    return new UnexpectedOutcomeError(
      `the INFO with digit ${digit} in ${context.name}'s ${title()} was answered ${status}`,
      {
        code: "ERR_DIGITS_REFUSED",
        details: { phone: context.name, callId: callId(), digit, status },
      },
    );
  }
}
