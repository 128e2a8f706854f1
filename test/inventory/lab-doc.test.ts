import { readFileSync } from "node:fs";
import { expect } from "chai";
import { auditLab, labSchema, parseLab } from "../../src/inventory/index.ts";

const DOC = readFileSync(new URL("../../docs/lab.md", import.meta.url), "utf8");
const EXAMPLE = /```yaml\n([^]*?)```/.exec(DOC)?.[1] ?? "";

describe("docs/lab.md", () => {
  it("has an example that loads, with nothing for the audit to find", () => {
    const env = { SWHITE_PASSWORD: "a", JDOE_PASSWORD: "b" };
    const lab = parseLab(EXAMPLE, "my.lab.yaml", { env });
    expect(lab.target).to.include({ embedded: false, host: "10.0.0.5", port: 5060, profile: "cucm" });
    expect(lab.devices.map((device) => device.lines.map((line) => line.directoryNumber))).to.deep.equal([
      ["1002"],
      ["1003", "1004"],
    ]);
    expect(lab.users.get("jdoe")?.password).to.equal("b");
    expect(auditLab(lab)).to.deep.equal([]);
  });

  it("shows the message that a misspelt user of the example gets", () => {
    const message = /^my\.lab\.yaml:.*$/m.exec(DOC)?.[0] ?? "";
    const env = { SWHITE_PASSWORD: "a", JDOE_PASSWORD: "b" };
    expect(message).to.not.equal("");
    expect(() => parseLab(EXAMPLE.replace("digestUser: swhite", "digestUser: swite"), "my.lab.yaml", { env })).to.throw(
      message,
    );
  });

  it("names every key that the schema has", () => {
    for (const key of keysOf(labSchema())) expect(DOC, key).to.include(`\`${key}\``);
  });
});

/** All keys of the file that are not the user's own. */
function keysOf(schema: object): string[] {
  return Object.entries(schema).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== "object" || value === null) return [];
    return name === "properties" ? [...Object.keys(value), ...Object.values(value).flatMap(keysOf)] : keysOf(value);
  });
}
