import { expect } from "chai";
import { TestWorld } from "./support/world.ts";

describe("an OPTIONS to the call manager", () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await TestWorld.start();
  });
  afterEach(() => world.close());

  it("is answered with what the call manager can do, whoever asks", async () => {
    const stranger = await world.phone("1002");
    const { final } = await stranger.send("OPTIONS");
    expect([final.status, final.get("Accept")]).to.deep.equal([200, "application/sdp"]);
  });

  it("is refused where it requires an extension that we do not know, whoever asks", async () => {
    const headers = [
      ["Require", "nothingSupportsThis, nothingSupportsThisEither"],
      ["Proxy-Require", "noProxiesSupportThis"],
    ] as const;
    for (const sender of [await world.phone("1002"), await world.registered("1003")]) {
      const { final } = await sender.send("OPTIONS", { headers });
      expect(final.status).to.equal(420);
      expect(final.get("Unsupported")).to.equal("nothingSupportsThis, nothingSupportsThisEither");
    }
  });
});
