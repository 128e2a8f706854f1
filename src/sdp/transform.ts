import { parse, write } from "sdp-transform";
import type { Attribute } from "./model.ts";

type Numeric = number | string;

/**
 * What is used of sdp-transform's reading. Its published types promise numbers and presence; the parser leaves text
 * where a number would not print the same, and nothing where its grammar does not match.
 */
export interface Fields {
  readonly origin?: {
    readonly username: string;
    readonly sessionId: Numeric;
    readonly sessionVersion: Numeric;
    readonly netType: string;
    readonly ipVer: Numeric;
    readonly address: string;
  };
  readonly connection?: { readonly version: Numeric; readonly ip: string };
  readonly bandwidth?: readonly { readonly type: string; readonly limit: Numeric }[];
  readonly media: readonly MediaFields[];
}

export interface MediaFields {
  readonly type?: string;
  readonly port?: Numeric;
  readonly protocol?: string;
  readonly payloads?: Numeric;
  readonly rtp: readonly {
    readonly payload: Numeric;
    readonly codec: Numeric;
    readonly rate?: Numeric;
    readonly encoding?: Numeric;
  }[];
  readonly fmtp: readonly { readonly payload: Numeric; readonly config: Numeric }[];
}

const CRLF = "\r\n";

/** The types of sdp-transform leave out the order of lines that its writer takes. */
const writeInOrder = write as (fields: object, order: { outerOrder: string[]; innerOrder: string[] }) => string;

/**
 * One line, read by sdp-transform. Whole bodies are not handed to it, since it gathers attributes by kind and forgets
 * the order in which they stood.
 */
export function readFields(line: string): Fields {
  return parse(line);
}

/** An attribute of a media description, read by sdp-transform. */
export function readMediaAttribute(attribute: Attribute): MediaFields | undefined {
  return readFields(`m=\r\na=${attributeText(attribute)}`).media[0];
}

/** One session-level line, without its end, as sdp-transform writes it. */
export function writeLine(letter: string, fields: object): string {
  return writeInOrder({ media: [], ...fields }, { outerOrder: [letter], innerOrder: [] }).slice(0, -CRLF.length);
}

/** The m= line of `media`, without its end, as sdp-transform writes it. */
export function writeMediaLine(media: Pick<MediaFields, "type" | "port" | "protocol" | "payloads">): string {
  return writeInOrder({ media: [media] }, { outerOrder: [], innerOrder: [] }).slice(0, -CRLF.length);
}

/** An a= line: sdp-transform keeps what its grammar does not know word for word, which is what keeps ours in order. */
export function writeAttribute(attribute: Attribute): string {
  return writeLine("a", { invalid: [{ value: attributeText(attribute) }] });
}

function attributeText({ name, value }: Attribute): string {
  return value === undefined ? name : `${name}:${value}`;
}

/** Whether sdp-transform's writer, which puts it through `Number`, gives the number back as it was. */
export function survivesAsNumber(text: string): boolean {
  return String(Number(text)) === text;
}
