import { malformedAt, SipParseError } from "./sip-parse-error.ts";
import { Source } from "./source.ts";
import {
  allOf,
  endOf,
  octetAt,
  PARAMETER_VALUE,
  quote,
  quotedStringEnd,
  skipBlanks,
  TOKEN,
  unquote,
} from "./tokens.ts";
import { WordTable } from "./word-table.ts";

/** Parameters by lower-case name, in order of appearance; the value undefined where there is only a name. */
export type Parameters = ReadonlyMap<string, string | undefined>;

/** From so many on they are kept in a map: looking through a list would take time in the square of their number. */
const MANY = 16;

class Parameter {
  readonly name: string;
  readonly value: string | undefined;
  next: Parameter | undefined;

  constructor(name: string, value: string | undefined) {
    this.name = name;
    this.value = value;
    this.next = undefined;
  }
}

/** Parameters as a message has them: few, so that a chain is made and searched faster than a map. */
export class ParameterList implements Parameters {
  #first: Parameter | undefined = undefined;
  #last: Parameter | undefined = undefined;
  #size = 0;
  #map: Map<string, string | undefined> | undefined = undefined;

  get size(): number {
    return this.#size;
  }

  /** Returns whether the name is new; otherwise nothing is added. */
  add(name: string, value: string | undefined): boolean {
    const last = this.#last;
    if (last && this.has(name)) return false;
    const parameter = new Parameter(name, value);
    if (last) last.next = parameter;
    else this.#first = parameter;
    this.#last = parameter;
    this.#size += 1;
    if (this.#size === MANY) this.#map = new Map(this);
    else this.#map?.set(name, value);
    return true;
  }

  has(name: string): boolean {
    return this.#map ? this.#map.has(name) : this.#find(name) !== undefined;
  }

  get(name: string): string | undefined {
    return this.#map ? this.#map.get(name) : this.#find(name)?.value;
  }

  *entries(): MapIterator<[string, string | undefined]> {
    for (let one = this.#first; one; one = one.next) yield [one.name, one.value];
  }

  [Symbol.iterator](): MapIterator<[string, string | undefined]> {
    return this.entries();
  }

  *keys(): MapIterator<string> {
    for (let one = this.#first; one; one = one.next) yield one.name;
  }

  *values(): MapIterator<string | undefined> {
    for (let one = this.#first; one; one = one.next) yield one.value;
  }

  forEach(take: (value: string | undefined, name: string, parameters: Parameters) => void): void {
    for (let one = this.#first; one; one = one.next) take(one.value, one.name, this);
  }

  #find(name: string): Parameter | undefined {
    let one = this.#first;
    while (one && one.name !== name) one = one.next;
    return one;
  }
}

/** What most addresses and URIs have; shared, so nobody may add to it. */
export const NO_PARAMETERS: Parameters = new ParameterList();

/** Parameters that are met often. */
const NAMES = new WordTable(
  (
    "tag branch rport received ttl maddr expires q transport lr user method ob alias +sip.instance reg-id comp " +
    "keep handling cause text refresher purpose"
  ).split(" "),
  true,
);

/** The lower-case name at a place, one string for all that are met often. */
export function parameterNameAt({ octets, text }: Source, start: number, end: number): string {
  return NAMES.find(octets, start, end) ?? text.slice(start, end).toLowerCase();
}

/**
 * Header parameters `;name=value;name="quoted"` of a text, with blanks anywhere round the separators. Quoted values
 * come without their quotes.
 * @throws {SipParseError} ERR_SIP_SYNTAX: an empty or repeated parameter, a name that is no token, a value that is
 * neither token, host nor quoted string.
 * @see RFC 3261 §7.3.1, §25.1 (generic-param)
 */
export function parseParameters(text: string): Parameters {
  return parametersAt(new Source(text), 0, text.length);
}

/** The same at `text[start, end)`, which holds nothing else. */
export function parametersAt(source: Source, start: number, end: number): Parameters {
  const parametersStart = skipBlanks(source.octets, start, end);
  if (parametersStart === end) return NO_PARAMETERS;
  const parameters = new ParameterList();
  const parametersEnd = readParameters(parameters, source, parametersStart, end);
  if (parametersEnd < end) throw malformedAt("semicolon expected", source, parametersEnd, end);
  return parameters;
}

/** Reads parameters from `start` on. Returns the index of the first character that is neither parameter nor blank. */
export function readParameters(parameters: ParameterList, source: Source, start: number, end: number): number {
  const { octets, text } = source;
  let index = skipBlanks(octets, start, end);
  while (octetAt(octets, index, end) === 0x3b) {
    const nameStart = skipBlanks(octets, index + 1, end);
    const nameEnd = endOf(TOKEN, octets, nameStart, end);
    if (nameEnd === nameStart) throw malformedAt("parameter name expected", source, index, end);
    index = skipBlanks(octets, nameEnd, end);
    let value: string | undefined;
    if (octetAt(octets, index, end) === 0x3d) {
      const valueStart = skipBlanks(octets, index + 1, end);
      const valueEnd = parameterValueEnd(octets, valueStart, end);
      if (valueEnd <= valueStart) throw malformedAt("parameter value expected", source, nameStart, end);
      value =
        octets[valueStart] === 0x22 ? unquote(text.slice(valueStart, valueEnd)) : text.slice(valueStart, valueEnd);
      index = skipBlanks(octets, valueEnd, end);
    }
    const name = parameterNameAt(source, nameStart, nameEnd);
    if (!parameters.add(name, value)) throw new SipParseError("parameter repeated", { text: name });
  }
  return index;
}

/** Index behind the token, host or quoted string at `start`; `start` or less where there is none. */
export function parameterValueEnd(octets: Uint8Array, start: number, end: number): number {
  return octetAt(octets, start, end) === 0x22
    ? quotedStringEnd(octets, start, end)
    : endOf(PARAMETER_VALUE, octets, start, end);
}

/** Parameters as text, `;name=value`; a value is quoted where it is no token or `quoted` has its name. */
export function formatParameters(
  parameters: ReadonlyMap<string, string | undefined>,
  quoted?: (name: string) => boolean,
): string {
  let text = "";
  for (const [name, value] of parameters) {
    text += `;${name}`;
    if (value === undefined) continue;
    text += allOf(PARAMETER_VALUE, value) && quoted?.(name) !== true ? `=${value}` : `=${quote(value)}`;
  }
  return text;
}
