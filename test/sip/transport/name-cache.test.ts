import { expect } from "chai";
import { TransportError } from "../../../src/core/errors.ts";
import type { Address } from "../../../src/sip/transport/index.ts";
import { NameCache } from "../../../src/sip/transport/name-cache.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const NAME: Address = { protocol: "udp", host: "pbx.example", port: 5060 };
const FOUND: Address[] = [{ ...NAME, host: "192.0.2.1" }];

describe("NameCache", () => {
  it("looks a name up once in 64*T1, however it is spelt", async () => {
    const clock = new FakeClock();
    let lookups = 0;
    const cache = new NameCache(clock, {
      locate() {
        lookups += 1;
        return Promise.resolve(FOUND);
      },
    });
    expect(await Promise.all([cache.locate(NAME), cache.locate({ ...NAME, host: "PBX.example" })])).to.deep.equal([
      FOUND,
      FOUND,
    ]);
    clock.advance(31_999);
    await cache.locate(NAME);
    expect(lookups).to.equal(1);
    await cache.locate({ ...NAME, protocol: "tcp" });
    expect(lookups).to.equal(2);
    clock.advance(1);
    await cache.locate(NAME);
    expect(lookups).to.equal(3);
  });

  it("does not remember a failure", async () => {
    let lookups = 0;
    const cache = new NameCache(new FakeClock(), {
      locate() {
        lookups += 1;
        return lookups === 1
          ? Promise.reject(new TransportError("no", { code: "ERR_HOST_NOT_FOUND" }))
          : Promise.resolve(FOUND);
      },
    });
    const failed = await cache.locate(NAME).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TransportError);
    expect(await cache.locate(NAME)).to.equal(FOUND);
  });
});
