import { expect } from "chai";
import { InternalError, TransportError, UsageError } from "../../src/core/errors.ts";
import { fromPortable, toPortable } from "../../src/core/portable-error.ts";

function crossed(error: Error): Error {
  return fromPortable(structuredClone(toPortable(error)));
}

describe("portable errors", () => {
  for (const ErrorClass of [UsageError, TransportError]) {
    it(`keep class, code and message of a ${ErrorClass.name}`, () => {
      const error = crossed(new ErrorClass("no such file", { code: "ERR_X", details: { path: "a" } }));
      expect(error).to.be.instanceOf(ErrorClass);
      expect(error).to.include({ code: "ERR_X", message: "no such file" });
    });
  }

  it("make of any other error an internal one that tells where it came from", () => {
    const error = crossed(new TypeError("x is not a function"));
    expect(error).to.be.instanceOf(InternalError).and.to.include({ code: "ERR_WORKER" });
    expect(error.message).to.match(/TypeError: x is not a function\n\s+at /);
  });
});
