import type { Step } from "../../src/sip/transaction/transaction.ts";

type Rows = Readonly<Record<string, Readonly<Record<string, Step<string, string>>>>>;

/** Moves through the table of a state machine without a clock: the states it comes to, and all effects in order. */
export function walk<T extends Rows>(
  table: T,
  start: keyof T & string,
  events: readonly string[],
): { states: string[]; effects: string[] } {
  const states: string[] = [];
  const effects: string[] = [];
  let state: string = start;
  for (const event of events) {
    const step = table[state]?.[event];
    if (!step) throw new Error(`${event} means nothing in ${state}`);
    state = step.next;
    states.push(state);
    effects.push(...step.effects);
  }
  return { states, effects };
}
