import { expect } from "chai";
import { refuse } from "../../../src/callmanager/index.ts";
import { serveRequest } from "../../../src/callmanager/policies/serve-request.ts";
import type { ServiceRequest } from "../../../src/callmanager/policies/screen-request.ts";
import { device, firstLine } from "../support/lab.ts";

const cisco = { device: device("cisco1"), line: firstLine(device("cisco1")), refusal: undefined };
const pickup: ServiceRequest = { service: "callPickup", argument: undefined };
const other = { calledLines: [firstLine(device("advanced1"))] };
const own = { calledLines: [firstLine(device("basic2"))] };

describe("serveRequest", () => {
  it("picks up the oldest call that rings in the group of the line", () => {
    const served = serveRequest({ ...cisco, service: pickup, ringing: [other, own] });
    expect(served).to.include({ outcome: "picked up", ringing: 1 });
  });

  it("picks up by the number of a group", () => {
    const service = { service: "callPickupGroup", argument: "77" } as const;
    expect(serveRequest({ ...cisco, service, ringing: [own] })).to.include({ outcome: "picked up", ringing: 0 });
  });

  it("has nothing to pick up where no call rings in the group", () => {
    expect(serveRequest({ ...cisco, service: pickup, ringing: [other] })).to.include({
      outcome: "refused",
      status: 503,
    });
  });

  it("forwards the line, and no longer without a number", () => {
    const forward = (argument: string | undefined) =>
      serveRequest({ ...cisco, service: { service: "callForward", argument }, ringing: [] });
    expect(forward("2001")).to.deep.include({ outcome: "accepted", effects: [{ kind: "forward", number: "2001" }] });
    expect(forward(undefined)).to.deep.include({
      outcome: "accepted",
      effects: [{ kind: "forward", number: undefined }],
    });
  });

  it("does nothing for who was refused", () => {
    const refusal = refuse(403, ["EXT-01"], "no");
    expect(serveRequest({ ...cisco, refusal, service: pickup, ringing: [own] })).to.equal(refusal);
  });
});
