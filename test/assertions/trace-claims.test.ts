import { expect as expectPlain } from "chai";
import { expect } from "../../src/assertions/index.ts";
import type { TraceItem } from "../../src/assertions/index.ts";
import { evidenceOf, failureOf } from "./failure.ts";
import { request, response, traceOf } from "./messages.ts";

const REGISTERED = traceOf(
  { sent: request("REGISTER") },
  { sent: request("REGISTER"), notes: ["retransmission"] },
  { received: response(100) },
  { received: response(401) },
  { received: request("OPTIONS"), notes: ["background"] },
  { sent: response(200, [], "OPTIONS"), notes: ["background"] },
  { sent: request("REGISTER") },
  { received: response(200) },
);

describe("show()", () => {
  it("holds for messages in this order, others between them", () => {
    expect(REGISTERED).to.show("> REGISTER", "< 401", "> REGISTER", "< 200");
    expect(REGISTERED).to.show("< 4xx", "< 200 REGISTER");
    expect(REGISTERED).to.show("< 401|407");
  });

  it("counts no retransmission, nothing dropped, and background only by its method", () => {
    failureOf(() => expect(REGISTERED).to.show("> REGISTER", "> REGISTER", "> REGISTER"));
    failureOf(() => expect(traceOf({ sent: request("ACK"), notes: ["dropped"] })).to.show("> ACK"));
    failureOf(() => expect(REGISTERED).to.show("> 200"));
    expect(REGISTERED).to.show("< OPTIONS", "> 200 OPTIONS");
  });

  it("tells directions, and the method of a response, apart", () => {
    failureOf(() => expect(REGISTERED).to.show("< REGISTER"));
    failureOf(() => expect(REGISTERED).to.show("< 200 INVITE"));
    failureOf(() => expect(REGISTERED).to.show("< 200", "< 401"));
  });

  it("fails with the ladder and the first item that did not come", () => {
    const refused = traceOf(
      { sent: request("REGISTER") },
      { received: response(401) },
      { sent: request("REGISTER") },
      { received: response(403) },
    );
    const failure = failureOf(() => expect(refused).to.show("> REGISTER", "< 401", "> REGISTER", "< 200"));
    expectPlain(failure.message.split("\n")).to.deep.equal([
      'expected the trace to show > REGISTER, < 401, > REGISTER, < 200, but "< 200" (item 4) did not come after "> REGISTER" (item 3); the last message was < 403 Forbidden to REGISTER',
      "  ✓ > REGISTER sip:cm.example.com",
      "  ✓ < 401 Unauthorized to REGISTER",
      "  ✓ > REGISTER sip:cm.example.com",
      "    < 403 Forbidden to REGISTER",
      "  ✗ < 200   never came",
    ]);
  });

  it("shows the last messages of a long trace only", () => {
    const long = traceOf(...Array.from({ length: 40 }, () => ({ sent: request("OPTIONS") })));
    expectPlain(failureOf(() => expect(long).to.show("< INVITE")).message).to.contain("    … 10 earlier messages\n");
  });

  it("says that nothing came at all", () => {
    expectPlain(failureOf(() => expect(traceOf()).to.show("< INVITE")).message).to.contain("no message came");
  });

  for (const item of ["> register", "> ", "> REGISTER INVITE", "< 999", "< 200|ACK", "< 200 INVITE x"] as TraceItem[]) {
    it(`refuses "${item}" as an item`, () => {
      expectPlain(() => expect(REGISTERED).to.show(item))
        .to.throw("is no item of a trace")
        .with.property("code", "ERR_TRACE_ITEM");
    });
  }
});

describe("neverShow()", () => {
  it("holds when none of the messages came", () => {
    expect(REGISTERED).to.neverShow("< INVITE", "< 5xx");
  });

  it("fails and marks what came", () => {
    const failure = failureOf(() => expect(REGISTERED).to.neverShow("< INVITE", "< 401"));
    expectPlain(failure.message).to.contain("but < 401 Unauthorized to REGISTER came");
    expectPlain(failure.message).to.contain("\n  ✗ < 401 Unauthorized to REGISTER\n");
  });

  it("can't verify anything of a trace without messages", async () => {
    const [evidence] = await evidenceOf(() => expect(traceOf()).to.neverShow("< INVITE"));
    expectPlain(evidence?.outcome).to.equal("unverified");
  });
});
