/** The order of lines by RFC 8866 §9; each letter stands for all lines of it. */
const ORDER = { session: "vosiuepcbtrzka", media: "micbka" } as const;

export type Level = keyof typeof ORDER;

/** Whether lines with these letters stand in the order of the grammar, and the grammar knows them all. */
export function inLayoutOrder(letters: string, level: Level): boolean {
  let rank = 0;
  for (const letter of letters) {
    const next = ORDER[level].indexOf(letter);
    if (next < rank) return false;
    rank = next;
  }
  return true;
}

/**
 * Puts lines into the order of `layout`; those it has no place for follow the last line of their rank in the grammar's
 * order, unknown letters at the end.
 */
export function arrange(lines: ReadonlyMap<string, readonly string[]>, layout: string, level: Level): string[] {
  const rankOf = (letter: string): number => {
    const rank = ORDER[level].indexOf(letter);
    return rank < 0 ? ORDER[level].length : rank;
  };
  const waiting = new Map([...lines].map(([letter, texts]) => [letter, [...texts]]));
  const placed: { rank: number; text: string }[] = [];
  for (const letter of layout) {
    const text = waiting.get(letter)?.shift();
    if (text !== undefined) placed.push({ rank: rankOf(letter), text });
  }
  for (const [letter, texts] of waiting) {
    const rank = rankOf(letter);
    const place = placed.findLastIndex((line) => line.rank <= rank) + 1;
    placed.splice(place, 0, ...texts.map((text) => ({ rank, text })));
  }
  return placed.map((line) => line.text);
}
