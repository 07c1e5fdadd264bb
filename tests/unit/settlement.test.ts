import { describe, expect, test } from "vitest";
import { PAYMENT_STATUSES } from "@/db/schema";
import { settlementOf } from "@/lib/documents/rules";

describe("settlementOf", () => {
  test("R16 an open bill is collected where a mandate pays it, else it is to pay", () => {
    for (const paymentStatus of ["open", "overdue"] as const) {
      expect(settlementOf({ totalCents: 1, paymentStatus }, true)).toBe("direct_debit");
      expect(settlementOf({ totalCents: 1, paymentStatus }, false)).toBe("to_pay");
    }
  });

  test("R16 what is paid or refunded is neither to pay nor collected", () => {
    for (const paymentStatus of ["paid", "refunded"] as const) {
      expect(settlementOf({ totalCents: 1, paymentStatus }, true)).toBe("nothing");
      expect(settlementOf({ totalCents: 1, paymentStatus }, false)).toBe("nothing");
    }
  });

  test("R16 a credit is in the customer's favour and a zero is nothing, whatever the status", () => {
    for (const paymentStatus of PAYMENT_STATUSES) {
      expect(settlementOf({ totalCents: -1, paymentStatus }, true)).toBe("in_your_favour");
      expect(settlementOf({ totalCents: 0, paymentStatus }, true)).toBe("nothing");
    }
  });
});
