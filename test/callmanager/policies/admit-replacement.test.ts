import { expect } from "chai";
import {
  admitReplacement,
  type ReplacedDialog,
  type ReplacementQuestion,
} from "../../../src/callmanager/policies/admit-replacement.ts";
import { device, firstLine } from "../support/lab.ts";

type State = ReplacedDialog["state"];

/** What a phone that shares a line, or another one, is told of a dialog of `sharing1`. */
function ask(state: State | undefined, { name = "sharing2", earlyOnly = false } = {}) {
  const [asking, other] = [device(name), device("sharing1")];
  const replaced = state && { device: other, line: firstLine(other), state };
  const question: ReplacementQuestion = { device: asking, line: firstLine(asking), replaced, earlyOnly };
  const ruling = admitReplacement(question);
  return "status" in ruling ? ruling.status : ruling.outcome;
}

describe("admitReplacement", () => {
  it("lets a call be taken over that is up, and picked up that rings", () => {
    expect(ask("up")).to.equal("taken over");
    expect(ask("ringing")).to.equal("picked up");
    expect(ask("ringing", { earlyOnly: true })).to.equal("picked up");
  });

  it("knows no dialog that is none, is over, or that its phone began and nobody answered", () => {
    expect([ask(undefined), ask("over"), ask("calling")]).to.deep.equal([481, 481, 481]);
  });

  it("is busy for who wants an early dialog, and has a confirmed one", () => {
    expect([ask("up", { earlyOnly: true }), ask("negotiating", { earlyOnly: true })]).to.deep.equal([486, 486]);
  });

  it("waits for a negotiation", () => {
    expect(ask("negotiating")).to.equal(491);
  });

  it("forbids it to other people, whatever they want", () => {
    for (const state of ["up", "ringing", "negotiating"] as const) expect(ask(state, { name: "basic1" })).to.equal(403);
  });

  it("lets a device, and another one of the same user", () => {
    expect(ask("up", { name: "sharing1" })).to.equal("taken over");
    const [asking, other] = [device("shared1"), device("shared2")];
    const replaced = { device: other, line: firstLine(other), state: "up" } as const;
    const question = { device: asking, line: firstLine(asking), replaced, earlyOnly: false };
    expect(admitReplacement(question).outcome).to.equal("taken over");
  });
});
