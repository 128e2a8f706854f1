const SLOTS = 256;

/**
 * Words that are expected in messages. What stands in a message is compared octet by octet, so that nothing has to be
 * cut out, put into lower case or hashed; and who finds a word has the very string of the table, which compares fast.
 */
export class WordTable {
  readonly #words: readonly string[];
  /** 0x20 where case does not count: letters and digits, `-`, `.` and `+` then differ from each other still. */
  readonly #fold: number;
  /** By slot: number of the first word, from 1. */
  readonly #first = new Uint8Array(SLOTS);
  /** By number of a word: the next one in its slot, and where its octets stand. */
  readonly #next: Uint8Array;
  readonly #starts: Uint16Array;
  readonly #codes: Uint8Array;

  /** @param words up to 255 tokens; in lower case where case does not count, they are found in any case then. */
  constructor(words: readonly string[], anyCase: boolean) {
    this.#words = words;
    this.#fold = anyCase ? 0x20 : 0;
    this.#next = new Uint8Array(words.length + 1);
    this.#starts = new Uint16Array(words.length + 2);
    this.#codes = Buffer.from(words.join(""), "latin1");
    let start = 0;
    words.forEach((word, index) => {
      const slot = slotOf(word.length, word.charCodeAt(0), word.charCodeAt(word.length - 1));
      this.#next[index + 1] = this.#first[slot] ?? 0;
      this.#first[slot] = index + 1;
      this.#starts[index + 1] = start;
      start += word.length;
    });
    this.#starts[words.length + 1] = start;
  }

  /** The word at `octets[start, end)`, a token; undefined where the table has none. */
  find(octets: Uint8Array, start: number, end: number): string | undefined {
    return this.#words[this.numberOf(octets, start, end) - 1];
  }

  /** Which of the words stands at `octets[start, end)`, a token: from 1, in the order given; 0 for none of them. */
  numberOf(octets: Uint8Array, start: number, end: number): number {
    const fold = this.#fold;
    const length = end - start;
    const slot = slotOf(length, (octets[start] ?? 0) | fold, (octets[end - 1] ?? 0) | fold);
    for (let number = this.#first[slot] ?? 0; number !== 0; number = this.#next[number] ?? 0) {
      const first = this.#starts[number] ?? 0;
      if ((this.#starts[number + 1] ?? 0) - first !== length) continue;
      let index = 0;
      while (index < length && ((octets[start + index] ?? 0) | fold) === this.#codes[first + index]) index += 1;
      if (index === length) return number;
    }
    return 0;
  }
}

/** Length, first and last character tell words well enough apart. */
function slotOf(length: number, first: number, last: number): number {
  return (length * 37 + first * 11 + last) & (SLOTS - 1);
}
