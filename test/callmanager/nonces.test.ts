import { expect } from "chai";
import { NONCE_VALIDITY_MS, Nonces } from "../../src/callmanager/nonces.ts";
import { seededIds } from "../../src/core/ids.ts";
import { FakeClock } from "../support/fake-clock.ts";

describe("nonces", () => {
  const clock = new FakeClock();
  const nonces = new Nonces(clock, seededIds("nonces"));

  it("are 24 octets as 32 base64 characters, each another", () => {
    const made = Array.from({ length: 100 }, () => nonces.next());
    expect(new Set(made).size).to.equal(100);
    for (const nonce of made) expect(Buffer.from(nonce, "base64")).to.have.length(24);
  });

  it("are valid for ten minutes and expired after", () => {
    const nonce = nonces.next();
    clock.advance(NONCE_VALIDITY_MS);
    expect(nonces.check(nonce)).to.equal("valid");
    clock.advance(1);
    expect(nonces.check(nonce)).to.equal("expired");
  });

  it("are foreign when made elsewhere, changed in any octet, or malformed", () => {
    const nonce = nonces.next();
    const elsewhere = new Nonces(clock, seededIds("elsewhere")).next();
    for (let index = 0; index < 24; index += 1) {
      const octets = Buffer.from(nonce, "base64");
      octets[index] = octets[index]! ^ 1;
      expect(nonces.check(octets.toString("base64"))).to.equal("foreign");
    }
    for (const text of [elsewhere, "", "x", `${nonce}=`, "ä".repeat(32)])
      expect(nonces.check(text)).to.equal("foreign");
  });
});
