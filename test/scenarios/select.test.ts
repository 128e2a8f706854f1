import { expect } from "chai";
import { UsageError } from "../../src/core/errors.ts";
import type { RuleId } from "../../src/rules/index.ts";
import type { ScenarioSpec } from "../../src/scenarios/scenario.ts";
import { selectScenarios, type Selection } from "../../src/scenarios/select.ts";

function spec(title: string, line: number, rules: RuleId[], wishes: Partial<ScenarioSpec> = {}): ScenarioSpec {
  return {
    id: title,
    title,
    place: { file: "/s/a.scenario.ts", line },
    definition: { rules, phones: {} },
    body: () => Promise.resolve(),
    only: false,
    ...wishes,
  };
}

const SPECS = [
  spec("registers", 10, ["REG-03"]),
  spec("is refused", 20, ["REG-06"]),
  spec("sees video", 30, ["VID-07"], { definition: { rules: ["VID-07"], controls: ["VID-01"], phones: {} } }),
];

function titles(selection: Partial<Selection>, specs = SPECS): string[] {
  return selectScenarios(specs, { places: [], rules: [], ...selection }).map(({ title }) => title);
}

describe("selectScenarios", () => {
  it("takes all when nothing is asked for", () => {
    expect(titles({})).to.have.length(3);
  });

  it("takes by title, and leaves out by title", () => {
    expect(titles({ grep: /regis|refused/u, grepInvert: /refused/u })).to.deep.equal(["registers"]);
  });

  it("takes what judges a rule, and what controls it", () => {
    expect(titles({ rules: ["VID-01"] })).to.deep.equal(["sees video"]);
    expect(titles({ rules: ["REG-03", "REG-06"] })).to.deep.equal(["registers", "is refused"]);
  });

  it("takes the scenario that a line stands in", () => {
    expect(titles({ places: [{ file: "/s/a.scenario.ts", line: 24 }] })).to.deep.equal(["is refused"]);
    expect(titles({ places: [{ file: "/s/a.scenario.ts", line: 30 }] })).to.deep.equal(["sees video"]);
  });

  it("takes no scenario for a line above the first", () => {
    expect(titles({ places: [{ file: "/s/a.scenario.ts", line: 3 }] })).to.deep.equal([]);
  });

  it("takes only what is marked so, when anything is", () => {
    expect(titles({}, [...SPECS, spec("mine", 40, ["REG-03"], { only: true })])).to.deep.equal(["mine"]);
  });

  it("knows no rule that is not in the table, and suggests one", () => {
    expect(() => titles({ rules: ["REG-3"] })).to.throw(UsageError, /no rule "REG-3".*Did you mean "REG-\d+"/);
  });
});
