import { expect } from "chai";
import { settle } from "../support/fake-clock.ts";
import { OFFER } from "../support/sdp-samples.ts";
import { benchPhone } from "../support/test-phone.ts";

async function answerTo(method: string, headers: Record<string, string>, body?: string, uri?: string): Promise<string> {
  const { stack } = benchPhone();
  const { responses } = stack.deliver(method, {
    headers,
    ...(body === undefined ? {} : { body }),
    ...(uri === undefined ? {} : { uri }),
  });
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

  it("refuses an INVITE whose session description is coded, unless it may do without", async () => {
    const coded = { "Content-Type": "application/sdp", "Content-Encoding": "gzip" };
    expect(await answerTo("INVITE", coded, "\x1f\x8b")).to.equal('415 {"Accept-Encoding":"identity"}');
    const optional = { ...coded, "Content-Disposition": "session;handling=optional" };
    expect(await answerTo("INVITE", optional, "\x1f\x8b")).to.equal("rings");
    expect(await answerTo("INVITE", { ...coded, "Content-Encoding": "identity" }, OFFER)).to.equal("rings");
  });

  it("refuses an INVITE whose sender would not read a session description", async () => {
    expect(await answerTo("INVITE", { Accept: "text/nobodyKnowsThis" }, OFFER)).to.equal("406 {}");
    expect(await answerTo("INVITE", { Accept: "text/plain, application/sdp" }, OFFER)).to.equal("rings");
    expect(await answerTo("OPTIONS", { Accept: "text/plain" })).to.match(/^200/);
  });

  it("refuses what is meant for a URI that is no telephone's", async () => {
    for (const uri of ["nobodyKnowsThisScheme:totallyopaquecontent", "soap.beep://192.0.2.103:3002", "urn:service:sos"])
      expect(await answerTo("OPTIONS", {}, undefined, uri), uri).to.equal("416 {}");
    for (const uri of ["sips:1002@192.0.2.1", "tel:+12125550101", "TEL:1002"])
      expect(await answerTo("OPTIONS", {}, undefined, uri), uri).to.match(/^200/);
  });

  it("answers a method that has the name of something every object has", async () => {
    for (const method of ["constructor", "__proto__", "toString"]) expect(await answerTo(method, {})).to.match(/^405/);
  });
});
