import type { Failure, MessageLine, ScenarioEndLine, ScenarioRecord } from "../../src/results/index.ts";
import { gatherRun } from "../../src/results/index.ts";
import { messageLine, RUN_START, scenarioEnd, scenarioStart } from "../support/journal-lines.ts";

type Header = readonly [name: string, value: string];

export interface MessageWishes {
  readonly callId?: string;
  readonly cseq?: number;
  readonly headers?: readonly Header[];
  readonly sdp?: readonly string[];
}

export type Wire = (title: string, index: number) => MessageLine;

function text(startLine: string, method: string, { callId, cseq = 1, headers = [], sdp }: MessageWishes): string {
  const body = sdp?.map((line) => `${line}\r\n`).join("") ?? "";
  const all: readonly Header[] = [
    ["Via", "SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK1"],
    ["From", "<sip:1002@cm>;tag=1"],
    ["To", "<sip:1002@cm>"],
    ["Call-ID", callId ?? method.toLowerCase()],
    ["CSeq", `${cseq} ${method}`],
    ...headers,
    ...(sdp ? [["Content-Type", "application/sdp"] as const] : []),
    ["Content-Length", String(body.length)],
  ];
  return `${startLine}\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`;
}

const line =
  (endpoint: string, direction: "sent" | "received", octets: string): Wire =>
  (title, index) =>
    messageLine(title, octets, { endpoint, direction, index, at: 1_790_000_000_100 + index });

/** A request that a phone sent (`>`) or got (`<`). */
export function request(
  phone: string,
  arrow: ">" | "<",
  method: string,
  wishes: MessageWishes & { readonly uri?: string } = {},
): Wire {
  const { uri = method === "REGISTER" ? "sip:cm" : "sip:1003@cm" } = wishes;
  return line(phone, arrow === ">" ? "sent" : "received", text(`${method} ${uri} SIP/2.0`, method, wishes));
}

/** A response that a phone sent or got. */
export function response(
  phone: string,
  arrow: ">" | "<",
  status: number,
  method: string,
  wishes: MessageWishes = {},
): Wire {
  return line(phone, arrow === ">" ? "sent" : "received", text(`SIP/2.0 ${status} Reason`, method, wishes));
}

export const NONCE = "GBauADss2qoWr6k9y3hGGVDAqnLfoLk5";
export const challenge = (wishes = `realm="ccmsipline", nonce="${NONCE}"`): Header => [
  "WWW-Authenticate",
  `Digest ${wishes}`,
];
export const credentials = (wishes = `realm="ccmsipline", nonce="${NONCE}"`): Header => [
  "Authorization",
  `Digest username="swhite", ${wishes}, uri="sip:cm", response="********************************"`,
];

/** A REGISTER of alice that is challenged, sent again with credentials and answered by `status`. */
export function registers(status: number, headers: readonly Header[] = [], answer = credentials()): Wire[] {
  return [
    request("alice", ">", "REGISTER"),
    response("alice", "<", 401, "REGISTER", { headers: [challenge()] }),
    request("alice", ">", "REGISTER", { cseq: 2, headers: [["Contact", "<sip:1002@127.0.0.1:5062>"], answer] }),
    response("alice", "<", status, "REGISTER", { cseq: 2, headers }),
  ];
}

/** An INVITE of alice, answered by `status`. */
export function calls(status: number, headers: readonly Header[] = [], contact = "5062"): Wire[] {
  return [
    request("alice", ">", "INVITE", { headers: [["Contact", `<sip:1002@127.0.0.1:${contact}>`]] }),
    response("alice", "<", status, "INVITE", { headers }),
  ];
}

export interface CaseWishes {
  readonly rule?: string;
  readonly verdict?: ScenarioEndLine["verdict"];
  readonly failure?: Partial<Failure>;
  /** Type of bob's device; alice's is basic. */
  readonly bob?: "basic" | "advanced";
  readonly alice?: "basic" | "advanced";
}

const PHONE = { device: "SEP001", type: "basic", lines: ["1002"] };

/** A scenario with these messages that did not pass. */
export function caseOf(wire: readonly Wire[], wishes: CaseWishes = {}): ScenarioRecord {
  const { rule = "REG-03", verdict = "failed", failure = {}, alice = "basic", bob = "advanced" } = wishes;
  const phones = { alice: { ...PHONE, type: alice }, bob: { ...PHONE, device: "SEP002", type: bob } };
  const title = "a case";
  const told: Failure = { name: "AssertionError", message: "expected this, but it was that", rule, ...failure };
  const run = gatherRun([
    RUN_START,
    scenarioStart(title, { rules: [rule], phones }),
    ...wire.map((make, index) => make(title, index + 1)),
    scenarioEnd(title, { verdict, failure: told }),
  ]);
  const [scenario] = run.scenarios;
  if (!scenario) throw new Error("no scenario");
  return scenario;
}
