/**
 * Fuzzes parser and endpoint: `npm run fuzz -- --seconds 60`. Every case follows from the seed and its number:
 *
 *   --seconds N   how long (default 10)      --cases N   or how many cases
 *   --seed S      repeats a run (default: a fresh one, printed)      --from N   begins with that case
 *
 * Ends with 1 when something was found; each finding is a file under reports/fuzz, told with the command that repeats it.
 */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { stdout } from "node:process";
import { parseArgs } from "node:util";
import { StepCounter } from "./step-counter.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string" },
    cases: { type: "string" },
    seed: { type: "string", default: randomBytes(4).toString("hex") },
    from: { type: "string", default: "0" },
  },
});

const DEFAULT_SECONDS = "10";
const FOLDER = path.resolve(import.meta.dirname, "../../reports/fuzz");

// What is loaded from here on is counted block by block, so nothing of ours may be loaded before.
const counter = new StepCounter(/\/src\/(sip|sdp|core)\//);
counter.start();
const { Campaign } = await import("./campaign.ts");
const { repeatCommand } = await import("./findings.ts");
const { loadSeeds } = await import("./seeds.ts");
const { Watchdog } = await import("./watchdog.ts");

const { seed } = values;
const seeds = loadSeeds();
stdout.write(`seed ${seed}, ${seeds.origin}\n`);
const watchdog = new Watchdog(seed, FOLDER);
const outcome = await Campaign.run({
  seed,
  from: number("from", values.from),
  count: values.cases === undefined ? Infinity : number("cases", values.cases),
  durationMs:
    values.cases !== undefined && values.seconds === undefined
      ? Infinity
      : 1000 * number("seconds", values.seconds ?? DEFAULT_SECONDS),
  seeds,
  counter,
  watchdog,
  folder: FOLDER,
  found(finding, file) {
    stdout.write(`finding: ${finding.problem}\n  written to ${file}\n  repeat it by ${repeatCommand(finding)}\n`);
  },
});
await watchdog.close();
counter.stop();
const held = (outcome.heldOctets / 1024 / 1024).toFixed(1);
stdout.write(`${outcome.cases} cases, ${outcome.findings} findings, at most ${held} MiB held above the start\n`);
process.exitCode = outcome.findings > 0 ? 1 : 0;

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) throw new Error(`--${option} ${text}: say a number`);
  return value;
}
