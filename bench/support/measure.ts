import { cpuUsage } from "node:process";
import { median, type BenchOptions } from "./row.ts";

/** One of several ways to do a piece of work within this process. */
export interface Contender {
  readonly name: string;
  /** Does the work once; returns how many units that was. */
  readonly work: () => number;
}

/** What one contender took for a unit, in each round. */
export interface Measurement {
  readonly name: string;
  readonly cpuMicros: readonly number[];
  readonly wallMicros: readonly number[];
}

/** How long each contender works in each round. */
const ROUND_MILLIS = 150;

/** Turns that do not count: until then the compiler, whose time would count too, may still be at work. */
const WARM_UP_ROUNDS = 8;

/**
 * CPU (user and system) and wall time of each contender. In each round all take their turn, so that what else the
 * machine does hits all of them. Rounds before that warm up each alike, and fix the counts.
 */
export function measure(contenders: readonly Contender[], options: BenchOptions): Measurement[] {
  for (let round = 1; round < WARM_UP_ROUNDS; round += 1) for (const { work } of contenders) repetitionsOf(work);
  const entries = contenders.map(({ name, work }) => ({
    work,
    repetitions: repetitionsOf(work),
    measurement: { name, cpuMicros: [] as number[], wallMicros: [] as number[] },
  }));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { work, repetitions, measurement } of entries) {
      const { cpu, wall } = timed(work, repetitions);
      measurement.cpuMicros.push(cpu);
      measurement.wallMicros.push(wall);
    }
  }
  return entries.map(({ measurement }) => measurement);
}

/** Median over the rounds of how many times the CPU time of `one` the `other` took. */
export function timesSlower(one: Measurement, other: Measurement): number {
  return median(other.cpuMicros.map((cpu, round) => cpu / (one.cpuMicros[round] ?? Number.NaN)));
}

/** How often the work fits into a round. */
function repetitionsOf(work: () => number): number {
  let repetitions = 0;
  const before = cpuUsage();
  for (let used = 0; used < ROUND_MILLIS * 1000; used = microsSince(before)) {
    work();
    repetitions += 1;
  }
  return repetitions;
}

function timed(work: () => number, repetitions: number): { cpu: number; wall: number } {
  let units = 0;
  const before = cpuUsage();
  const start = performance.now();
  for (let count = 0; count < repetitions; count += 1) units += work();
  const wall = (performance.now() - start) * 1000;
  return { cpu: microsSince(before) / units, wall: wall / units };
}

function microsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = cpuUsage(before);
  return user + system;
}
