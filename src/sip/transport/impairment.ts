import { UsageError } from "../../core/errors.ts";
import { seededIds, type Ids } from "../../core/ids.ts";
import type { TapNote } from "./tap.ts";

/** How bad a network is. Each figure is 0 where it is left out. */
export interface Impairment {
  /** Of 100 messages, how many are dropped. */
  readonly lossPercent?: number;
  /** Of 100 messages, how many come twice. */
  readonly duplicatePercent?: number;
  /** Of 100 messages, how many are held back for longer than others, so that those overtake them. */
  readonly reorderPercent?: number;
  /** How long every message takes more. */
  readonly delayMs?: number;
  /** How much more or less than `delayMs` a message takes; later ones may overtake it. */
  readonly jitterMs?: number;
}

export interface ImpairOptions extends Impairment {
  /** The same seed gives messages in the same order the same fate. Default `1`. */
  readonly seed?: string;
  /** Default: both. */
  readonly direction?: "sent" | "received";
}

/** What an impairment makes of one message. */
export interface Fate {
  readonly lost: boolean;
  readonly copies: number;
  readonly delayMs: number;
  readonly notes: readonly TapNote[];
}

/** How much longer than any other a reordered message is held back. */
const REORDER_MS = 20;
/** Chances are drawn in hundredths of a percent. */
const WHOLE = 10_000;

/** Decides the fate of messages one after the other, by chances that a seed repeats. */
export class FateDice {
  readonly #impairment: Required<Impairment>;
  readonly #ids: Ids;

  constructor(impairment: Impairment, seed: string) {
    this.#impairment = {
      lossPercent: impairment.lossPercent ?? 0,
      duplicatePercent: impairment.duplicatePercent ?? 0,
      reorderPercent: impairment.reorderPercent ?? 0,
      delayMs: impairment.delayMs ?? 0,
      jitterMs: impairment.jitterMs ?? 0,
    };
    this.#ids = seededIds(seed);
  }

  /**
   * Draws four times for every message, whatever comes of it: so one figure can be changed and the rest stays.
   * @param lossy whether messages can get lost or overtake each other there at all, as datagrams do; a stream only delays.
   */
  next(lossy: boolean): Fate {
    const { lossPercent, duplicatePercent, reorderPercent, delayMs, jitterMs } = this.#impairment;
    const lost = this.#chance(lossPercent);
    const duplicated = this.#chance(duplicatePercent);
    const reordered = this.#chance(reorderPercent);
    const jitter = ((2 * this.#ids.integer(WHOLE + 1)) / WHOLE - 1) * jitterMs;
    if (!lossy) return fateOf(false, 1, delayMs);
    const heldBackMs = reordered ? 2 * jitterMs + REORDER_MS : 0;
    return fateOf(lost, duplicated ? 2 : 1, Math.max(0, delayMs + jitter + heldBackMs));
  }

  #chance(percent: number): boolean {
    return this.#ids.integer(WHOLE) < (percent * WHOLE) / 100;
  }
}

function fateOf(lost: boolean, copies: number, delayMs: number): Fate {
  const notes: TapNote[] = [];
  if (lost) notes.push("dropped");
  else if (delayMs > 0) notes.push("delayed");
  if (!lost && copies > 1) notes.push("duplicated");
  if (notes.length > 0) notes.push("impaired");
  return { lost, copies, delayMs, notes };
}

const PERCENTS = { loss: "lossPercent", dup: "duplicatePercent", reorder: "reorderPercent" } as const;
const PERCENT = /^(\d{1,3}(?:\.\d{1,2})?)%$/;
const DELAY = /^(\d{1,5})(?:ms)?(?:(?:±|\+-)(\d{1,5}))?(?:ms)?$/;

/**
 * Reads `loss=10%,dup=2%,reorder=1%,delay=50±20ms` (`+-` does for `±`), each part at most once.
 * @throws {UsageError} ERR_IMPAIRMENT
 */
export function parseImpairment(text: string): Impairment {
  const impairment: { -readonly [Figure in keyof Impairment]: number } = {};
  for (const part of text.split(",")) {
    const [name = "", value = ""] = part.split("=", 2).map((word) => word.trim());
    const figures = figuresOf(name, value);
    if (!figures || Object.keys(figures).some((figure) => figure in impairment)) throw unreadable(text, part);
    Object.assign(impairment, figures);
  }
  return impairment;
}

function figuresOf(name: string, value: string): Impairment | undefined {
  if (name === "delay") {
    const [, delay, jitter = "0"] = DELAY.exec(value) ?? [];
    return delay === undefined ? undefined : { delayMs: Number(delay), jitterMs: Number(jitter) };
  }
  const percent = Number(PERCENT.exec(value)?.[1] ?? Number.NaN);
  if (!Object.hasOwn(PERCENTS, name) || !(percent <= 100)) return undefined;
  return { [PERCENTS[name as keyof typeof PERCENTS]]: percent };
}

function unreadable(text: string, part: string): UsageError {
  return new UsageError(
    `"${part.trim()}" is no impairment. Say loss=10%, dup=2%, reorder=1%, delay=50ms or delay=50±20ms, each once, with commas between.`,
    { code: "ERR_IMPAIRMENT", details: { text, part } },
  );
}
