import type { Device, Line } from "../../inventory/model.ts";
import {
  comparableHost,
  isSipUri,
  minSessionSecondsOf,
  SipParseError,
  userOf,
  type HeaderField,
  type NameAddr,
  type SipResponse,
} from "../../sip/message/index.ts";
import type { Diversion } from "./route-call.ts";
import type { Ruling } from "./ruling.ts";

export interface PhoneRefusalQuestion {
  /** Final response of a called phone, 300 or more. */
  readonly response: SipResponse;
  readonly device: Device;
  readonly line: Line;
  /** INVITEs that it had of this call, this one too. */
  readonly tries: number;
  /** Host parts that mean us, as `comparableHost` writes them. */
  readonly hosts: ReadonlySet<string>;
}

export type RefusalCourse = Ruling &
  (
    | { /** The phone is out of the call. */ readonly outcome: "given up" }
    | {
        /** The call goes on to a number; `local`: one of ours. */
        readonly outcome: "diverted";
        readonly number: string | undefined;
        readonly local: boolean;
        readonly why: Diversion["reason"];
      }
    | {
        /** A new INVITE goes to the same phone, with these headers. */ readonly outcome: "tried again";
        readonly headers: readonly HeaderField[];
      }
  );

/** How often a phone is asked whose session timer wants a longer interval each time. */
const MAX_TOO_SHORT = 3;

/** Contacts that cannot be read lead nowhere. */
function contactsOf(response: SipResponse): readonly NameAddr[] {
  try {
    const { contacts } = response;
    if (contacts === "*") return [];
    return contacts.filter(({ uri }) => uri.scheme !== "");
  } catch (error) {
    if (error instanceof SipParseError) return [];
    throw error;
  }
}

/** The Contact of the highest q; of equal ones the first (RFC 3261 §8.1.3.4). One without, or with none that counts, is 1. */
function preferredOf(contacts: readonly NameAddr[]): NameAddr | undefined {
  const preference = ({ parameters }: NameAddr): number => {
    const text = parameters.get("q") ?? "1";
    return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 1;
  };
  return contacts.toSorted((a, b) => preference(b) - preference(a))[0];
}

/**
 * What a refusal of a called phone leads to. 3xx with Contacts sends the call to the one most wanted (CAL-14). 422 has
 * the phone asked again with the interval that it wants (RFC 4028 §7.3). All others end the call for that phone: 486
 * does not start its forward when busy (CAL-14), and challenges are not answered (CAL-12).
 */
export function followRefusal({
  response,
  hosts,
  tries,
}: Pick<PhoneRefusalQuestion, "response" | "hosts" | "tries">): RefusalCourse {
  const { status } = response;
  const least = status === 422 && tries < MAX_TOO_SHORT ? minSessionSecondsOf(response) : undefined;
  if (least !== undefined) {
    const headers = ["Session-Expires", "Min-SE"].map((name): HeaderField => [name, String(least)]);
    return { outcome: "tried again", rules: ["CAL-11"], reason: `the phone wants a session of ${least} s`, headers };
  }
  const contact = preferredOf(contactsOf(response));
  if (status >= 400 || !contact) {
    const rules = status === 401 || status === 407 ? (["CAL-12"] as const) : (["CAL-14"] as const);
    return { outcome: "given up", rules, reason: `the phone answers ${status}` };
  }
  const { uri } = contact;
  const local = isSipUri(uri) && hosts.has(comparableHost(uri.host));
  const reason = `the phone sends the call elsewhere by ${status}`;
  return { outcome: "diverted", rules: ["CAL-14"], reason, number: userOf(uri), local, why: "deflection" };
}
