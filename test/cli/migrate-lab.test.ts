import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { say } from "../support/fake-terminal.ts";

const DOC = readFileSync(new URL("../../docs/lab.md", import.meta.url), "utf8");
const SECTION = DOC.slice(DOC.indexOf("## Devices kept from release 5.0"));
const EXAMPLE = /```yaml\n([^]*?)```/.exec(SECTION)?.[1] ?? "";
const PLAN = /```\n(SEP[^]*?)```/.exec(SECTION)?.[1] ?? "";

describe("offhook lab migrate", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "offhook-migrate-"))));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function migrate(text: string, json = false): Promise<{ exitCode: number; out: string; file: string }> {
    const file = join(folder, "my.lab.yaml");
    writeFileSync(file, text);
    const argv = ["lab", "migrate", "my.lab.yaml", ...(json ? ["--json"] : [])];
    const { exitCode, out } = await say(argv, { cwd: folder, env: { JDOE_PASSWORD: "s3cret" } });
    return { exitCode, out, file };
  }

  it("prints the steps that docs/lab.md shows", async () => {
    const { exitCode, out, file } = await migrate(EXAMPLE);
    expect(PLAN).to.match(/^SEP/);
    expect(out).to.equal(`${PLAN}\n${file}: 1 device in the negative zone, 8 steps (CAP-10, CAP-12)\n`);
    expect(exitCode).to.equal(0);
  });

  it("prints them for programs, without secrets", async () => {
    const { out, file } = await migrate(EXAMPLE, true);
    const plan = JSON.parse(out) as { file: string; devices: { device: string; steps: unknown[] }[] };
    expect(plan.file).to.equal(file);
    expect(plan.devices.map(({ device }) => device)).to.deep.equal(["SEP001122334455"]);
    expect(plan.devices[0]?.steps[0]).to.deep.equal({
      change: { kind: "disassociate-line", phone: "SEP001122334455", line: { directoryNumber: "1005" } },
      calls: 20,
    });
    expect(out).not.to.include("s3cret");
  });

  it("says that there is nothing to do", async () => {
    const { exitCode, out } = await migrate(EXAMPLE.replace('migratedFrom: "5.0", ', ""));
    expect(out).to.match(/my\.lab\.yaml: the lines of no device may have more calls than it; nothing to do\n$/);
    expect(exitCode).to.equal(0);
  });

  it("ends with 1 where a device has no way out", async () => {
    const { exitCode, out } = await migrate(EXAMPLE.replace("migratedFrom", "maxCalls: 5, migratedFrom"));
    expect(out).to.match(/no way: it has 6 lines and may have 5 calls/);
    expect(exitCode).to.equal(1);
  });
});
