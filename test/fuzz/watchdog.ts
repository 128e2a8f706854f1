import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import type { Timer } from "../../src/core/clock.ts";
import { systemClock } from "../../src/core/system-clock.ts";
import { FuzzCases } from "./cases.ts";
import { repeatCommand, writeFinding } from "./findings.ts";
import { loadSeeds } from "./seeds.ts";

/** How long one piece of work may keep the event loop from everything else. */
export const WATCHDOG_MS = 2000;

const BEATS_PER_LOOK = 10;
const STDERR = 2;

/** Cells of the memory shared with the watching thread. */
const BEATS = 0;
const CASE = 1;

/** A worker does not inherit the loader of TypeScript. */
const BOOT = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(import.meta.url)}); })`;

interface Orders {
  readonly cells: Int32Array;
  readonly seed: string;
  readonly folder: string;
  readonly patienceMs: number;
}

/**
 * Watches, from a thread of its own, that the event loop goes round. A thread in an endless loop can't be stopped from
 * inside: the whole process is killed then, after the finding was written and told.
 */
export class Watchdog {
  readonly #cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  readonly #beatMs: number;
  #timer: Timer | undefined;

  /** @param folder where a finding is written. */
  constructor(seed: string, folder: string, patienceMs = WATCHDOG_MS) {
    this.#beatMs = patienceMs / BEATS_PER_LOOK;
    const orders: Orders = { cells: this.#cells, seed, folder, patienceMs };
    this.#worker = new Worker(BOOT, { eval: true, workerData: orders });
    this.#beat();
  }

  /** Says that the case with this number begins. */
  watch(index: number): void {
    Atomics.store(this.#cells, CASE, index);
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#worker.terminate();
  }

  #beat(): void {
    Atomics.add(this.#cells, BEATS, 1);
    this.#timer = systemClock.setTimer(this.#beatMs, () => {
      this.#beat();
    });
  }
}

function keepWatch(orders: Orders, last: number): void {
  const beats = Atomics.load(orders.cells, BEATS);
  if (beats === last) bark(orders);
  systemClock.setTimer(orders.patienceMs, () => {
    keepWatch(orders, beats);
  });
}

function bark({ cells, seed, folder, patienceMs }: Orders): void {
  const index = Atomics.load(cells, CASE);
  const range = { seed, from: index, count: 1 };
  const problem = `keeps the process busy for more than ${patienceMs} ms`;
  const file = writeFinding(folder, { ...range, problem, cases: [new FuzzCases(seed, loadSeeds()).at(index)] });
  // What a worker prints goes through the main thread, which hangs: so past it.
  writeSync(
    STDERR,
    `finding: case ${index} ${problem}\n  written to ${file}\n  repeat it by ${repeatCommand(range)}\n`,
  );
  process.kill(process.pid, "SIGKILL");
}

if (!isMainThread) keepWatch(workerData as Orders, -1);
