import { describe, expect, test } from "vitest";
import { type MandateState, mandateState, mayRequestMandate } from "@/lib/contracts/rules";
import { ibanSchema, mandateRequestSchema } from "@/lib/contracts/schema";

const TODAY = "2026-11-23";
type Given = Parameters<typeof mandateState>[0];
const given = (status: Given["status"], since: string | null, until: string | null): Given => ({
  status,
  since,
  until,
  toldOn: "2026-11-21",
});

describe("mandateState", () => {
  test.each<[Given, MandateState, string]>([
    [given("requested", null, null), "requested", "2026-11-21"],
    [given("requested", "2026-11-20", null), "requested", "2026-11-20"],
    [given("rejected", "2026-11-20", "2026-11-22"), "rejected", "2026-11-22"],
    [given("rejected", null, null), "rejected", "2026-11-21"],
    [given("active", "2020-01-01", null), "active", "2020-01-01"],
    [given("active", TODAY, null), "active", TODAY],
    [given("active", "2026-11-24", null), "starting", "2026-11-24"],
    [given("active", "2020-01-01", "2026-11-24"), "ending", "2026-11-24"],
    [given("active", "2020-01-01", TODAY), "ended", TODAY],
    [given("revoked", "2020-01-01", "2026-12-01"), "ending", "2026-12-01"],
    [given("revoked", "2020-01-01", TODAY), "revoked", TODAY],
    [given("revoked", null, "2026-12-01"), "revoked", "2026-12-01"],
    [given("expired", "2020-01-01", "2026-01-01"), "expired", "2026-01-01"],
    [given("expired", "2026-12-01", "2026-12-01"), "expired", "2026-12-01"],
  ])("R10 %o is %s on %s, and works on the days the database's rule says", (mandate, state, on) => {
    expect(mandateState(mandate, TODAY)).toEqual({ state, on });
    const works =
      ["active", "revoked", "expired"].includes(mandate.status) &&
      mandate.since !== null &&
      mandate.since <= TODAY &&
      (mandate.until === null || TODAY < mandate.until);
    expect(["active", "ending"].includes(state)).toBe(works);
  });

  test("R2 a new mandate is asked for only where none works on, begins or was asked for", () => {
    const may = (state: MandateState | null, requestedOn: string | null = null, ended = false) =>
      mayRequestMandate({ ended, requestedOn, mandate: state ? { state } : null });
    expect([may(null), may("ending"), may("revoked"), may("expired"), may("rejected")]).toEqual(
      Array(5).fill(true),
    );
    expect([may("active"), may("starting"), may("requested"), may(null, TODAY)]).toEqual(
      Array(4).fill(false),
    );
    expect(may(null, null, true)).toBe(false);
  });
});

describe("the request's form", () => {
  const form = {
    company: "energia",
    iban: "it60 x054-2811 1010 0000 0123 456",
    debtor: "  Prova   Persona ",
    consent: "yes",
    contracts: ["0198c2a5-7d5a-7c3e-8f4a-1f2e3d4c5b6a"],
  };
  const fault = (over: Record<string, string | string[] | undefined>) => {
    const { error } = mandateRequestSchema.safeParse({ ...form, ...over });
    return error?.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  };

  test("spaces, dashes and small letters of an IBAN are no matter, nor a name's", () => {
    expect(mandateRequestSchema.parse(form)).toEqual({
      company: "energia",
      iban: "IT60X0542811101000000123456",
      debtor: "Prova Persona",
      contractIds: ["0198c2a5-7d5a-7c3e-8f4a-1f2e3d4c5b6a"],
    });
  });

  test.each([
    [{ iban: "IT61X0542811101000000123456" }, ["iban: iban"]],
    [{ iban: "" }, ["iban: iban"]],
    [{ iban: "BR1500000000000010932840814P2" }, ["iban: ibanNotSepa"]],
    [{ debtor: "x" }, ["debtor: debtor"]],
    [{ debtor: "x".repeat(71) }, ["debtor: debtor"]],
    [{ debtor: "Prova\u202ePersona" }, ["debtor: debtor"]],
    [{ consent: undefined }, ["consent: mandateConsent"]],
    [{ contracts: [] }, ["contracts: mandateContracts"]],
    [{ contracts: ["1"] }, ["contracts: invalid"]],
  ])("%o is told at its field", (over, faults) => {
    expect(fault(over)).toEqual(faults);
  });

  test("accounts outside Italy are taken", () => {
    expect(ibanSchema.parse("DE89 3704 0044 0532 0130 00")).toBe("DE89370400440532013000");
  });
});
