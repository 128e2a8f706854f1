// The gate. What reads the code and what runs it go side by side, one row for each of two cores; the scripts of a row follow
// one another and come to about the same time. Each part's output is shown whole when all have ended, the tests' last.
import { spawn } from "node:child_process";

/** npm scripts; each is run whatever the others came to. */
const ROWS = [
  ["static-checks", "test:whole"],
  ["format:check", "test:modules"],
];

const STOPPED_BY = { SIGINT: 130, SIGTERM: 143 };

const running = new Set();

function run(script) {
  // In a group of its own, so that everything it started can be ended with it.
  const child = spawn("npm", ["run", "--silent", script], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  const started = performance.now();
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => running.delete(child));
    child.once("close", (code) => {
      const seconds = Math.round((performance.now() - started) / 1000);
      resolve({ script, code, seconds, output: Buffer.concat(output).toString() });
    });
  });
}

async function runRow(scripts) {
  const results = [];
  for (const script of scripts) results.push(await run(script));
  return results;
}

for (const [signal, exitCode] of Object.entries(STOPPED_BY)) {
  process.on(signal, () => {
    for (const { pid } of running) process.kill(-pid, signal);
    process.exit(exitCode);
  });
}

/** What the test runner says in the end, summed up over its parts. */
function closingLines(results) {
  const found = results.flatMap(({ output }) => [...output.matchAll(/^ *(\d+) (passing|failing|pending)\b/gm)]);
  return ["passing", "failing", "pending"].map((word) => {
    const counts = found.filter(([, , said]) => said === word).map(([, count]) => Number(count));
    return `${String(counts.reduce((sum, count) => sum + count, 0))} ${word}`;
  });
}

const results = (await Promise.all(ROWS.map(runRow))).flat();
for (const { script, code, seconds, output } of results) {
  process.stdout.write(`--- ${script}: ${code === 0 ? "passed" : "did not pass"} in ${seconds} s\n${output}`);
}
process.stdout.write(`--- all tests\n  ${closingLines(results).join("\n  ")}\n`);
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
