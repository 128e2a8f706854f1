import { expect } from "chai";
import { placeOffer } from "../../../src/callmanager/policies/place-offer.ts";
import { device } from "../support/lab.ts";

describe("placeOffer", () => {
  it("delays the offer, unless the SIP profile says early or a media termination point is needed (CAL-07)", () => {
    const terminated = { ...device("basic1"), mtpRequired: true };
    const outcomes = [device("basic1"), device("early"), terminated].map((called) => [
      placeOffer({ device: called, offered: true }).outcome,
      placeOffer({ device: called, offered: false }).outcome,
    ]);
    expect(outcomes).to.deep.equal([
      ["delayed", "delayed"],
      ["early", "delayed"],
      ["early", "delayed"],
    ]);
  });
});
