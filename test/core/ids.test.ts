import { expect } from "chai";
import { randomIds, seededIds } from "../../src/core/ids.ts";

describe("Ids", () => {
  it("makes branches with the magic cookie of RFC 3261 and 64 bits more", () => {
    expect(randomIds().branch()).to.match(/^z9hG4bK[0-9a-f]{16}$/);
  });

  it("never repeats itself when random, also past the end of its pool", () => {
    const ids = randomIds();
    const tags = new Set(Array.from({ length: 2_000 }, () => ids.tag()));
    expect(tags.size).to.equal(2_000);
  });

  it("repeats itself for the same seed, and only for it", () => {
    const draw = (seed: string): string[] => {
      const ids = seededIds(seed);
      return [ids.branch(), ids.tag(), ids.callId(), ids.uuid(), String(ids.integer(1_000))];
    };
    expect(draw("a")).to.deep.equal(draw("a"));
    expect(draw("a")).not.to.deep.equal(draw("b"));
  });

  it("makes UUIDs of version 4", () => {
    expect(seededIds("x").uuid()).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("draws integers below the bound", () => {
    const ids = seededIds("y");
    const drawn = Array.from({ length: 200 }, () => ids.integer(3));
    expect([...new Set(drawn)].sort()).to.deep.equal([0, 1, 2]);
  });
});
