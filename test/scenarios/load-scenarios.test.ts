import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import { findScenarioFiles, loadScenarios } from "../../src/scenarios/index.ts";
import { rejection } from "../support/rejection.ts";

const SCRIPT = `import { scenario } from "offhook";
import { wish } from "./wish";
enum Which { First = 1 }
type Unused = string;

scenario("a script loads " + String(Which.First), { rules: ["REG-03"], phones: { alice: wish } }, async () => {});
`;
const HELPER = `export const wish: { readonly type: "basic" } = { type: "basic" };\n`;

describe("loadScenarios", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-scripts-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  }

  const FOLDERS: Record<string, Record<string, string>> = {
    "no package.json": {},
    "a commonjs package.json": { "package.json": '{"type":"commonjs"}' },
    "a module package.json": { "package.json": '{"type":"module"}' },
  };
  for (const [name, files] of Object.entries(FOLDERS)) {
    it(`loads a TypeScript script from a folder with ${name}`, async () => {
      write({ ...files, "my.scenario.ts": SCRIPT, "wish.ts": HELPER });
      const [spec, ...others] = await loadScenarios([join(folder, "my.scenario.ts")], folder);
      expect(spec?.title).to.equal("a script loads 1");
      expect(spec?.definition.phones).to.deep.equal({ alice: { type: "basic" } });
      expect(others).to.deep.equal([]);
    });
  }

  it("takes the running package, not a second copy that is installed beside the script", async () => {
    write({ "my.scenario.ts": SCRIPT, "wish.ts": HELPER });
    const copy = join(folder, "node_modules/offhook");
    mkdirSync(copy, { recursive: true });
    writeFileSync(join(copy, "package.json"), '{"name":"offhook","type":"module","exports":"./index.js"}');
    writeFileSync(join(copy, "index.js"), 'throw new Error("the copy was loaded");');
    expect(await loadScenarios([join(folder, "my.scenario.ts")], folder)).to.have.length(1);
  });

  it("registers nothing for a script that imports a second copy by its path", async () => {
    const copy = [
      "const registered = [];",
      "export function scenario(title, definition, body) { registered.push({ title, definition, body }); }",
    ].join("\n");
    write({ "copy.ts": copy, "my.scenario.ts": SCRIPT.replace('"offhook"', '"./copy.ts"'), "wish.ts": HELPER });
    const error = await rejection(loadScenarios([join(folder, "my.scenario.ts")], folder));
    expect(error.message).to.contain("registers no scenario");
  });

  it("tells the line of a scenario in the script as its author sees it", async () => {
    write({ "my.scenario.ts": SCRIPT, "wish.ts": HELPER });
    const [spec] = await loadScenarios([join(folder, "my.scenario.ts")], folder);
    expect(spec?.place).to.deep.equal({ file: join(folder, "my.scenario.ts"), line: 6 });
    expect(spec?.id).to.equal("my.scenario.ts › a script loads 1");
  });

  it("tells file and line when a script throws", async () => {
    write({ "bad.scenario.ts": 'import "offhook";\n\nthrow new TypeError("oops");\n' });
    const error = await rejection(loadScenarios([join(folder, "bad.scenario.ts")], folder));
    expect(error).to.be.instanceOf(UsageError);
    expect(error.message).to.match(/bad\.scenario\.ts:3 does not load: oops/);
  });

  it("refuses two scenarios of one title in a file", async () => {
    const one = 'scenario("twice", { rules: ["REG-03"], phones: {} }, async () => {});\n';
    write({ "twice.scenario.ts": `import { scenario } from "offhook";\n${one}${one}` });
    const error = await rejection(loadScenarios([join(folder, "twice.scenario.ts")], folder));
    expect(error.message).to.contain("twice.scenario.ts:3 repeats the title of line 2");
  });

  it("refuses a scenario without a rule", async () => {
    const script = 'import { scenario } from "offhook";\nscenario("x", { rules: [], phones: {} }, async () => {});\n';
    write({ "none.scenario.ts": script });
    const error = await rejection(loadScenarios([join(folder, "none.scenario.ts")], folder));
    expect(error.message).to.contain('Scenario "x" names no rule');
  });
});

describe("findScenarioFiles", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "offhook-scripts-"));
    mkdirSync(join(folder, "sub/node_modules"), { recursive: true });
    for (const file of ["b.scenario.ts", "sub/a.scenario.mjs", "sub/helper.ts", "sub/node_modules/x.scenario.ts"]) {
      writeFileSync(join(folder, file), "");
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("finds scripts in folders below, and none in node_modules", () => {
    const found = findScenarioFiles(["."], folder);
    expect(found).to.deep.equal([join(folder, "b.scenario.ts"), join(folder, "sub/a.scenario.mjs")]);
  });

  it("takes a file by its name whatever it is called, once", () => {
    const helper = join(folder, "sub/helper.ts");
    expect(findScenarioFiles(["sub/helper.ts", "sub/helper.ts"], folder)).to.deep.equal([helper]);
  });

  it("suggests a file when one is misspelt", () => {
    expect(() => findScenarioFiles(["b.scenaro.ts"], folder)).to.throw(UsageError, /Did you mean "b\.scenario\.ts"/);
  });

  it("says so when a folder holds no script", () => {
    mkdirSync(join(folder, "empty"));
    expect(() => findScenarioFiles(["empty"], folder)).to.throw(UsageError, /no \*\.scenario\.ts in "empty"/);
  });
});
