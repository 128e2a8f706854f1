/** Values of ASN.1 in DER (ITU-T X.690), as far as certificates need them: what goes in is right, nothing is checked. */

const BOOLEAN = 0x01;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

export function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(SEQUENCE, ...items);
}

export function set(...items: readonly Buffer[]): Buffer {
  return tagged(SET, ...items);
}

/** [n] around the items (X.690 §8.14). */
export function explicit(n: number, ...items: readonly Buffer[]): Buffer {
  return tagged(0xa0 | n, ...items);
}

/** [n] in place of the type of a primitive value. */
export function implicit(n: number, content: Buffer): Buffer {
  return tagged(0x80 | n, content);
}

/** @param magnitude big-endian, not negative; the leading zero that keeps it so is added where it has to be. */
export function integer(magnitude: Buffer): Buffer {
  return tagged(INTEGER, (magnitude[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), magnitude]) : magnitude);
}

export function truth(): Buffer {
  return tagged(BOOLEAN, Buffer.of(0xff));
}

export function bitString(content: Buffer, unusedBits = 0): Buffer {
  return tagged(BIT_STRING, Buffer.of(unusedBits), content);
}

export function octetString(content: Buffer): Buffer {
  return tagged(OCTET_STRING, content);
}

export function utf8String(text: string): Buffer {
  return tagged(UTF8_STRING, Buffer.from(text, "utf8"));
}

/** To the second, for the years up to 2049 (RFC 5280 §4.1.2.5.1). */
export function utcTime(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, "");
  return tagged(UTC_TIME, Buffer.from(digits.slice(2), "latin1"));
}

/** @param dotted such as `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(OBJECT_IDENTIFIER, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const octets = [arc & 0x7f];
  for (let left = arc >>> 7; left > 0; left >>>= 7) octets.unshift((left & 0x7f) | 0x80);
  return octets;
}

function tagged(tag: number, ...items: readonly Buffer[]): Buffer {
  const content = Buffer.concat(items);
  return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length);
  return length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
}
