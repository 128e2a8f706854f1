import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Usage } from "./usage.ts";

/** What the row says where SIPp is missing. */
export const NO_SIPP = "SIPp is not installed (apt-get install sip-tester)";

/** Longest that one run may take, in seconds. */
const PATIENCE_SECONDS = 120;

export function hasSipp(): boolean {
  return spawnSync("sh", ["-c", "command -v sipp"]).status === 0;
}

/** A scenario file of `bench/sipp`. */
export function sippScenario(name: string): string {
  return fileURLToPath(new URL(`../sipp/${name}.xml`, import.meta.url));
}

/**
 * Runs SIPp on loopback to its end.
 * @returns what the whole process took, its start included (some 10 ms).
 * @throws {Error} one of its calls failed, or it took too long.
 */
export async function runSipp(args: readonly (string | number)[]): Promise<Usage> {
  const common = ["-i", "127.0.0.1", "-nostdin", "-timeout", `${PATIENCE_SECONDS}s`, "-timeout_error"];
  const started = performance.now();
  // The shell's `times` reads the same counters as getrusage; its second line is that of the children.
  const script = '"$@" >/dev/null || echo "failed: $?"; times';
  const shell = spawn("sh", ["-c", script, "sh", "sipp", ...args.map(String), ...common], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  shell.stdout.on("data", (data: Buffer) => (output += data.toString()));
  shell.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  await new Promise((resolve) => shell.once("close", resolve));
  if (output.includes("failed")) throw new Error(`sipp ${args.join(" ")}: ${output}${errors}`);
  const seconds = (performance.now() - started) / 1000;
  return { cpuMicros: childrenMicros(output), seconds };
}

/** `0m1.234s 0m0.567s`: user and system time. */
function childrenMicros(times: string): number {
  const line = times.trim().split("\n").at(-1) ?? "";
  let micros = 0;
  for (const [, minutes, seconds] of line.matchAll(/(\d+)m([\d.]+)s/g)) {
    micros += (Number(minutes) * 60 + Number(seconds)) * 1_000_000;
  }
  return micros;
}
