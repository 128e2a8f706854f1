import { expect } from "chai";
import { EvenPorts } from "../../src/media/even-ports.ts";
import { nodeMediaNetwork, type MediaSocket } from "../../src/media/media-network.ts";
import { MemoryMediaNetwork } from "../support/memory-media-network.ts";

describe("ports for media", () => {
  const host = "192.0.2.1";
  const ports = (network: MemoryMediaNetwork, range?: readonly [number, number]): EvenPorts =>
    new EvenPorts({ network, host, ports: range });

  it("are even, each of the range once", () => {
    const even = ports(new MemoryMediaNetwork(), [4001, 4008]);
    const bound = [1, 2, 3, 4].map(() => even.bind(() => undefined).port);
    expect(bound.toSorted()).to.deep.equal([4002, 4004, 4006, 4008]);
    expect(() => even.bind(() => undefined)).to.throw("no even port from 4002 to 4008 is free");
  });

  it("lie from 16384 to 32766 where nothing is said", () => {
    expect(ports(new MemoryMediaNetwork()).bind(() => undefined).port).to.be.within(16_384, 32_766);
  });

  it("skip those in use", () => {
    const network = new MemoryMediaNetwork();
    const range = [4_000, 4_003] as const;
    const first = ports(network, range).bind(() => undefined).port;
    expect(ports(network, range).bind(() => undefined).port).to.equal(first === 4_000 ? 4_002 : 4_000);
  });

  it("rest after their use, whichever phone had them", () => {
    const network = new MemoryMediaNetwork();
    const used = Array.from({ length: 8_000 }, () => {
      const socket = ports(network).bind(() => undefined);
      socket.close();
      return socket.port;
    });
    expect(new Set(used).size).to.equal(used.length);
  });
});

describe("UDP of the kernel", () => {
  const sockets: MediaSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });
  const bind = (received: (octets: Buffer) => void = () => undefined): MediaSocket => {
    const socket = new EvenPorts({ network: nodeMediaNetwork, host: "127.0.0.1" }).bind(received);
    sockets.push(socket);
    return socket;
  };

  it("binds at once, and tells a port that is taken", () => {
    const { port } = bind();
    expect(nodeMediaNetwork.bind("127.0.0.1", port, () => undefined)).to.equal(undefined);
    sockets.pop()?.close();
    const again = nodeMediaNetwork.bind("127.0.0.1", port, () => undefined);
    expect(again?.port).to.equal(port);
    if (again) sockets.push(again);
  });

  it("carries packets, and is silent when closed", async () => {
    const arrived = new Promise<Buffer>((resolve) => {
      const { port } = bind(resolve);
      bind().send(Buffer.from("hello"), port, "127.0.0.1");
    });
    expect((await arrived).toString()).to.equal("hello");
    const closed = bind();
    closed.close();
    closed.close();
    closed.send(Buffer.from("late"), 9, "127.0.0.1");
  });

  it("says when the address is none of this machine", () => {
    expect(() => nodeMediaNetwork.bind("192.0.2.1", 20_000, () => undefined)).to.throw("cannot bind a port for media");
  });
});
