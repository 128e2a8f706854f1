import type { Protocol } from "../sip/transport/address.ts";

/** Version of the journal's lines; raised when a reader of the old form would misread the new one. */
export const JOURNAL_SCHEMA = 1;

/** Verdict of a scenario; their meaning is in docs/scenarios.md. `incomplete` until the scenario has ended. */
export type Verdict = "passed" | "deviation" | "failed" | "inconclusive" | "error" | "skipped" | "incomplete";

export type RuleLevel = "must" | "should" | "info";

/** `unverified`: the check had nothing to look at; counted, never quietly passed. */
export type CheckOutcome = "passed" | "failed" | "unverified";

/** A message as an endpoint sent or received it. */
export interface TraceEntry {
  /** Counts up within a run, in the order of observation. */
  readonly index: number;
  /** ms since the epoch, with fractions. */
  readonly at: number;
  /** Role name of the phone that observed it. */
  readonly endpoint: string;
  readonly direction: "sent" | "received";
  readonly protocol: Protocol;
  /** `host:port`. */
  readonly local: string;
  readonly remote: string;
  /** The octets, each as one character 0–255; secrets masked with their length kept. */
  readonly octets: string;
  /**
   * What was done to it or found in it: `dropped`, `impaired`, `rewritten`, `raw`, `not-sip`, `malformed`, `keepalive`,
   * `retransmission`.
   */
  readonly notes: readonly string[];
}

export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** What went wrong, for a reader: `name` and `code` of the error class, message, and expectation where there was one. */
export interface Failure {
  /** ms since the epoch; what the phones sent later is clearing up. */
  readonly at?: number;
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly expected?: string;
  readonly received?: string;
  readonly stack?: string;
  readonly place?: SourcePlace;
  readonly rule?: string;
  readonly step?: string;
  /** The message that was judged, where the error knows it: its exchange by Call-ID and, as `2 REGISTER`, CSeq. */
  readonly about?: { readonly callId: string; readonly cseq?: string };
  /** The last digest that was sent in each dialogue, where the phone's password is known from the lab. */
  readonly digests?: readonly DigestFinding[];
}

/** A digest looked into. Holds no secrets. */
export interface DigestFinding {
  /** Call-ID of the request that carried it. */
  readonly callId: string;
  /** Whether the response fits the password known for the user. */
  readonly fits: boolean;
  /** For a reader, a line each: the inputs, what is odd about them, which changed input would have fitted. */
  readonly lines: readonly string[];
}

export interface RunStartLine {
  readonly type: "run-start";
  readonly schema: typeof JOURNAL_SCHEMA;
  readonly run: string;
  readonly at: number;
  readonly version: string;
  readonly target: { readonly address: string; readonly embedded: boolean; readonly profile: string };
  readonly lab: string;
  readonly seed: string;
  readonly unmasked: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  /** How many scenarios were selected. */
  readonly scenarios: number;
}

export interface ScenarioStartLine {
  readonly type: "scenario-start";
  /** Stable over runs: file and title. */
  readonly scenario: string;
  readonly at: number;
  readonly title: string;
  readonly place: SourcePlace;
  readonly rules: readonly string[];
  /** Rules whose control case this is. */
  readonly controls: readonly string[];
  readonly attempt: number;
  /** Role → device name and lines, for the report. */
  readonly phones: Readonly<
    Record<string, { readonly device: string; readonly type: string; readonly lines: readonly string[] }>
  >;
}

export interface StepStartLine {
  readonly type: "step-start";
  readonly scenario: string;
  readonly step: number;
  readonly at: number;
  readonly title: string;
  readonly rules: readonly string[];
}

export interface StepEndLine {
  readonly type: "step-end";
  readonly scenario: string;
  readonly step: number;
  readonly at: number;
  readonly outcome: "passed" | "failed";
}

export interface CheckLine {
  readonly type: "check";
  readonly scenario: string;
  /** Undefined: outside any step. */
  readonly step?: number;
  readonly at: number;
  readonly rules: readonly string[];
  readonly outcome: CheckOutcome;
  /** What was claimed, in words: `expected the response to have status 200`. */
  readonly claim: string;
}

export interface MessageLine extends TraceEntry {
  readonly type: "message";
  readonly scenario: string;
}

/** A fact recorded without a verdict (rules of level info). */
export interface ObservationLine {
  readonly type: "observation";
  readonly scenario: string;
  readonly at: number;
  readonly rule?: string;
  readonly text: string;
  readonly data?: unknown;
}

export interface ScenarioEndLine {
  readonly type: "scenario-end";
  readonly scenario: string;
  readonly at: number;
  readonly attempt: number;
  readonly verdict: Exclude<Verdict, "incomplete">;
  readonly durationMs: number;
  /** Why it was skipped or is inconclusive, one sentence. */
  readonly reason?: string;
  readonly failure?: Failure;
  readonly flaky: boolean;
}

export interface RunEndLine {
  readonly type: "run-end";
  readonly at: number;
  readonly durationMs: number;
  readonly exitCode: number;
  /** What ended it early: a signal, the global time-out, bail. */
  readonly interrupted?: string;
}

export type JournalLine =
  | RunStartLine
  | ScenarioStartLine
  | StepStartLine
  | StepEndLine
  | CheckLine
  | MessageLine
  | ObservationLine
  | ScenarioEndLine
  | RunEndLine;
