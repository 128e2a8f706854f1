import type { Dice } from "../dice.ts";
import type { Mutation } from "./mutation.ts";

const DELICATE = [
  "\r\n",
  "\r",
  "\n",
  "\0",
  '"',
  "<",
  ">",
  ";",
  ",",
  ":",
  "=",
  "@",
  "?",
  "%",
  "\\",
  " ",
  "\t",
  "[",
  "]",
  "\x7f",
  "\xff",
];

function spliced(message: string, at: number, remove: number, insert: string): string {
  return message.slice(0, at) + insert + message.slice(at + remove);
}

/** Somewhere in the message, the head being likelier: it is where the grammar is. */
function place(message: string, dice: Dice): number {
  const head = message.indexOf("\r\n\r\n");
  return dice.below((head < 0 || dice.chance(20) ? message.length : head) + 1);
}

/** Mutations that know nothing of SIP but its words. */
export function octetMutations(words: readonly string[], messages: readonly string[]): readonly Mutation[] {
  return [
    {
      name: "octets changed",

      apply: (message, dice) => spliced(message, place(message, dice), 1, dice.octets(1)),
    },
    {
      name: "octets removed",

      apply: (message, dice) => spliced(message, place(message, dice), dice.between(1, 40), ""),
    },
    {
      name: "delicate octets put in",

      apply: (message, dice) => spliced(message, place(message, dice), 0, dice.pick(DELICATE)),
    },
    {
      name: "a word put in",

      apply: (message, dice) => spliced(message, place(message, dice), 0, dice.pick(words)),
    },
    {
      name: "a word in another's place",

      apply: (message, dice) => spliced(message, place(message, dice), dice.between(1, 20), dice.pick(words)),
    },
    {
      name: "a piece repeated",

      apply: (message, dice) => {
        const at = place(message, dice);
        const piece = message.slice(at, at + dice.between(1, 60));
        return spliced(message, at, 0, piece.repeat(dice.pick([1, 2, 10, 200])));
      },
    },
    {
      name: "lines swapped",

      apply: (message, dice) => {
        const lines = message.split("\r\n");
        const [one, other] = [dice.below(lines.length), dice.below(lines.length)];
        [lines[one], lines[other]] = [lines[other] ?? "", lines[one] ?? ""];
        return lines.join("\r\n");
      },
    },
    {
      name: "the end of another message",

      apply: (message, dice) => {
        const other = dice.pick(messages);
        return message.slice(0, place(message, dice)) + other.slice(place(other, dice));
      },
    },
    { name: "none", apply: (message) => message },
  ];
}
