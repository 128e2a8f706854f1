// The gate. What reads the code and what runs it go side by side, since neither fills two cores by itself; each part's
// output is shown whole when the part has ended, the tests' last.
import { spawn } from "node:child_process";

/** npm scripts that follow one another; a part that fails ends its row. */
const ROWS = [["format:check", "static-checks"], ["test:unit"]];

function run(script) {
  const child = spawn("npm", ["run", "--silent", script], { stdio: ["ignore", "pipe", "pipe"] });
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ script, code, output: Buffer.concat(output) }));
  });
}

function show({ script, code, output }) {
  process.stdout.write(`--- ${script}: ${code === 0 ? "passed" : "did not pass"}\n`);
  process.stdout.write(output);
}

async function runRow(scripts) {
  const results = [];
  for (const script of scripts) {
    const result = await run(script);
    results.push(result);
    if (result.code !== 0) break;
  }
  return results;
}

const results = (await Promise.all(ROWS.map(runRow))).flat();
results.forEach(show);
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
