import { expect } from "chai";
import { readInfoDigit, writeInfoDigit } from "../../src/media/info-digits.ts";

describe("digits in INFO", () => {
  it("stand in application/dtmf-relay and application/dtmf", () => {
    expect(readInfoDigit("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n")).to.deep.equal({
      digit: "5",
      durationMs: 160,
    });
    expect(readInfoDigit("application/dtmf", "#\r\n")).to.deep.equal({ digit: "#", durationMs: undefined });
  });

  it("are read as phones of all makes write them", () => {
    expect(readInfoDigit("Application/DTMF-Relay", "duration = 100\nSIGNAL = d")?.digit).to.equal("D");
    expect(readInfoDigit("application/dtmf-relay", "Signal=11")?.digit).to.equal("#");
    expect(readInfoDigit("application/dtmf-relay", "Signal=1\r\nDuration=x")?.durationMs).to.equal(undefined);
  });

  it("are none in other bodies", () => {
    for (const body of ["", "Signal=", "Signal=12", "Signal=constructor", "5", `${" ".repeat(300)}Signal=5`])
      expect(readInfoDigit("application/dtmf-relay", body), body).to.equal(undefined);
    expect(readInfoDigit("text/plain", "5")).to.equal(undefined);
  });

  it("read as they were written", () => {
    for (const type of ["application/dtmf-relay", "application/dtmf"] as const)
      expect(readInfoDigit(type, writeInfoDigit(type, "*", 120))?.digit).to.equal("*");
  });
});
