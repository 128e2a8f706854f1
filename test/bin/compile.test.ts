import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { loadCompiler } from "../support/compiler.ts";

describe("compile", () => {
  let folder: string;
  let compile: () => Promise<void>;
  const from = (name: string): string => join(folder, "src", name);
  const to = (name: string): string => join(folder, "out", name);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "offhook-compile-"));
    mkdirSync(from("room"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(from("main.ts"), 'export { two } from "./room/two.ts";\nexport const one: number = 1;\n');
    writeFileSync(from("room/two.ts"), "export const two = 2 as const;\n");
    writeFileSync(from("room/page.css"), "p {}\n");
    const compiler = await loadCompiler();
    compile = () => compiler(join(folder, "src") + sep, join(folder, "out") + sep);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("makes a module of each source, and copies what is none", async () => {
    await compile();
    const main = (await import(pathToFileURL(to("main.js")).href)) as object;
    expect({ ...main }).to.deep.equal({ one: 1, two: 2 });
    expect(readFileSync(to("room/page.css"), "utf8")).to.equal("p {}\n");
  });

  it("makes anew what changed, to older contents too, and nothing else", async () => {
    await compile();
    const before = statSync(to("main.js")).ino;
    writeFileSync(from("room/two.ts"), "export const two = 'an older two';\n");
    utimesSync(from("room/two.ts"), 1_000, 1_000);
    await compile();
    expect(readFileSync(to("room/two.js"), "utf8")).to.contain("an older two");
    expect(statSync(to("main.js")).ino).to.equal(before);
  });

  it("leaves nothing unfinished where a source is wrong", async () => {
    writeFileSync(from("room/two.ts"), "export const = ;\n");
    const error = await compile().catch((thrown: unknown) => thrown);
    expect(String(error)).to.contain("two.ts:1:13: ERROR");
    expect(() => statSync(to("main.js"))).to.throw("ENOENT");
  });
});
