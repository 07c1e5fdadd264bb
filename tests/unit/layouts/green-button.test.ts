import { describe, expect, test } from "vitest";
import { Profile } from "@/lib/imports/layouts/profile";
import { read, refusal } from "./read-file";

/** Midnight in Rome of 2 September 2024. */
const MIDNIGHT = Date.parse("2024-09-02T00:00:00+02:00") / 1000;

const type = (fields: Record<string, string | number> = {}, links = "") => {
  const all = { uom: 72, flowDirection: 1, intervalLength: 3600, ...fields };
  const xml = Object.entries(all).map(([name, value]) => `<${name}>${value}</${name}>`);
  return `<entry>${links}<content><ReadingType>${xml.join("")}</ReadingType></content></entry>`;
};
const reading = (start: number | string, value: number | string, over = "", duration = 3600) =>
  `<IntervalReading>${over}<timePeriod><duration>${duration}</duration><start>${start}</start></timePeriod><value>${value}</value></IntervalReading>`;
const block = (readings: string[], links = "") =>
  `<entry>${links}<content><IntervalBlock>${readings.join("\n")}</IntervalBlock></content></entry>`;
const feed = (...entries: string[]) =>
  `<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n${entries.join("\n")}\n</feed>`;
const link = (rel: string, href: string) => `<link rel="${rel}" href="${href}"/>`;
const hour = (at: number, value: number | string, over = "") =>
  reading(MIDNIGHT + at * 3600, value, over);

describe("Green Button", () => {
  test("R22 powers of ten, reverse flow, volumes and a prefix", async () => {
    const values = async (fields: Record<string, string | number>) => {
      const [day] = await read(feed(type(fields), block([hour(0, 12)])));
      return [day?.values[0], day?.direction, day?.commodity, day?.volume];
    };
    expect(await values({ commodity: 1 })).toEqual([12, "consumption", "electricity", null]);
    expect(await values({ powerOfTenMultiplier: 3 })).toEqual([12_000, "consumption", null, null]);
    expect(await values({ flowDirection: 19 })).toEqual([12, "injection", null, null]);
    expect(await values({ uom: 42, commodity: 7 })).toEqual([12_000, "consumption", "gas", "m3"]);
    expect(await values({ uom: 42, commodity: 9 })).toEqual([12_000, "consumption", "water", "m3"]);
    expect(await values({ uom: 134 })).toEqual([12, "consumption", "water", "m3"]);
    const prefixed = feed(type(), block([hour(0, 12)])).replace(
      /<(\/?)(Int|Read|time|val|dur)/g,
      "<$1espi:$2",
    );
    expect((await read(prefixed))[0]?.values[0]).toBe(12);
  });

  test.each(["uom", "flowDirection", "commodity"])(
    "a word of the language is no %s",
    async (name) => {
      const xml = feed(type({ [name]: "constructor" }), block([hour(0, 12)]));
      expect((await refusal(read(xml)))[0]).toMatch(new RegExp(`${name} constructor`));
    },
  );

  test("R22 values finer than a watt-hour are rounded and carried, or refused if the layout says so", async () => {
    const xml = feed(
      type({ powerOfTenMultiplier: -1 }),
      block([hour(0, 5), hour(1, 5), hour(3, 14)]),
    );
    expect((await read(xml))[0]?.values.slice(0, 4)).toEqual([1, 0, -1, 1]);
    const strict = Profile.parse({ name: "strict", shape: "green-button", rounding: "refuse" });
    const sentences = await refusal(read(xml, strict));
    expect(sentences).toHaveLength(3);
    expect(sentences[0]).toMatch(/r\.csv, line 4, column value: "5" is finer than a watt-hour/);
  });

  test("R22 gaps and readings without a value are missing; estimates are told", async () => {
    const quality = (code: number) => `<ReadingQuality><quality>${code}</quality></ReadingQuality>`;
    const [day] = await read(
      feed(
        type({ defaultQuality: 17 }),
        block([
          hour(0, 1),
          hour(1, 1, quality(8)),
          hour(2, 1, quality(19) + quality(9)),
          hour(4, ""),
        ]),
      ),
    );
    expect(day?.quality.slice(0, 6)).toBe("aeemmm");
    expect(day?.values.slice(0, 6)).toEqual([1, 1, 1, -1, -1, -1]);
    expect(await refusal(read(feed(type(), block([hour(0, 1, quality(99))]))))).toEqual([
      'r.csv, line 4, column quality: "99" is no quality of a reading that is known',
    ]);
  });

  test("R22 epochs with a fraction count down to their second; off the minute they are refused", async () => {
    const [day] = await read(feed(type(), block([reading(`${MIDNIGHT}.999`, 7)])));
    expect(day?.values[0]).toBe(7);
    expect(await refusal(read(feed(type(), block([reading(`${MIDNIGHT - 1}.999`, 7)]))))).toEqual([
      `r.csv, line 4, column start: "${MIDNIGHT - 1}.999" is not in epoch seconds on a whole minute`,
    ]);
  });

  test("R22 an autumn Sunday has 25 hours; a reading without its time follows the one before", async () => {
    const start = Date.parse("2024-10-27T00:00:00+02:00") / 1000;
    const bare = Array.from(
      { length: 25 },
      (_, at) => `<IntervalReading><value>${at}</value></IntervalReading>`,
    );
    const interval = `<interval><duration>90000</duration><start>${start}</start></interval>`;
    const [day] = await read(feed(type(), block([interval, ...bare])));
    expect(day?.localDay).toBe("2024-10-27");
    expect(day?.values).toEqual(Array.from({ length: 25 }, (_, at) => at));
  });

  test("links lead each block to its type, and blocks of two usage points are refused", async () => {
    const base = "/espi/1_1/resource/UsagePoint/1/MeterReading";
    const meter = (id: string, of: string) =>
      `<entry>${link("self", `${base}/${id}`)}${link("related", `/ReadingType/${of}`)}<content><MeterReading/></content></entry>`;
    const xml = feed(
      meter("a", "in"),
      meter("b", "out"),
      type({}, link("self", "/ReadingType/in")),
      type({ flowDirection: 19 }, link("self", "/ReadingType/out")),
      block([hour(0, 1)], link("up", `${base}/a/IntervalBlock`)),
      block([hour(0, 2)], link("self", `${base}/b/IntervalBlock/9`)),
    );
    const days = await read(xml);
    expect(days.map(({ direction, values }) => [direction, values[0]])).toEqual([
      ["consumption", 1],
      ["injection", 2],
    ]);
    const second = xml.replaceAll("UsagePoint/1/MeterReading/b", "UsagePoint/2/MeterReading/b");
    expect((await refusal(read(second)))[0]).toMatch(/readings of several usage points/);
    expect((await refusal(read(xml.replace(`${base}/a/IntervalBlock`, "/x"))))[0]).toMatch(
      /the links do not tell which of the file's ReadingTypes/,
    );
  });

  test.each([
    [
      "an unknown unit",
      type({ uom: 119 }),
      /column ReadingType: uom 119 does not convert exactly; 72 \(Wh\)/,
    ],
    ["net flow", type({ flowDirection: 4 }), /flowDirection 4 is neither 1 \(forward\) nor 19/],
    ["meter positions", type({ accumulationBehaviour: 1 }), /accumulationBehaviour 1 is not 4/],
    ["another commodity", type({ commodity: 4 }), /commodity 4 is neither electricity/],
    ["a wild power", type({ powerOfTenMultiplier: 99 }), /powerOfTenMultiplier 99 is not a power/],
    ["no type", "", /column IntervalBlock: no ReadingType stands before this IntervalBlock/],
  ])("refuses %s in one sentence", async (_, given, sentence) => {
    const sentences = await refusal(read(feed(given, block([hour(0, 1), hour(1, 1)]))));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
  });

  test.each([
    ["five minutes", reading(MIDNIGHT, 1, "", 300), /the interval has 5 minutes/],
    ["a month", reading(MIDNIGHT, 1, "", 2_592_000), /an interval of 43200 minutes/],
    [
      "half a minute",
      reading(MIDNIGHT, 1, "", 30),
      /column duration: "30" is not a number of whole/,
    ],
    ["a negative value", hour(0, -5), /column value: "-5" is negative/],
    ["no number", hour(0, "0x10"), /column value: "0x10" is not a number of Wh/],
    ["another century", reading(99_999_999_960, 1), /not within the years 2000 to 2099/],
  ])("refuses a reading of %s", async (_, given, sentence) => {
    const sentences = await refusal(read(feed(type(), block([given]))));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
  });

  test.each([
    ["a DOCTYPE", '<!DOCTYPE feed [<!ENTITY a "b">]><feed/>', /line 1: the XML has a DOCTYPE/],
    ["an unclosed element", "<feed><entry>", /the XML is not well-formed/],
    ["an unknown entity", "<feed>&xxe;</feed>", /the XML is not well-formed/],
    ["depth", "<a>".repeat(100_000), /the XML is nested more than 60 deep/],
    ["an endless text", `<feed>${"x".repeat(3_000_000)}</feed>`, /a text of more than 1 MB/],
    ["an endless name", `<${"x".repeat(3_000_000)}`, /a text of more than 1 MB/],
    [
      "many attributes",
      `<feed ${Array.from({ length: 500 }, (_, at) => `a${at}="1"`).join(" ")}/>`,
      /more than 100 attributes/,
    ],
    ["nothing in it", "<feed/>", /holds no IntervalReading/],
  ])("refuses %s", async (_, xml, sentence) => {
    const sentences = await refusal(read(xml));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toMatch(sentence);
    expect(sentences[0]?.length).toBeLessThan(200);
  });
});
