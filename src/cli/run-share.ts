import { randomIds } from "../core/ids.ts";
import { systemClock } from "../core/system-clock.ts";
import type { ConnectOptions } from "../drachtio/index.ts";
import type { Lab } from "../inventory/index.ts";
import type { Journal } from "../results/index.ts";
import {
  assemble,
  startScenarios,
  type RunLedger,
  type Running,
  type ScenarioSpec,
  type TestBed,
} from "../scenarios/index.ts";
import { parseImpairment } from "../sip/transport/index.ts";
import { openLog, type LogLevel } from "./log.ts";

/** How the scenarios are run, by each thread of a run alike. Plain data: it crosses from thread to thread. */
export interface ShareSettings {
  readonly lab: Lab;
  /** Repeats the chances of `impair`. */
  readonly seed: string;
  /** How bad the network of every phone is made, as `loss=10%`. */
  readonly impair: string | undefined;
  /** A drachtio-server that the phones share. */
  readonly drachtio: ConnectOptions | undefined;
  readonly logLevel: LogLevel;
  /** Scenarios at once, in this thread. */
  readonly concurrency: number;
  /** Most time for one scenario, ms. */
  readonly timeoutMs: number;
  readonly bail: number;
  readonly strict: boolean;
  /** How often a scenario that failed is tried again. */
  readonly retries: number;
}

/** What the scenarios of one thread stand on. */
export interface ShareGround {
  readonly bed: TestBed;
  readonly journal: Journal;
  readonly ledger: RunLedger;
  readonly signal: AbortSignal;
  readonly onStray: (error: Error) => void;
}

/**
 * A call manager, if the lab has one, and the ground for phones, of one thread's own.
 * @throws {TransportError} when no address can be bound.
 */
export async function openBed({ lab, seed, impair, drachtio, logLevel }: ShareSettings): Promise<TestBed> {
  const impairment = impair === undefined ? undefined : { ...parseImpairment(impair), seed };
  return await assemble({ lab, clock: systemClock, ids: randomIds(), log: openLog(logLevel), impairment, drachtio });
}

/** Starts those of the run's scenarios that this thread claims. */
export function startShare(specs: readonly ScenarioSpec[], settings: ShareSettings, ground: ShareGround): Running {
  const { concurrency, timeoutMs, bail, strict, retries } = settings;
  return startScenarios(specs, { ...ground, clock: systemClock, concurrency, timeoutMs, bail, strict, retries });
}
