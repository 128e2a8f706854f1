import { canonicalHeaderName, type HeaderField, headerKey } from "../sip/message/index.ts";
import { fillContact, fillLocalhost } from "./contacts.ts";
import type { LocalAddress } from "./local-address.ts";
import { Refusal } from "./refusal.ts";

/** Written by the front or the engine alone; what the application gives for them is dropped. */
const OURS = new Set(["via", "route", "record-route", "rseq", "content-length"]);

/** Headers in which drachtio-srf writes `@localhost` and means our address. */
const WITH_LOCALHOST = new Set(["from", "to", "p-asserted-identity"]);

export interface FieldOptions {
  readonly local: LocalAddress;
  /** Whether Contact is moved to our address even where the application gave another one. */
  readonly rewriteContact: boolean;
  /** Lower-case names that the application doesn't get to set in this message, beside those that are always ours. */
  readonly withheld?: readonly string[];
}

/** The application's own headers as they leave: names spelt as usual, our own ones dropped, addresses filled in. */
export function ownFields(headers: readonly HeaderField[], options: FieldOptions): HeaderField[] {
  const fields: HeaderField[] = [];
  for (const [name, value] of headers) {
    const key = headerKey(name);
    if (OURS.has(key) || options.withheld?.includes(key)) continue;
    fields.push([spell(name), fill(key, value, options)]);
  }
  return fields;
}

function fill(key: string, value: string, { local, rewriteContact }: FieldOptions): string {
  if (key === "contact") return fillContact(value, local, rewriteContact);
  return WITH_LOCALHOST.has(key) ? fillLocalhost(value, local) : value;
}

/** drachtio-srf writes most names in lower case: a known one gets its RFC spelling, another one capitals after hyphens. */
function spell(name: string): string {
  const known = canonicalHeaderName(name);
  if (known !== name) return known;
  return /^x-/i.test(known) ? known : known.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** The value of the first field of that name (lower case). */
export function fieldOf(fields: readonly HeaderField[], key: string): string | undefined {
  return fields.find(([name]) => headerKey(name) === key)?.[1];
}

/** The fields without those of that name (lower case). */
export function without(fields: readonly HeaderField[], ...keys: string[]): HeaderField[] {
  return fields.filter(([name]) => !keys.includes(headerKey(name)));
}

/**
 * The Content-Type that a payload needs and the application did not give.
 * @throws {Refusal} the payload is no SDP, so only the application can know.
 */
export function missingContentType(fields: readonly HeaderField[], body: Buffer): HeaderField[] {
  if (body.length === 0 || fieldOf(fields, "content-type") !== undefined) return [];
  if (body.toString("latin1", 0, 3) !== "v=0") throw new Refusal("missing content-type");
  return [["Content-Type", "application/sdp"]];
}
