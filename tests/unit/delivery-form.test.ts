import { describe, expect, test } from "vitest";
import { matchingDeliveries } from "@/lib/delivery/rules";
import { deliveryFormSchema, severalFormSchema } from "@/lib/delivery/schema";

const ID = "01900000-0000-7000-8000-000000000001";

describe("the form of one contract", () => {
  test("R9 saves unless another of its buttons was pressed", () => {
    const typed = {
      contractId: ID,
      mode: "electronic",
      email: " A@Posta.example ",
      acceptNotice: "1",
    };
    expect(deliveryFormSchema.parse(typed)).toEqual({
      intent: "save",
      mode: "electronic",
      contractId: ID,
      email: "a@posta.example",
      acceptNotice: "1",
    });
    expect(deliveryFormSchema.parse({ ...typed, intent: "undo" })).toEqual({
      intent: "undo",
      contractId: ID,
    });
    expect(deliveryFormSchema.safeParse({ ...typed, intent: "other" }).success).toBe(false);
  });

  test("R8 a wrong address and a missing mode are answered at their fields", () => {
    const wrong = deliveryFormSchema.safeParse({ contractId: ID, mode: "electronic", email: "x" });
    expect(wrong.error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [["email"], "email"],
    ]);
    const none = deliveryFormSchema.safeParse({ contractId: ID });
    expect(none.error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [["mode"], "deliveryMode"],
    ]);
    // On paper what stands in the hidden field does not matter.
    expect(deliveryFormSchema.parse({ contractId: ID, mode: "paper", email: "x" })).toEqual({
      intent: "save",
      mode: "paper",
      contractId: ID,
    });
  });
});

describe("the form of several contracts", () => {
  test("wants at least one contract, each by its id", () => {
    const none = severalFormSchema.safeParse({ mode: "paper", contractIds: [] });
    expect(none.error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [["contractIds"], "contractsMissing"],
    ]);
    expect(severalFormSchema.safeParse({ mode: "paper", contractIds: ["x"] }).success).toBe(false);
    expect(severalFormSchema.parse({ mode: "paper", contractIds: [ID] })).toEqual({
      mode: "paper",
      contractIds: [ID],
    });
  });
});

test("a contract is found by its number or address, whatever the case", () => {
  const list = [
    { contractNumber: "LUC-1", supplyAddress: "Via Roma 1" },
    { contractNumber: "GAS-2", supplyAddress: "Viale Luce 3" },
  ];
  const found = (typed: string) =>
    matchingDeliveries(list, typed).map(({ contractNumber }) => contractNumber);
  expect(found("luc")).toEqual(["LUC-1", "GAS-2"]);
  expect(found("gas-2")).toEqual(["GAS-2"]);
  expect(found("")).toHaveLength(2);
});
