import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { findScenarioFiles, loadScenarios } from "../../src/scenarios/index.ts";
import { lintScenarios } from "../support/scenario-lint.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

async function problemsIn(folder: string): Promise<string[]> {
  const specs = await loadScenarios(findScenarioFiles(["."], folder), folder);
  const problems = lintScenarios(specs, (file) => readFileSync(file, "utf8"));
  return problems.map(({ file, line, text }) => `${relative(folder, file)}:${line}: ${text}`);
}

describe("scenario lint", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-lint-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Problems of a script; its scenarios begin on the third line. */
  async function lint(script: string): Promise<string[]> {
    const head = 'import { expect, scenario } from "offhook";\nconst P = { alice: {} };\n';
    writeFileSync(join(folder, "a.scenario.ts"), head + script);
    return await problemsIn(folder);
  }

  it("finds nothing in the suite", async () => {
    expect(await problemsIn(join(ROOT, "scenarios"))).to.deep.equal([]);
  });

  it("finds a scenario that expects nothing", async () => {
    const script =
      'scenario("a", { rules: ["REG-03"], phones: P }, async ({ phones: { alice } }) => { await alice.register(); });';
    expect(await lint(script)).to.deep.equal(["a.scenario.ts:3: it expects nothing"]);
  });

  it("finds a rule that nothing is expected for, in steps, helpers and beside them", async () => {
    const script = `
async function registers(alice, step) { await step("s", { rule: "REG-04" }, () => { check(alice); }); }
const check = (phone) => { expect(phone).to.equal(phone); };
scenario("a", { rules: ["REG-03", "REG-04", "REG-28"], phones: P }, async ({ phones: { alice }, step }) => {
  expect(alice).to.equal(alice);
  await registers(alice, step);
});
scenario("b", { rules: ["REG-03"], phones: P }, async ({ phones: { alice }, step }) => {
  await step("s", { rule: ["REG-04", "REG-28"] }, () => { expect(alice).to.equal(alice); });
});`;
    expect(await lint(script)).to.deep.equal([
      "a.scenario.ts:6: it names REG-28, and no expect stands in a step for it",
      "a.scenario.ts:10: it names REG-03, and no expect stands in a step for it",
    ]);
  });

  it("leaves alone what only a run can tell", async () => {
    const script = `
for (const rule of ["REG-03", "REG-04"] as const) {
  scenario("rule " + rule, { rules: [rule], phones: P }, async ({ phones: { alice }, step }) => {
    await step("s", { rule }, () => { expect(alice).to.equal(alice); });
  });
}`;
    expect(await lint(script)).to.deep.equal([]);
  });

  it("finds a rule that is none, in the list, the controls and the steps", async () => {
    const script = `
scenario("a", { rules: ["REG-99"], controls: ["XXX-01"], phones: P }, async ({ phones: { alice }, step }) => {
  expect(alice).to.equal(alice);
  await step("s", { rule: "REG-3" }, () => { expect(alice).to.equal(alice); });
});`;
    expect(await lint(script)).to.deep.equal(
      ["REG-99", "XXX-01", "REG-3"].map((rule) => `a.scenario.ts:4: there is no rule ${rule}`),
    );
  });

  it("finds a missing control, and is content with any of its forms", async () => {
    const refused = (title: string, more = "", steps = ""): string =>
      `scenario("${title}", { rules: ["REG-06"], phones: P${more} }, async ({ phones: { alice }, step }) => { expect(alice).to.equal(alice); ${steps} });\n`;
    expect(await lint(refused("a"))).to.deep.equal([
      "a.scenario.ts:3: no scenario has a control for REG-06: right password on the next try -> 200 (no lock-out; A)",
    ]);
    const control = 'await step("s", { control: true }, () => { expect(alice).to.equal(alice); });';
    for (const good of [refused("b", "", control), refused("c", ', controls: ["REG-06"]')]) {
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), "offhook-lint-"));
      expect(await lint(good), good).to.deep.equal([]);
    }
  });

  it("takes a rule that is the control of another for it", async () => {
    const script = (rules: string): string =>
      `scenario("a", { rules: [${rules}], phones: P }, async ({ phones: { alice }, step }) => {
  expect(alice).to.equal(alice);
  await step("s", { rule: ["REG-03", "REG-22"] }, () => { expect(alice).to.equal(alice); });
});`;
    expect(await lint(script('"REG-22"'))).to.deep.equal([
      "a.scenario.ts:3: no scenario has a control for REG-22: REG-03",
    ]);
    rmSync(folder, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "offhook-lint-"));
    expect(await lint(script('"REG-22", "REG-03"'))).to.deep.equal([]);
  });

  it("finds a forgotten only, and a title of two files", async () => {
    const sound =
      'scenario("a", { rules: ["REG-03"], phones: P }, async ({ phones: { alice } }) => { expect(alice).to.equal(alice); });';
    writeFileSync(join(folder, "b.scenario.ts"), `import { expect, scenario } from "offhook"; const P = {};\n${sound}`);
    expect(await lint(sound.replace("scenario(", "scenario.only("))).to.deep.equal([
      "a.scenario.ts:3: scenario.only was forgotten here",
      "b.scenario.ts:2: its title stands in " + join(folder, "a.scenario.ts") + ':3 too: "a"',
    ]);
  });
});
