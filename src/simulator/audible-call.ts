import type { AudioSource, DigitOptions, InfoDigitType, MediaReport, ReceivedDigit } from "../media/index.ts";
import type { WaitForOptions } from "./phone.ts";

export interface SendDigitsOptions extends DigitOptions {
  /** `rtp`: telephone-events in the audio stream; `info`: one INFO request for each. Default `rtp`. */
  readonly by?: "rtp" | "info";
  /** Of the INFO requests. Default application/dtmf-relay. */
  readonly contentType?: InfoDigitType;
}

export interface NextAudioOptions extends WaitForOptions {
  /** How many packets of audio make it heard. Default 3, which is 60 ms. */
  readonly packets?: number;
}

/** What is heard and said in a call. While it is up, a phone sends audio as negotiated, by itself. */
export interface AudibleCall {
  /** What RTP each m-line of the call has sent and received so far; of a call that is over, in all. */
  media(): MediaReport;
  /**
   * Waits for audio from now on.
   * @returns what came and went meanwhile.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs`.
   */
  nextAudio(options?: NextAudioOptions): Promise<MediaReport>;
  /**
   * Listens for a while, once `waits.settleMs` are over: what was on its way before is not counted.
   * @param options `ms`: how long. Default 100.
   * @returns what came and went in that while.
   */
  listen(options?: { readonly ms?: number }): Promise<MediaReport>;
  /** What the phone says into the call: a tone (default), or silence. Packets are sent either way. */
  play(source: AudioSource): void;
  /**
   * Presses keys, one after the other; resolves when the last is told.
   * @throws {UsageError} ERR_DIGITS
   * @throws {UnexpectedOutcomeError} ERR_NO_TELEPHONE_EVENT: the other side takes none, or the stream is held;
   * ERR_DIGITS_REFUSED: an INFO was refused.
   */
  sendDigits(digits: string, options?: SendDigitsOptions): Promise<void>;
  /** Digits heard so far, in order. */
  digits(): readonly ReceivedDigit[];
  /**
   * The oldest digit that nobody took yet, or the next to come; it may still be pressed.
   * @throws {WaitTimeoutError} ERR_WAIT_TIMEOUT: none within `waits.answerMs`.
   */
  nextDigit(options?: WaitForOptions): Promise<ReceivedDigit>;
}
