/**
 * Some octets, and the same as an octet string: `octets[i]` is the character of `text` at `i`. Parsers look at the
 * octets, since V8 reads a typed array several times faster than the characters of a string, and cut what they find out
 * of the text, which copies nothing.
 */
export class Source {
  readonly text: string;
  readonly #octets: Uint8Array | undefined;

  /** @param octets those of `text`, more may follow; they are kept and must not change. Made when needed by default. */
  constructor(text: string, octets?: Uint8Array) {
    this.text = text;
    this.#octets = octets;
  }

  /**
   * Of a text without octets of its own they are lent: valid until the next such text is looked at. So only a function
   * that is given a text makes a source of it, and no parser calls one while it reads.
   */
  get octets(): Uint8Array {
    return this.#octets ?? lend(this.text);
  }
}

/** Above this length the native copy is faster than a loop. */
const SHORT = 40;

/** UTF-8 needs up to three octets for a unit of a string. */
const OCTETS_OF_UNIT = 3;

let desk = Buffer.allocUnsafeSlow(4096);
let lent = "";

function lend(text: string): Uint8Array {
  if (text === lent) return desk;
  if (desk.length < text.length * OCTETS_OF_UNIT) desk = Buffer.allocUnsafeSlow(text.length * OCTETS_OF_UNIT);
  // As many octets as units: all of it is ASCII.
  if (text.length < SHORT || desk.write(text, "utf8") !== text.length) copyUnits(text);
  lent = text;
  return desk;
}

/** A unit that is no octet becomes NUL, which is of no class either. */
function copyUnits(text: string): void {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    desk[index] = code > 0xff ? 0 : code;
  }
}
