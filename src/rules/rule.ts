/**
 * What a failed check of the rule means: `must` fails any target, `should` is a deviation (fails with `--strict`),
 * `info` is recorded only.
 */
export type RuleLevel = "must" | "should" | "info";

/** Places of the document 000_7552ae0787615893, as call-manager-rules.md §0 names them. */
export type DocumentAnchor =
  | `STEP${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11}`
  | "T1"
  | "T2"
  | "T3"
  | "CFG"
  | "DIG"
  | "DTMF"
  | "EX"
  | "ID"
  | "IDN"
  | "LIC-V"
  | "LIC-W"
  | "LIC-X"
  | "MIG"
  | "TFTP"
  | "TLSN";

/** What a target or this harness must offer before the rule can be judged. */
export type RuleNeed = "administration" | "cisco-type" | "rtp" | "tftp" | "tls" | "two-nodes";

/** An entry of the rule table without its id. */
export interface RuleRecord {
  readonly level: RuleLevel;
  /** Level for the reference call manager, where it differs: what is optional elsewhere is a feature that we must have. */
  readonly referenceLevel?: RuleLevel;
  /** Where the document says so; empty for what is known of Cisco's call manager beyond it. */
  readonly document: readonly DocumentAnchor[];
  readonly statement: string;
  /** What is sent and what is expected, with the whole set of answers that the rule accepts. */
  readonly exchange: string;
  /** What must still succeed, so that the rule is not obeyed by refusing everything. */
  readonly control: string | null;
  readonly needs: readonly RuleNeed[];
}
