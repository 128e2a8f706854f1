import { UsageError } from "../core/errors.ts";
import { printable } from "../core/text.ts";
import { maskSecrets } from "../results/index.ts";
import {
  decodeText,
  parseChallenge,
  sameUri,
  SipMessage,
  SipResponse,
  type NameAddr,
  type SipRequest,
} from "../sip/message/index.ts";
import { addClaim, type Verdict } from "./claim.ts";
import { labelOf, showMessage } from "./show-message.ts";
import type { ChallengeExpectation, StatusAccepted } from "./types.ts";

/** What of a `Registration` or another exchange the claims look at. */
export interface ExchangeLike {
  readonly final: SipResponse;
  readonly responses: readonly SipResponse[];
  readonly requests: readonly SipRequest[];
}

function isExchange(subject: unknown): subject is ExchangeLike {
  return typeof subject === "object" && subject !== null && "final" in subject && subject.final instanceof SipResponse;
}

export function addResponseClaims(): void {
  addClaim("status", judgeStatus);
  addClaim("refused", judgeRefused);
  addClaim("registered", judgeRegistered);
  addClaim("header", judgeHeader);
  addClaim("challenged", judgeChallenged);
}

function exchangeOf(subject: unknown, claim: string): ExchangeLike {
  if (isExchange(subject)) return subject;
  if (subject instanceof SipResponse) return { final: subject, responses: [subject], requests: [] };
  throw new UsageError(
    `${claim}() looks at a response, or at what phone.register() and phone.request() give. Is an await missing?`,
    { code: "ERR_ASSERTION_SUBJECT", details: { claim } },
  );
}

function finalVerdict(exchange: ExchangeLike): Pick<Verdict, "subject" | "received" | "shown"> {
  const { final } = exchange;
  return {
    subject: "the final response",
    received: `it was ${labelOf(final)}`,
    shown: showMessage(final),
  };
}

function accepts(accepted: readonly StatusAccepted[], status: number): boolean {
  return accepted.includes(status) || accepted.includes(`${Math.floor(status / 100)}xx` as StatusAccepted);
}

function judgeStatus(subject: unknown, accepted: StatusAccepted | readonly StatusAccepted[]): Verdict {
  const exchange = exchangeOf(subject, "status");
  const codes = typeof accepted === "object" ? accepted : [accepted];
  if (codes.length === 0) throw new UsageError("status() needs at least one code", { code: "ERR_ASSERTION_ARGUMENT" });
  return {
    ...finalVerdict(exchange),
    outcome: accepts(codes, exchange.final.status),
    predicate: `have status ${orList(codes)}`,
    expected: `status ${orList(codes)}`,
  };
}

function judgeRefused(subject: unknown, accepted?: readonly StatusAccepted[]): Verdict {
  const exchange = exchangeOf(subject, "refused");
  const { status } = exchange.final;
  const words = accepted ? `be refused with ${orList(accepted)}` : "be refused (4xx, 5xx or 6xx)";
  return {
    ...finalVerdict(exchange),
    outcome: status >= 400 && (accepted === undefined || accepts(accepted, status)),
    predicate: words,
    expected: accepted ? orList(accepted) : "4xx, 5xx or 6xx",
  };
}

function judgeRegistered(subject: unknown): Verdict {
  const exchange = exchangeOf(subject, "registered");
  const { final } = exchange;
  const common = { ...finalVerdict(exchange), predicate: "be a registration", expected: "2xx with the binding listed" };
  if (!final.isSuccess) return { ...common, outcome: false };
  const contacts = final.contacts === "*" ? [] : final.contacts;
  const own = exchange.requests.at(-1)?.contacts ?? [];
  const wanted = own === "*" ? [] : own;
  if (wanted.length === 0 ? contacts.length > 0 : wanted.every((contact) => isListed(contact, contacts))) {
    return { ...common, outcome: true };
  }
  const missing = wanted.map((contact) => printable(contact.uriText)).join(", ") || "any binding";
  return { ...common, outcome: false, received: `${labelOf(final)} does not list ${missing} (RFC 3261 §10.3 step 8)` };
}

function isListed(contact: NameAddr, contacts: readonly NameAddr[]): boolean {
  return contacts.some((other) => sameUri(other.uri, contact.uri));
}

function judgeHeader(subject: unknown, name: string, value?: string | RegExp): Verdict {
  const message = subject instanceof SipMessage ? subject : exchangeOf(subject, "header").final;
  const values = message.getAll(name).map(decodeText);
  const matching = value === undefined ? "" : typeof value === "string" ? ` "${value}"` : ` matching ${String(value)}`;
  const matches = (text: string): boolean =>
    value === undefined || (typeof value === "string" ? text === value : new RegExp(value).test(text));
  const present = values.map((text) => `"${printable(maskSecrets(text))}"`).join(", ");
  return {
    outcome: values.some(matches),
    subject: labelOf(message),
    predicate: `have the header ${name}${matching}`,
    expected: `${name}${matching}`,
    received: values.length === 0 ? "it has none" : `it has ${present}`,
    shown: showMessage(message, [name]),
  };
}

function judgeChallenged(subject: unknown, expected: ChallengeExpectation = {}): Verdict {
  const exchange = exchangeOf(subject, "challenged");
  const wanted = describeExpectation(expected);
  const common = { subject: "the peer", predicate: `challenge${wanted}`, expected: `401 or 407${wanted}` };
  const challenges = exchange.responses.filter(({ status }) => status === 401 || status === 407);
  const last = challenges.at(-1);
  if (!last) {
    const received = `it answered ${exchange.responses.map(labelOf).join(", then ")}`;
    return { ...common, outcome: false, received, shown: showMessage(exchange.final) };
  }
  const faults = challenges.map((response) => challengeFaults(response, expected));
  const outcome = faults.some((list) => list.length === 0);
  const received = outcome ? "it did" : `${labelOf(last)} has ${faults.at(-1)?.join(" and ") ?? ""}`;
  return { ...common, outcome, received, shown: showMessage(last) };
}

function describeExpectation(expected: ChallengeExpectation): string {
  const parts = Object.entries(expected).map(([name, value]) => `${name} ${String(value)}`);
  return parts.length === 0 ? "" : ` with ${parts.join(", ")}`;
}

/** What of the expectation none of the challenges in the response meets; empty when one meets all. */
function challengeFaults(response: SipResponse, expected: ChallengeExpectation): string[] {
  if (expected.status !== undefined && response.status !== expected.status) return [`status ${response.status}`];
  const values = response.getAll(response.status === 401 ? "WWW-Authenticate" : "Proxy-Authenticate");
  if (values.length === 0) return ["no challenge in it (RFC 3261 §22.1)"];
  const faults = values.map((value) => valueFaults(value, expected));
  return faults.find((list) => list.length === 0) ?? faults[0] ?? [];
}

function valueFaults(value: string, expected: ChallengeExpectation): string[] {
  const scheme = value.split(" ", 1)[0] ?? "";
  if (scheme.toLowerCase() !== (expected.scheme ?? "Digest").toLowerCase()) return [`scheme ${printable(scheme)}`];
  if (scheme.toLowerCase() !== "digest") return [];
  const challenge = parseChallenge(value);
  if (!challenge) return ["a Digest challenge without realm or nonce"];
  const faults: string[] = [];
  for (const name of ["realm", "nonce", "opaque"] as const) {
    const wanted = expected[name];
    const actual = challenge[name];
    if (wanted !== undefined && !textMatches(actual, wanted)) faults.push(`${name} ${quoted(actual)}`);
  }
  const algorithm = challenge.algorithm ?? "MD5";
  if (expected.algorithm !== undefined && algorithm.toLowerCase() !== expected.algorithm.toLowerCase()) {
    faults.push(`algorithm ${printable(algorithm)}`);
  }
  if (expected.qop !== undefined && !qopMatches(challenge.qop, expected.qop)) {
    faults.push(challenge.qop.length === 0 ? "no qop" : `qop ${printable(challenge.qop.join(","))}`);
  }
  if (expected.stale !== undefined && challenge.stale !== expected.stale)
    faults.push(`stale ${String(challenge.stale)}`);
  return faults;
}

function textMatches(actual: string | undefined, wanted: string | RegExp): boolean {
  if (actual === undefined) return false;
  const text = decodeText(actual);
  return typeof wanted === "string" ? text === wanted : new RegExp(wanted).test(text);
}

function qopMatches(options: readonly string[], wanted: string | null): boolean {
  return wanted === null ? options.length === 0 : options.includes(wanted.toLowerCase());
}

function quoted(text: string | undefined): string {
  return text === undefined ? "missing" : `"${printable(decodeText(text))}"`;
}

function orList(codes: readonly StatusAccepted[]): string {
  return codes.length === 1 ? String(codes[0]) : `${codes.slice(0, -1).join(", ")} or ${codes.at(-1) ?? ""}`;
}
