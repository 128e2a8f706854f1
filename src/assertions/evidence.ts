import { AsyncLocalStorage } from "node:async_hooks";
import { maskSecrets, type CheckOutcome } from "../results/index.ts";

/** What became of one check. Texts are masked and short. */
export interface Evidence {
  /** What was claimed, in words: `expected the final response to have status 200`. */
  readonly claim: string;
  /** `unverified`: there was nothing to look at, which proves nothing either way. */
  readonly outcome: CheckOutcome;
  readonly expected?: string;
  readonly received?: string;
}

export type EvidenceSink = (evidence: Evidence) => void;

interface Context {
  readonly sink: EvidenceSink;
  /** Selections like `media("video")` of which nothing has been claimed yet. */
  readonly open: Set<Selection>;
}

/** Something picked out that has yet to be claimed about. */
export interface Selection {
  readonly text: string;
}

const contexts = new AsyncLocalStorage<Context>();

/**
 * Runs `body` and hands each check made in it, or in what it awaits, to `sink`: ours and plain chai ones, passed and
 * failed. A nested call takes over for its body. A selection of which nothing was claimed is reported as unverified.
 */
export async function withEvidence<T>(sink: EvidenceSink, body: () => T | Promise<T>): Promise<T> {
  const context: Context = { sink, open: new Set() };
  try {
    return await contexts.run(context, async () => await body());
  } finally {
    for (const { text } of context.open)
      sink({ claim: `${text}: nothing was claimed about it`, outcome: "unverified" });
  }
}

/** Whether anybody listens; spares the work of describing checks where nobody does. */
export function evidenceIsWanted(): boolean {
  return contexts.getStore() !== undefined;
}

export function reportEvidence({ claim, outcome, expected, received }: Evidence): void {
  contexts.getStore()?.sink({
    claim: maskSecrets(claim),
    outcome,
    ...(expected !== undefined && { expected: maskSecrets(expected) }),
    ...(received !== undefined && { received: maskSecrets(received) }),
  });
}

/** Remembers that something was picked out, until `closeSelection`. */
export function openSelection(selection: Selection): void {
  contexts.getStore()?.open.add(selection);
}

export function closeSelection(selection: Selection): void {
  contexts.getStore()?.open.delete(selection);
}
