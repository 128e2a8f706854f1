import { BODIES } from "./bodies.ts";
import { DIGEST } from "./digest.ts";
import { EXCHANGES } from "./exchanges.ts";
import { FRAMING } from "./framing.ts";
import { HEADERS } from "./headers.ts";
import type { Mutation } from "./mutation.ts";
import { START_LINE } from "./start-line.ts";

export type { Mutation } from "./mutation.ts";
export { octetMutations } from "./octets.ts";

/** Everything that the catalogue of the test data names, and what it leaves out. */
export const CATALOGUE: readonly Mutation[] = [
  ...FRAMING,
  ...START_LINE,
  ...HEADERS,
  ...DIGEST,
  ...EXCHANGES,
  ...BODIES,
];
