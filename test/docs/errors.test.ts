import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOC = readFileSync(join(ROOT, "docs/errors.md"), "utf8");

/** Codes of ours are texts in the sources; those of Node and OpenSSL stand there as bare keys of tables. */
function codesOfSources(): Set<string> {
  const files = readdirSync(join(ROOT, "src"), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Set(files.flatMap((file) => codesIn(readFileSync(file, "utf8"), /"(ERR_[A-Z_]+)"/g)));
}

function codesIn(text: string, pattern = /\b(ERR_[A-Z_]*[A-Z])\b/g): string[] {
  return [...text.matchAll(pattern)].map(([, code = ""]) => code);
}

const HEADINGS = [...DOC.matchAll(/^### (.*)$/gm)].map(([, code = ""]) => code);

describe("docs/errors.md", () => {
  it("has a heading for each code of the sources", () => {
    expect([...codesOfSources()].filter((code) => !HEADINGS.includes(code))).to.deep.equal([]);
  });

  it("has no heading for a code that is gone, and none twice", () => {
    const codes = codesOfSources();
    expect(HEADINGS.filter((code, index) => !codes.has(code) || HEADINGS.indexOf(code) !== index)).to.deep.equal([]);
  });

  it("explains each code below its heading", () => {
    const sections = DOC.split(/^(?=#{2,3} )/m).filter((section) => section.startsWith("### "));
    const bare = sections.filter((section) => !/[a-z]/.test(section.slice(section.indexOf("\n"))));
    expect(bare).to.deep.equal([]);
  });

  it("mentions no code in its paragraphs that has no heading", () => {
    expect(codesIn(DOC).filter((code) => !HEADINGS.includes(code))).to.deep.equal([]);
  });
});
