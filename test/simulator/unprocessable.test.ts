import { expect } from "chai";
import { settle } from "../support/fake-clock.ts";
import { OFFER } from "../support/sdp-samples.ts";
import { benchPhone } from "../support/test-phone.ts";

async function answerTo(method: string, headers: Record<string, string>, body?: string): Promise<string> {
  const { stack } = benchPhone();
  const { responses } = stack.deliver(method, { headers, ...(body === undefined ? {} : { body }) });
  await settle();
  const [first] = responses;
  return first === undefined ? "rings" : `${first.status} ${JSON.stringify(first.options.headers ?? {})}`;
}

describe("a phone", () => {
  it("refuses a request that requires an extension which it has not", async () => {
    const refusal = '420 {"Unsupported":"precondition, x-magic"}';
    expect(await answerTo("INVITE", { Require: "100rel, precondition, x-magic" }, OFFER)).to.equal(refusal);
    expect(await answerTo("OPTIONS", { Require: "precondition, x-magic" })).to.equal(refusal);
    expect(await answerTo("INVITE", { Require: "100REL, replaces" }, OFFER)).to.equal("rings");
  });

  it("refuses an INVITE whose body it cannot read, unless it may do without", async () => {
    const type = { "Content-Type": "application/unknownformat" };
    expect(await answerTo("INVITE", type, "what is this")).to.equal('415 {"Accept":"application/sdp"}');
    const optional = { ...type, "Content-Disposition": "session; Handling=optional" };
    expect(await answerTo("INVITE", optional, "what is this")).to.equal("rings");
    expect(await answerTo("INVITE", {}, OFFER)).to.equal("rings");
    expect(await answerTo("INVITE", {})).to.equal("rings");
  });
});
