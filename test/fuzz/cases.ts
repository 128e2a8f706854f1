import { Dice } from "./dice.ts";
import { growthOf, type Growth } from "./growth.ts";
import { CATALOGUE, octetMutations, type Mutation } from "./mutations/index.ts";
import type { Seeds } from "./seeds.ts";

/** How a case reaches a live endpoint: `datagram` over UDP, all others over a connection of their own. */
export const DELIVERIES = ["datagram", "whole", "split", "dribbled", "coalesced", "cut", "endless"] as const;
export type Delivery = (typeof DELIVERIES)[number];

interface CommonCase {
  readonly index: number;
  /** What was done to what, for people. */
  readonly title: string;
}

export interface MessageCase extends CommonCase {
  readonly kind: "message";
  /** In the order in which they are sent. */
  readonly messages: readonly Buffer[];
  readonly delivery: Delivery;
}

/** An input that can be had in any size. */
export interface GrowthCase extends CommonCase, Growth {
  readonly kind: "growth";
}

export type FuzzCase = MessageCase | GrowthCase;

/** Every so many cases one asks what twice the input costs. */
const GROWTH_EVERY = 50;
const MOST_MUTATIONS = 3;
const MOST_OCTETS = 300_000;

/** The cases of a seed: each is made from the seed and its number alone, so that any can be made again by itself. */
export class FuzzCases {
  readonly #seed: string;
  readonly #seeds: Seeds;
  readonly #octetMutations: readonly Mutation[];

  constructor(seed: string, seeds: Seeds) {
    this.#seed = seed;
    this.#seeds = seeds;
    this.#octetMutations = octetMutations(seeds.words, seeds.pools.flat());
  }

  at(index: number): FuzzCase {
    const dice = new Dice(`${this.#seed}/${index}`);
    if (index % GROWTH_EVERY === GROWTH_EVERY - 1) return { kind: "growth", index, ...growthOf(dice) };
    const seed = dice.pick(dice.pick(this.#seeds.pools));
    const titles = [seed.slice(0, seed.search(/[\r\n]|$/))];
    let messages: readonly string[] = [withFreshIds(seed, index)];
    for (let count = dice.between(1, MOST_MUTATIONS); count > 0; count -= 1) {
      const mutation = dice.chance(60) ? dice.pick(CATALOGUE) : dice.pick(this.#octetMutations);
      titles.push(mutation.name);
      messages = mutated(messages, mutation, dice);
    }
    return {
      kind: "message",
      index,
      title: titles.join(", "),
      messages: messages.map((message) => Buffer.from(message, "latin1")),
      delivery: dice.chance(50) ? "datagram" : dice.pick(DELIVERIES),
    };
  }
}

/** So that no case is taken for the copy of another. */
function withFreshIds(message: string, index: number): string {
  return message
    .replace(/branch=[^;,\s]*/, `branch=z9hG4bKfuzz${index}`)
    .replace(/^(Call-ID|i)( *:).*$/im, `$1$2 fuzz${index}@192.0.2.21`);
}

/** A further mutation spoils one message of several. */
function mutated(messages: readonly string[], mutation: Mutation, dice: Dice): readonly string[] {
  const at = dice.below(messages.length);
  const made = [mutation.apply(messages[at] ?? "", dice)].flat();
  const all = [...messages.slice(0, at), ...made, ...messages.slice(at + 1)];
  const tooMuch = all.reduce((sum, { length }) => sum + length, 0) > MOST_OCTETS;
  return tooMuch ? all.map((message) => message.slice(0, MOST_OCTETS / all.length)) : all;
}
