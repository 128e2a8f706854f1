/** `npm run bench -- [name…] [--rounds N]`: runs the benches named, or all; prints a table, writes reports/bench.json. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { exit, stderr, stdout, version } from "node:process";
import { parseArgs } from "node:util";
import { benchCalls } from "./calls.ts";
import { benchDrachtioSrf } from "./drachtio-srf.ts";
import { benchIdle } from "./idle.ts";
import { benchParser } from "./parser.ts";
import { benchRegistration } from "./registration.ts";
import type { BenchOptions, BenchRow } from "./support/row.ts";
import { table } from "./support/table.ts";

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<BenchRow[]>>> = {
  parser: benchParser,
  registration: benchRegistration,
  calls: benchCalls,
  "drachtio-srf": benchDrachtioSrf,
  idle: benchIdle,
};
const REPORT = path.resolve(import.meta.dirname, "../reports/bench.json");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" } },
});
const options = { rounds: Number(values.rounds), progress: (text: string) => void stderr.write(`${text}\n`) };
const unknown = positionals.filter((name) => !(name in BENCHES));
if (unknown.length > 0 || !(options.rounds >= 1)) {
  stderr.write(`usage: npm run bench -- [${Object.keys(BENCHES).join(" | ")}]… [--rounds N]\n`);
  exit(2);
}

const rows: BenchRow[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length === 0 || positionals.includes(name)) rows.push(...(await bench(options)));
}
stdout.write(table(rows));
const machine = { node: version, cpu: cpus()[0]?.model ?? "", cores: cpus().length };
mkdirSync(path.dirname(REPORT), { recursive: true });
writeFileSync(REPORT, `${JSON.stringify({ machine, rounds: options.rounds, rows }, undefined, 2)}\n`);
stdout.write(`\nwritten to ${path.relative(".", REPORT)}\n`);
