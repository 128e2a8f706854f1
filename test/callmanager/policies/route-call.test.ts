import { expect } from "chai";
import { routeCall, type RoutingQuestion } from "../../../src/callmanager/policies/route-call.ts";
import { device, directory, firstLine } from "../support/lab.ts";

function route(number: string | undefined, from = "basic1", further: Partial<RoutingQuestion> = {}) {
  const searcher = device(from);
  const line = firstLine(searcher);
  return routeCall({
    directory,
    number,
    local: true,
    searcher,
    line,
    diversions: 0,
    forwardAll: (appearance) => appearance.line.forwards.all,
    conferences: new Set<string>(),
    ...further,
  });
}

function targets(ruling: ReturnType<typeof route>): string[] {
  return ruling.outcome === "route" ? ruling.targets.map(({ device: { name } }) => name) : [ruling.outcome];
}

describe("routeCall", () => {
  it("finds the device of a number", () => {
    expect(targets(route("1003"))).to.deep.equal(["basic2"]);
  });

  it("finds every device of a shared line", () => {
    expect(targets(route("3200"))).to.deep.equal(["sharing1", "sharing2"]);
  });

  it("finds the number of the caller's own partition where two partitions have it", () => {
    expect(targets(route("3000", "inner"))).to.deep.equal(["inner"]);
    expect(targets(route("3000", "outer"))).to.deep.equal(["outer"]);
  });

  it("finds numbers of the nameless partition from every search space", () => {
    expect(targets(route("1003", "inner"))).to.deep.equal(["basic2"]);
  });

  it("follows call forward all and tells the number that was called", () => {
    const ruling = route("3100");
    expect(targets(ruling)).to.deep.equal(["basic2"]);
    expect(ruling.outcome === "route" && ruling.diversions).to.deep.equal([
      { number: "3100", reason: "unconditional" },
    ]);
  });

  it("goes by the forward that was set last", () => {
    expect(targets(route("1003", "basic1", { forwardAll: ({ line }) => (line.directoryNumber === "1003" ? "2001" : undefined) }))).to.deep.equal(["advanced1"]); // prettier-ignore
    expect(targets(route("3100", "basic1", { forwardAll: () => undefined }))).to.deep.equal(["forwarding"]);
  });

  it("leaves a number with an open conference to the call manager", () => {
    expect(route("3601", "basic1", { conferences: new Set(["3601"]) })).to.include({ outcome: "own" });
  });

  const confined = { ...device("basic1"), callingSearchSpace: [] };
  const refused: {
    name: string;
    number?: string;
    further?: Partial<RoutingQuestion>;
    status: number;
    rule?: string;
    cause: number;
  }[] = [
    { name: "an unknown number", number: "7999", status: 404, rule: "CAL-06", cause: 1 },
    {
      name: "a number outside the search space",
      number: "3000",
      further: { searcher: confined },
      status: 404,
      rule: "PRV-10",
      cause: 1,
    },
    { name: "no number", status: 404, rule: "CAL-06", cause: 1 },
    { name: "another host", number: "1003", further: { local: false }, status: 404, rule: "PRV-08", cause: 1 },
    { name: "a call that was diverted too often", number: "1003", further: { diversions: 11 }, status: 480, cause: 25 },
  ];
  for (const { name, number, further, status, rule, cause } of refused) {
    it(`refuses ${name} with ${status}`, () => {
      const ruling = route(number, "basic1", further);
      expect(ruling).to.deep.include({ outcome: "refused", status, headers: [["Reason", `Q.850;cause=${cause}`]] });
      if (rule !== undefined) expect(ruling.rules).to.include(rule);
    });
  }

  it("gives up on forwards that go in a circle", () => {
    const circle = device("forwarding");
    const turning = { ...circle, lines: [{ ...firstLine(circle), forwards: { all: "3100" } }] };
    const appearances = () => [{ device: turning, line: firstLine(turning) }];
    const turningDirectory = Object.assign(Object.create(directory) as typeof directory, { appearances });
    const ruling = route("3100", "basic1", { directory: turningDirectory });
    expect(ruling).to.include({ outcome: "refused", status: 480 });
  });
});
