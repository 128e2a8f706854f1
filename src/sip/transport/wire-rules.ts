import type { Clock, Timer } from "../../core/clock.ts";
import { asError, UsageError } from "../../core/errors.ts";
import { parseMessage, type SipMessage, type SipRequest, type SipResponse } from "../message/index.ts";
import type { Address, Flow } from "./address.ts";
import { FateDice, type ImpairOptions } from "./impairment.ts";
import type { TapNote } from "./tap.ts";
import type { Rewrite, WireControls, WireRule, WireRuleOptions } from "./wire-controls.ts";
import { parseWireMatch, type WireMatch } from "./wire-match.ts";

const DIRECTIONS = ["sent", "received"] as const;
type Direction = (typeof DIRECTIONS)[number];

/** What the rules leave of one message. */
export interface Passage {
  dropped: boolean;
  delayMs: number;
  copies: number;
  octets: Buffer;
  /** Absent once rewritten octets are no message any more. */
  message: SipMessage | undefined;
  readonly notes: TapNote[];
}

type Effect = (passage: Passage, message: SipMessage) => void;

interface Rule extends WireRule {
  hits: number;
  readonly matches: (message: SipMessage) => boolean;
  readonly effect: Effect;
  readonly times: number;
}

interface ImpairmentInForce extends WireRule {
  hits: number;
  readonly dice: Partial<Record<Direction, FateDice>>;
}

/** The rules of one endpoint, and what they hold back. */
export class WireRules implements WireControls {
  readonly #clock: Clock;
  readonly #sendRaw: (octets: Buffer, to: Address | Flow) => void;
  readonly #rules: Record<Direction, Rule[]> = { sent: [], received: [] };
  #impairments: readonly ImpairmentInForce[] = [];
  readonly #heldBack = new Set<Timer>();
  #failure: UsageError | undefined;

  constructor(clock: Clock, sendRaw: (octets: Buffer, to: Address | Flow) => void) {
    this.#clock = clock;
    this.#sendRaw = sendRaw;
  }

  get failure(): UsageError | undefined {
    return this.#failure;
  }

  drop(match: WireMatch, options?: WireRuleOptions): WireRule {
    return this.#add(match, options, (passage) => {
      passage.dropped = true;
      passage.notes.push("dropped");
    });
  }

  delay(match: WireMatch, delayMs: number, options?: WireRuleOptions): WireRule {
    return this.#add(match, options, (passage) => {
      passage.delayMs += delayMs;
      passage.notes.push("delayed");
    });
  }

  duplicate(match: WireMatch, options?: WireRuleOptions): WireRule {
    return this.#add(match, options, (passage) => {
      passage.copies += 1;
      passage.notes.push("duplicated");
    });
  }

  rewrite(match: WireMatch, change: Rewrite, options?: WireRuleOptions): WireRule {
    return this.#add(match, options, (passage, message) => {
      const changed = change(copyOf(message), passage.octets);
      passage.notes.push("rewritten");
      if (Buffer.isBuffer(changed) || typeof changed === "string") {
        passage.octets = asOctets(changed);
        passage.message = asMessage(passage.octets);
      } else {
        passage.octets = changed.toOctets();
        passage.message = changed;
      }
    });
  }

  impair({ seed = "1", direction, ...impairment }: ImpairOptions): WireRule {
    const dice: Partial<Record<Direction, FateDice>> = {};
    for (const way of direction ? [direction] : DIRECTIONS) dice[way] = new FateDice(impairment, `${seed} ${way}`);
    const inForce: ImpairmentInForce = {
      hits: 0,
      dice,
      remove: () => {
        this.#impairments = this.#impairments.filter((other) => other !== inForce);
      },
    };
    this.#impairments = [...this.#impairments, inForce];
    return inForce;
  }

  sendRaw(octets: Buffer | string, to: Address | Flow): void {
    this.#sendRaw(asOctets(octets), to);
  }

  clear(): void {
    this.#rules.sent = [];
    this.#rules.received = [];
  }

  /** Whether any rule or impairment is in force: without one, messages need not pass here. */
  has(direction: Direction): boolean {
    return this.#rules[direction].length > 0 || this.#impairments.length > 0;
  }

  /**
   * Applies every rule that means the message, then the impairments.
   * @param lossy whether the way there is one on which messages get lost: datagrams.
   * @throws {UsageError} ERR_WIRE_RULE when a rule's function threw.
   */
  passage(direction: Direction, message: SipMessage, octets: Buffer, lossy: boolean): Passage {
    const passage: Passage = { dropped: false, delayMs: 0, copies: 1, octets, message, notes: [] };
    for (const rule of [...this.#rules[direction]]) {
      const current = passage.message;
      if (passage.dropped || !current) break;
      if (!rule.matches(current)) continue;
      rule.hits += 1;
      if (rule.hits >= rule.times) rule.remove();
      try {
        rule.effect(passage, current);
      } catch (error) {
        const failure = asRewriteFailure(error);
        this.#failure ??= failure;
        throw failure;
      }
    }
    this.#impair(direction, passage, lossy);
    return passage;
  }

  /** Runs `deliver` after `delayMs`, at once for 0. */
  after(delayMs: number, deliver: () => void): void {
    if (delayMs <= 0) {
      deliver();
      return;
    }
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#heldBack.delete(timer);
      deliver();
    });
    this.#heldBack.add(timer);
  }

  /** Forgets rules, impairments and what they hold back. */
  close(): void {
    this.clear();
    this.#impairments = [];
    for (const timer of this.#heldBack) timer.cancel();
    this.#heldBack.clear();
  }

  #impair(direction: Direction, passage: Passage, lossy: boolean): void {
    for (const impairment of this.#impairments) {
      if (passage.dropped) return;
      const fate = impairment.dice[direction]?.next(lossy);
      if (!fate || fate.notes.length === 0) continue;
      impairment.hits += 1;
      passage.dropped = fate.lost;
      passage.copies *= fate.copies;
      passage.delayMs += fate.delayMs;
      passage.notes.push(...fate.notes);
    }
  }

  #add(match: WireMatch, options: WireRuleOptions | undefined, effect: Effect): WireRule {
    const direction = options?.direction ?? "sent";
    const rule: Rule = {
      hits: 0,
      matches: parseWireMatch(match),
      effect,
      times: options?.times ?? Infinity,
      remove: () => {
        this.#rules[direction] = this.#rules[direction].filter((other) => other !== rule);
      },
    };
    this.#rules[direction].push(rule);
    return rule;
  }
}

function asOctets(octets: Buffer | string): Buffer {
  return typeof octets === "string" ? Buffer.from(octets, "utf8") : octets;
}

function asMessage(octets: Buffer): SipMessage | undefined {
  try {
    return parseMessage(octets);
  } catch {
    return undefined;
  }
}

function copyOf(message: SipMessage): SipMessage {
  return (message as SipRequest | SipResponse).clone();
}

/** UsageError for a rewrite function that threw: the script's fault, not the network's. */
function asRewriteFailure(thrown: unknown): UsageError {
  if (thrown instanceof UsageError) return thrown;
  const cause = asError(thrown);
  return new UsageError(`A wire rule's function threw: ${cause.message}.`, { code: "ERR_WIRE_RULE", cause });
}
