import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { DOCUMENT_PLACES, isRuleId, levelOf, RULES } from "../../src/rules/index.ts";

const SPECIFICATION = new URL("../../../shared/spec/rules.yaml", import.meta.url);

describe("rule table", () => {
  it("says what the specification says, rule by rule", function () {
    if (!existsSync(SPECIFICATION)) return void this.skip();
    const specified = parse(readFileSync(SPECIFICATION, "utf8")) as unknown[];
    expect([...RULES.values()]).to.deep.equal(specified);
  });

  it("finds each rule under its own id", () => {
    expect(RULES.size).to.be.greaterThan(100);
    for (const [id, rule] of RULES)
      expect(rule.id)
        .to.equal(id)
        .and.to.match(/^(REG|CAL|VID|EXT|CAP|PRV|TLS|DTM|DEV)-\d\d$/);
  });

  it("knows the ids of rules from other words", () => {
    expect(isRuleId("REG-01")).to.equal(true);
    for (const text of ["REG-99", "reg-01", "", "constructor", "__proto__"])
      expect(isRuleId(text), text).to.equal(false);
  });
});

describe("level of a rule", () => {
  it("is the table's for any target", () => {
    for (const embedded of [true, false]) {
      expect(levelOf("REG-01", { embedded })).to.equal("must");
      expect(levelOf("REG-18", { embedded })).to.equal("should");
    }
  });

  it("is the reference level for the embedded call manager where there is one", () => {
    expect(levelOf("EXT-15", { embedded: true })).to.equal("must");
    expect(levelOf("EXT-15", { embedded: false })).to.equal("info");
  });
});

describe("places of the document", () => {
  it("are told for every anchor that a rule names, and for no other", () => {
    const named = new Set([...RULES.values()].flatMap((rule) => rule.document));
    expect(Object.keys(DOCUMENT_PLACES)).to.have.members([...named]);
  });

  it("are one or two sentences each", () => {
    for (const { heading, says } of Object.values(DOCUMENT_PLACES)) {
      expect(heading).not.to.match(/\.$/);
      expect(says.match(/[.?](?= |$)/g)?.length, says).to.be.within(1, 2);
      expect(says).to.match(/\.$/);
    }
  });
});
