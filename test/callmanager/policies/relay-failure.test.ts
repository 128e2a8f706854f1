import { expect } from "chai";
import { relayFailure } from "../../../src/callmanager/policies/relay-failure.ts";

describe("relayFailure", () => {
  const cases = [
    { failure: 486, status: 486, cause: 17 },
    { failure: 600, status: 486, cause: 17 },
    { failure: 603, status: 403, cause: 21 },
    { failure: 480, status: 480, cause: 18 },
    { failure: 401, status: 403, cause: 21 },
    { failure: 407, status: 403, cause: 21 },
    { failure: 488, status: 488, cause: 79 },
    { failure: 420, status: 480, cause: 41 },
    { failure: 505, status: 500, cause: 41 },
    { failure: 699, status: 500, cause: 41 },
    { failure: "timeout", status: 408, cause: 18 },
    { failure: "transport", status: 503, cause: 41 },
    { failure: "no answer", status: 480, cause: 19 },
    { failure: "not registered", status: 480, cause: 20 },
  ] as const;
  for (const { failure, status, cause } of cases) {
    it(`makes ${status} with cause ${cause} of ${failure}`, () => {
      expect(relayFailure({ failure })).to.deep.include({ status, headers: [["Reason", `Q.850;cause=${cause}`]] });
    });
  }

  it("never sends a 6xx on", () => {
    for (let failure = 600; failure < 700; failure += 1) expect(relayFailure({ failure }).status).to.be.below(600);
  });
});
