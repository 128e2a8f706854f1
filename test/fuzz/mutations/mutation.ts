import type { Dice } from "../dice.ts";

/** One way to spoil a message. */
export interface Mutation {
  /** In the words of the catalogue, where it has a row there. */
  readonly name: string;
  /** Rows of the mutation catalogue (`mutations.json` of the test data) that it covers. */
  readonly rows?: readonly string[];
  /** The message spoilt, as octet string; several where the point is what they do together. */
  apply(message: string, dice: Dice): string | readonly string[];
}

/** `["mut-001"]` of `"1"`. */
export function rows(...numbers: readonly number[]): string[] {
  return numbers.map((number) => `mut-${String(number).padStart(3, "0")}`);
}
