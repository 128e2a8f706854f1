import type { UsageError } from "../../core/errors.ts";
import type { SipMessage } from "../message/index.ts";
import type { Address, Flow } from "./address.ts";
import type { ImpairOptions } from "./impairment.ts";
import type { WireMatch } from "./wire-match.ts";

/** A rule in force on an endpoint's wire. */
export interface WireRule {
  /** How many messages it was applied to; retransmissions count. */
  readonly hits: number;
  /** Takes the rule off; what it has delayed already still comes. */
  remove(): void;
}

export interface WireRuleOptions {
  /** After so many hits the rule removes itself. Default: stays until removed. */
  readonly times?: number;
  /** Default `sent`. */
  readonly direction?: "sent" | "received";
}

/** Gets a copy of the message, free to change, and its octets; what it returns goes on in the message's place. */
export type Rewrite = (message: SipMessage, octets: Buffer) => SipMessage | Buffer | string;

/**
 * The puppet strings of an endpoint. Rules stay in force until removed and are tried in the order they were made,
 * each on what the ones before left of the message. They see messages only, not keepalives and raw octets. The tap
 * shows what crossed the wire: rewritten octets where the endpoint sends, the peer's own where it receives.
 */
export interface WireControls {
  drop(match: WireMatch, options?: WireRuleOptions): WireRule;
  /** Holds messages back for `delayMs` on the endpoint's clock; later ones overtake them. */
  delay(match: WireMatch, delayMs: number, options?: WireRuleOptions): WireRule;
  /** Lets each message pass twice. */
  duplicate(match: WireMatch, options?: WireRuleOptions): WireRule;
  /** A string goes out as UTF-8, octets as they are: nothing is corrected, Content-Length neither. */
  rewrite(match: WireMatch, change: Rewrite, options?: WireRuleOptions): WireRule;
  /**
   * Makes the network bad from now on, by chances that a seed repeats; behind the rules, so on what they leave. Loss,
   * copies and jitter are for UDP: a stream only delays. Impairments add up.
   */
  impair(options: ImpairOptions): WireRule;
  /** Sends exactly these octets (a string as UTF-8), past all rules. */
  sendRaw(octets: Buffer | string, to: Address | Flow): void;
  /** Removes every rule; impairments stay. */
  clear(): void;
  /** The first error that a rule's function threw: the script's, though it surfaces as a message that went missing. */
  readonly failure: UsageError | undefined;
}
