import dns from "node:dns";
import { expect } from "chai";
import { HarnessError } from "../../../src/core/errors.ts";
import { localAddressTowards, nodeNetwork, systemResolver } from "../../../src/sip/transport/index.ts";
import { hasAddress } from "../../support/host-addresses.ts";
import { TransportEndpoint } from "../../support/transport-endpoint.ts";

describe("nodeNetwork", () => {
  it("never looks up an IP address", async () => {
    const { lookup } = dns;
    let lookups = 0;
    const counting = (...parameters: unknown[]): void => {
      lookups += 1;
      (lookup as (...rest: unknown[]) => void)(...parameters);
    };
    dns.lookup = counting as typeof lookup;
    try {
      for (const protocol of ["udp", "tcp"] as const) {
        const listen = [{ protocol, host: "127.0.0.1", port: 0 }];
        const [alice, bob] = [await TransportEndpoint.open({ listen }), await TransportEndpoint.open({ listen })];
        lookups = 0; // binding may ask; packets may not
        await alice.fence(bob);
        await Promise.all([alice.close(), bob.close()]);
        expect(lookups, protocol).to.equal(0);
      }
    } finally {
      dns.lookup = lookup;
    }
  });

  it("may abort a connection attempt", async () => {
    const reason = new Error("enough");
    const attempt = nodeNetwork().connectTcp(
      { protocol: "tcp", host: "127.0.0.1", port: 9 },
      { signal: AbortSignal.abort(reason) },
    );
    expect(await attempt.catch((error: unknown) => error)).to.equal(reason);
  });
});

describe("systemResolver", () => {
  it("takes an IP address as it is and adds the default of transport and port", async () => {
    const resolver = systemResolver();
    expect(await resolver.locate({ host: "192.0.2.1" })).to.deep.equal([
      { protocol: "udp", host: "192.0.2.1", port: 5060 },
    ]);
    expect(await resolver.locate({ host: "::1", secure: true })).to.deep.equal([
      { protocol: "tls", host: "::1", port: 5061 },
    ]);
    expect(await resolver.locate({ host: "192.0.2.1", protocol: "tcp", port: 5070 })).to.deep.equal([
      { protocol: "tcp", host: "192.0.2.1", port: 5070 },
    ]);
  });

  it("looks up a name", async () => {
    const [address] = await systemResolver().locate({ host: "localhost", protocol: "tcp" });
    expect(address).to.include({ protocol: "tcp", port: 5060 });
    expect(["127.0.0.1", "::1"]).to.include(address?.host);
  });

  it("says that a name has no address", async () => {
    const error: unknown = await systemResolver()
      .locate({ host: "no..name" })
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(HarnessError).with.property("code", "ERR_HOST_NOT_FOUND");
  });
});

describe("localAddressTowards", () => {
  it("is the address that the kernel sends from", async () => {
    expect(await localAddressTowards({ host: "127.0.0.1" })).to.equal("127.0.0.1");
    expect(await localAddressTowards({ host: "127.0.0.9", port: 5080 })).to.match(/^127\.0\.0\.\d$/);
  });

  it("is one of IPv6 towards such a one", async function () {
    if (!hasAddress("::1")) this.skip();
    expect(await localAddressTowards({ host: "::1" })).to.equal("::1");
  });

  it("says that no way leads there", async () => {
    const error: unknown = await localAddressTowards({ host: "255.255.255.255" }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(HarnessError).with.property("code", "ERR_UNREACHABLE");
  });
});
