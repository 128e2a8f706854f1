import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Clock } from "../core/clock.ts";
import { MODULE_EXTENSION, ownModule } from "../core/own-files.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** Subjects that are tried together, by their numbers. */
export type Group = readonly number[];

/** Most time until a process says its first word, ms: it loads sources and scenarios. */
const STARTING_MS = 60_000;

/**
 * Options of node for a process: sources need the loader; with room for what lives for one scenario, a tenth less time is
 * spent on clearing it away.
 */
function nodeOptions(): string[] {
  const loader = MODULE_EXTENSION === "ts" ? ["--import", import.meta.resolve("tsx/esm")] : [];
  return ["--max-semi-space-size=64", ...loader];
}

export interface TrialProcessOptions {
  readonly clock: Clock;
  readonly take: (message: FromWorker, from: TrialProcess) => void;
  /** @param how it ended: a signal or an exit code. */
  readonly gone: (from: TrialProcess, how: string) => void;
}

/** A process that tries subjects, as the one that started it sees it. */
export class TrialProcess {
  readonly exited: Promise<void>;
  /** What it is trying. */
  readonly groups = new Set<Group>();
  /** It has room and was given nothing yet. */
  hungry = false;
  /** It tries a subject by itself, since others that it was tried with did not end. */
  isolating = false;
  /** It was ended because it said nothing any more. */
  hung = false;
  cpuMs = 0;
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  #heardAt: number;
  #hasSpoken = false;

  constructor({ clock, take, gone }: TrialProcessOptions) {
    const path = fileURLToPath(ownModule("selftest/worker"));
    // What scripts print must not get into what we print.
    const child = fork(path, [], { execArgv: nodeOptions(), stdio: ["ignore", 2, 2, "ipc"] });
    this.#clock = clock;
    this.#child = child;
    this.#heardAt = clock.now();
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        gone(this, signal ?? `exit code ${String(code)}`);
        resolve();
      });
    });
    child.on("message", (message: FromWorker) => {
      this.#hasSpoken = true;
      this.#heardAt = clock.now();
      take(message, this);
    });
  }

  /** Ends it where it said nothing for longer than a process that lives would. */
  endIfHung(hangMs: number): void {
    const silentMs = this.#clock.now() - this.#heardAt;
    if (silentMs <= (this.#hasSpoken ? hangMs : Math.max(hangMs, STARTING_MS))) return;
    this.hung = true;
    this.kill();
  }

  /** Nothing could be heard for a time, which says nothing about the process. */
  forgive(): void {
    this.#heardAt = this.#clock.now();
  }

  tell(message: ToWorker): void {
    // It may go at any time: what it is not told then it does not miss.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Lets it close what it has open, and end. */
  dismiss(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
