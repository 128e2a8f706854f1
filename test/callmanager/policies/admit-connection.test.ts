import { expect } from "chai";
import { correctPolicies } from "../../../src/callmanager/index.ts";

describe("admitConnection", () => {
  it("lets everybody use UDP and TCP (REG-28)", () => {
    for (const protocol of ["udp", "tcp"] as const) {
      expect(correctPolicies.admitConnection({ protocol })).to.include({ outcome: "anyone" });
    }
  });

  it("asks for a certificate over TLS (TLS-02)", () => {
    expect(correctPolicies.admitConnection({ protocol: "tls" })).to.deep.include({
      outcome: "certificate",
      rules: ["TLS-02"],
    });
  });
});
