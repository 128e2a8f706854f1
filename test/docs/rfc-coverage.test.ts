import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOC = readFileSync(join(ROOT, "docs/rfc-coverage.md"), "utf8");
const SOURCES = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((file) => /\.ts$/.test(file));

/** `RFC 3261 §18.1.1` of each comment that says it deviates, with its file; comments may be broken into lines. */
const deviations = SOURCES.flatMap((file) => {
  const text = readFileSync(join(ROOT, "src", file), "utf8").replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, " ");
  return [...text.matchAll(/deviates from (.{0,40})/gi)].map(([, what = ""]) => ({
    file,
    section: /^RFC \d{4} §[\d.]*\d/.exec(what)?.[0] ?? `"${what}"`,
  }));
});

/** Sections in the first column of the list of deviations. */
const listed = [...DOC.slice(DOC.indexOf("## Deviations")).matchAll(/^\| (RFC \d{4} §[\d.]+) \|/gm)].map(
  ([, section]) => section,
);

describe("docs/rfc-coverage.md", () => {
  it("names files that are there", () => {
    const named = [...DOC.matchAll(/`([a-z-]+\/[a-z0-9/-]+\.ts)`/g)].map(([, file = ""]) => file);
    expect(named.length).to.be.greaterThan(30);
    for (const file of named) expect([join("src", file), file].some((path) => existsSync(join(ROOT, path))), file).to.equal(true);
  });

  it("lists each section that a comment deviates from", () => {
    expect(deviations.length).to.be.greaterThan(5);
    for (const { file, section } of deviations) expect(listed, file).to.include(section);
  });

  it("lists no deviation that no comment tells of", () => {
    expect(listed).to.have.members([...new Set(deviations.map(({ section }) => section))]);
  });

  it("tells of a deviation in the row of its section too", () => {
    for (const section of listed) {
      const [, rfc = "", number = ""] = /RFC (\d{4}) §(.*)/.exec(section ?? "") ?? [];
      const place = rfc === "3261" ? `${number}\\b` : `[^|]*${rfc} [^|]*§${number}\\b`;
      expect(DOC, `row of ${section ?? ""}`).to.match(new RegExp(`^\\| ${place}.*\\bDeviates\\b`, "m"));
    }
  });
});
