import { closeSync, constants, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { maskSecrets } from "./mask.ts";
import type { JournalLine } from "./model.ts";

export interface JournalOptions {
  /** Leave secrets as they were on the wire; stamped on every report. Default false. */
  readonly unmasked?: boolean;
  /** Write behind what is there, as another thread of the run does at the same time. Default: the file starts anew. */
  readonly beside?: boolean;
}

export interface Journal {
  readonly file: string;
  write(line: JournalLine): void;
  close(): void;
}

/** Texts in which a message, or a part of one, may stand. */
function masked(line: JournalLine): JournalLine {
  if (line.type === "message") return { ...line, octets: maskSecrets(line.octets) };
  if (line.type === "check") return { ...line, claim: maskSecrets(line.claim) };
  if (line.type !== "scenario-end" || !line.failure) return line;
  const texts = Object.entries(line.failure).map(([key, value]) => [
    key,
    typeof value === "string" ? maskSecrets(value) : (value as unknown),
  ]);
  return { ...line, failure: Object.fromEntries(texts) as typeof line.failure };
}

/**
 * Opens `results.ndjson` for writing. Each line is on its way to the disk when `write` returns, so that a killed run
 * leaves a journal that can be read up to its last moment. Secrets in messages are masked here, nowhere else.
 */
export function openJournal(file: string, options: JournalOptions = {}): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } = constants;
  // Appending, each write is one line whole, whoever else writes.
  const flags = O_WRONLY | O_CREAT | O_APPEND | (options.beside === true ? 0 : O_TRUNC);
  let descriptor: number | undefined = openSync(file, flags);
  return {
    file,
    write(line) {
      if (descriptor === undefined) return;
      writeSync(descriptor, `${JSON.stringify(options.unmasked === true ? line : masked(line))}\n`);
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
