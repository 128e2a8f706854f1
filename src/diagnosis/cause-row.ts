import { decodeText } from "../sip/message/index.ts";
import type { CaseFacts } from "./case-facts.ts";

/** A row of the tables of causes. */
export interface CauseRow {
  /** Stable name, for tests and for programs that read the reports. */
  readonly id: string;
  /** Whether the trace shows what this cause would. */
  readonly applies: (facts: CaseFacts) => boolean;
  /** What may be behind it, in a sentence that claims no certainty. */
  readonly cause: (facts: CaseFacts) => string;
  /** Where to look, on the call manager unless it says otherwise. */
  readonly look: (facts: CaseFacts) => string;
}

/** A row as written in the tables: texts that do not depend on the case may be plain. */
export interface CauseText {
  readonly applies: (facts: CaseFacts) => boolean;
  readonly cause: string | ((facts: CaseFacts) => string);
  readonly look: string | ((facts: CaseFacts) => string);
}

/** The rows of a table, in its order: the first that applies says most. */
export function causeRows(table: Readonly<Record<string, CauseText>>): CauseRow[] {
  return Object.entries(table).map(([id, { applies, cause, look }]) => ({
    id,
    applies,
    cause: typeof cause === "string" ? () => cause : cause,
    look: typeof look === "string" ? () => look : look,
  }));
}

/** Whether the failure is about such a rule. */
export function judges({ failure, scenario }: CaseFacts, pattern: RegExp): boolean {
  return pattern.test(failure?.rule ?? scenario.start.rules[0] ?? "");
}

/** The device behind the exchange that is judged, as the lab names it. */
export function deviceName({ judged, scenario }: CaseFacts): string {
  const device = judged && scenario.start.phones[judged.phone]?.device;
  return device ?? judged?.phone ?? "the phone";
}

/** The user in the credentials, in quotes. */
export function userName({ credentials }: CaseFacts): string {
  return credentials ? `"${decodeText(credentials.username)}"` : "the digest user";
}

/** ` (Name: value)` of a header of the final response, or nothing where it has none. */
export function toldIn({ final }: CaseFacts, name: string): string {
  const value = final?.get(name);
  return value === undefined ? "" : ` (${name}: ${decodeText(value).slice(0, 80)})`;
}
