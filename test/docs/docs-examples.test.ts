import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { loadScenarios } from "../../src/scenarios/index.ts";

const BIN = fileURLToPath(new URL("../../bin/offhook.js", import.meta.url));
const DOC = readFileSync(new URL("../../docs/scenarios.md", import.meta.url), "utf8");

/** Blocks that are scripts from their first line to their last. */
const SCRIPTS = [...DOC.matchAll(/^```ts script\n([^]*?)^```$/gm)].map(([, text = ""]) => text);

interface Ended {
  readonly exitCode: number | string;
  readonly output: string;
}

/** Runs the scripts of a folder as a user would. */
async function offhookRun(folder: string): Promise<Ended> {
  const args = [BIN, "run", folder, "--output", join(folder, "reports"), "--reporter", "quiet"];
  return await new Promise((resolve) => {
    execFile(process.execPath, args, { env: { NO_COLOR: "1" }, timeout: 50_000 }, (error, output, errors) => {
      resolve({ exitCode: error?.code ?? (error ? "killed" : 0), output: output + errors });
    });
  });
}

describe("docs/scenarios.md", () => {
  let folder: string;
  let files: string[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-docs-"));
    files = SCRIPTS.map((text, index) => {
      const file = join(folder, `example-${index + 1}.scenario.ts`);
      writeFileSync(file, text);
      return file;
    });
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("has no TypeScript but whole scripts", () => {
    expect(SCRIPTS).to.have.length.above(0);
    expect(DOC.match(/^```(?:ts|typescript)\b/gm)).to.have.length(SCRIPTS.length);
  });

  it("has examples that load", async () => {
    const specs = await loadScenarios(files, folder);
    expect(new Set(specs.map((spec) => spec.place.file))).to.have.all.keys(files);
  });

  it("has examples that pass at the reference call manager", async function () {
    this.timeout(60_000);
    const { exitCode, output } = await offhookRun(folder);
    expect(exitCode, output).to.equal(0);
  });

  it("names each field of a role", () => {
    const roles = readFileSync(new URL("../../src/scenarios/roles.ts", import.meta.url), "utf8");
    const interfaces = [...roles.matchAll(/^export interface (?:Phone|User|Number)Role \{([^]*?)^\}/gm)];
    const fields = interfaces.flatMap(([, text = ""]) => [...text.matchAll(/^ {2}readonly (\w+)\??:/gm)]);
    expect(fields).to.have.length.above(10);
    for (const [, field = ""] of fields) expect(DOC).to.contain(`| \`${field}\` |`);
  });
});
