import { expect as expectPlain } from "chai";
import { expect, withEvidence, type Evidence } from "../../src/assertions/index.ts";
import { settle } from "../support/fake-clock.ts";
import { evidenceOf, failureOf } from "./failure.ts";
import { response } from "./messages.ts";
import { offerOf } from "./sessions.ts";

describe("evidence", () => {
  it("reports one piece for each claim, passed and failed", async () => {
    const evidence = await evidenceOf(() => {
      expect(response(200)).to.have.status(200).and.not.be.refused();
      expect(response(200)).to.have.status(486);
    });
    expectPlain(evidence).to.deep.equal([
      {
        claim: "expected the final response to have status 200",
        outcome: "passed",
        expected: "status 200",
        received: "it was 200 OK to REGISTER",
      },
      {
        claim: "expected the final response not to be refused (4xx, 5xx or 6xx)",
        outcome: "passed",
        expected: "not 4xx, 5xx or 6xx",
        received: "it was 200 OK to REGISTER",
      },
      {
        claim: "expected the final response to have status 486",
        outcome: "failed",
        expected: "status 486",
        received: "it was 200 OK to REGISTER",
      },
    ]);
  });

  it("reports one piece for each check of chai's own, whatever it is made of", async () => {
    const evidence = await evidenceOf(() => {
      expect(1).to.equal(1);
      expect({ a: 1, b: 2 }).to.include({ a: 1, b: 2 });
      expect({ a: 1, b: 2 }).to.not.include({ a: 1, b: 3 });
      expect(2).to.be.closeTo(2, 1);
      expect(() => expect(1).to.equal(2)).to.throw(Error, "expected 1 to equal 2");
      expect([1]).to.be.an("array").with.lengthOf(1);
      expect(true).to.be.true;
      expect(3).to.be.above(5);
    });
    expectPlain(evidence.map(({ outcome }) => outcome)).to.deep.equal([
      ...Array.from({ length: 8 }, () => "passed"),
      "failed",
    ]);
    expectPlain(evidence[0]?.claim).to.equal("expected 1 to equal 1");
    expectPlain(evidence[6]?.claim).to.equal("expected [ 1 ] to have a length of 1");
    expectPlain(evidence.at(-1)?.claim).to.equal("expected 3 to be above 5");
  });

  it("reports a failure whose error the script caught", async () => {
    const evidence = await evidenceOf(() => failureOf(() => expect(1).to.equal(2)));
    expectPlain(evidence).to.deep.equal([{ claim: "expected 1 to equal 2", outcome: "failed" }]);
  });

  it("goes to the sink of its own async context", async () => {
    const sinks: Evidence[][] = [[], []];
    await Promise.all(
      sinks.map((sink, index) =>
        withEvidence(
          (piece) => sink.push(piece),
          async () => {
            await settle();
            expect(index).to.equal(index);
            await withEvidence(
              () => undefined,
              () => {
                expect("nested").to.equal("nested");
              },
            );
          },
        ),
      ),
    );
    expectPlain(sinks.map((sink) => sink.map(({ claim }) => claim))).to.deep.equal([
      ["expected +0 to equal +0"],
      ["expected 1 to equal 1"],
    ]);
  });

  it("gives back what the body gives, and throws what it throws", async () => {
    expectPlain(
      await withEvidence(
        () => undefined,
        () => 7,
      ),
    ).to.equal(7);
    const thrown = await withEvidence(
      () => undefined,
      () => Promise.reject(new Error("x")),
    ).catch((error: unknown) => error);
    expectPlain(thrown).to.have.property("message", "x");
  });

  it("tells of an m-line that was picked out and not claimed about", async () => {
    const evidence = await evidenceOf(() => {
      expect(offerOf("video")).to.have.media("video");
      expect(offerOf("audio")).to.have.media("audio").live();
    });
    expectPlain(evidence.map(({ claim, outcome }) => `${outcome}: ${claim}`)).to.deep.equal([
      "passed: expected the SDP to have audio live",
      "unverified: the SDP, video: nothing was claimed about it",
    ]);
  });

  it("holds no digest response", async () => {
    const [evidence] = await evidenceOf(() => expect('x response="0123456789abcdef"').to.equal("y"));
    expectPlain(evidence?.claim).not.to.contain("0123456789abcdef");
  });

  it("asks nothing of checks where nobody listens", () => {
    expect(1).to.equal(1);
    failureOf(() => expect(1).to.equal(2));
  });
});
