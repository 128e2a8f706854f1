import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
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
    writeFileSync(from("room/two.ts"), "export const two = { two: 2 };\n");
    writeFileSync(from("room/other.ts"), 'export { two } from "./two.ts";\n');
    writeFileSync(from("room/page.css"), "p {}\n");
    const compiler = await loadCompiler();
    compile = () => compiler(join(folder, "src") + sep, join(folder, "out") + sep, ["main.ts", "room/other.ts"]);
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("makes a module of each entry point, what they share once, and copies what is no source", async () => {
    await compile();
    const main = (await import(pathToFileURL(to("main.js")).href)) as { one: number; two: object };
    const other = (await import(pathToFileURL(to("room/other.js")).href)) as { two: object };
    expect(main.one).to.equal(1);
    expect(other.two).to.equal(main.two);
    expect(readFileSync(to("room/page.css"), "utf8")).to.equal("p {}\n");
  });

  it("makes all anew when something changed, to older contents too, and leaves no chunk of before", async () => {
    await compile();
    const before = statSync(to("main.js")).ino;
    await compile();
    expect(statSync(to("main.js")).ino).to.equal(before);
    writeFileSync(from("room/two.ts"), "export const two = 'an older two';\n");
    utimesSync(from("room/two.ts"), 1_000, 1_000);
    await compile();
    const chunks = readdirSync(to("chunks")).filter((name) => name.endsWith(".js"));
    expect(chunks.map((name) => readFileSync(to(join("chunks", name)), "utf8").includes("an older two"))).to.deep.equal(
      [true],
    );
  });

  it("makes all anew when a source is gone", async () => {
    await compile();
    writeFileSync(from("main.ts"), "export const one = 1;\n");
    rmSync(from("room/two.ts"));
    const error = await compile().catch((thrown: unknown) => thrown);
    expect(String(error)).to.contain('Could not resolve "./two.ts"');
  });

  it("leaves nothing unfinished where a source is wrong", async () => {
    writeFileSync(from("room/two.ts"), "export const = ;\n");
    const error = await compile().catch((thrown: unknown) => thrown);
    expect(String(error)).to.contain("two.ts:1:13: ERROR");
    expect(() => statSync(to("main.js"))).to.throw("ENOENT");
  });
});
