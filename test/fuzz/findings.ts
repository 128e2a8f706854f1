import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { FuzzCase } from "./cases.ts";

/** Which cases to run: those of `seed` from number `from` on. */
export interface CaseRange {
  readonly seed: string;
  readonly from: number;
  readonly count: number;
}

/** Something that should not be, and the cases after which it was. */
export interface Finding extends CaseRange {
  readonly problem: string;
  readonly cases: readonly FuzzCase[];
}

/** The command that makes it happen again. */
export function repeatCommand({ seed, from, count }: CaseRange): string {
  return `npm run fuzz -- --seed ${seed} --from ${from} --cases ${count}`;
}

/** Writes a finding with its octets; returns the file's path. */
export function writeFinding(folder: string, finding: Finding): string {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${finding.seed}-${finding.from}.json`);
  const cases = finding.cases.map((one) =>
    one.kind === "growth"
      ? { index: one.index, title: one.title }
      : { index: one.index, title: one.title, delivery: one.delivery, messages: one.messages.map(shown) },
  );
  const content = { problem: finding.problem, repeat: repeatCommand(finding), cases };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}

/** For people, and for machines. */
function shown(octets: Buffer): { readonly text: string; readonly base64: string } {
  return { text: octets.toString("latin1"), base64: octets.toString("base64") };
}
