import { describe, expect, test } from "vitest";
import {
  isOwnPath,
  maskEmail,
  maskTaxId,
  passwordSlip,
  readCustomerCode,
} from "@/lib/accounts/rules";
import { signupSchema } from "@/lib/accounts/schema";
import { MESSAGES } from "@/lib/i18n/messages";

const GOOD = {
  company: "valfiorita-energia",
  taxId: "RSSMRA80A01H501U",
  customerCode: "100200300",
  billNumber: "E2026000123",
  email: "mario@posta.example",
  password: "quattro gatti sul tetto",
};

function slips(over: Partial<typeof GOOD>): Record<string, string> {
  const result = signupSchema.safeParse({ ...GOOD, ...over });
  const issues = result.error?.issues ?? [];
  // As the form: the first sentence of each field.
  return Object.fromEntries(
    issues.toReversed().map((issue) => [String(issue.path[0]), issue.message]),
  );
}

describe("the registration form", () => {
  test.each([
    ["RSSMRA80A01H501U", "RSSMRA80A01H501U"],
    [" rssmra80a01 h501u ", "RSSMRA80A01H501U"],
    ["IT 00743110157", "00743110157"],
    ["it00743110157", "00743110157"],
  ])("R1 takes the tax id %s", (typed, taxId) => {
    expect(signupSchema.parse({ ...GOOD, taxId: typed }).taxId).toBe(taxId);
  });

  test.each(["RSSMRA80A01H501X", "01234567890"])(
    "R1 a wrong check character stops nobody: %s",
    (taxId) => {
      expect(slips({ taxId })).toEqual({});
    },
  );

  test.each([
    ["", "taxIdMissing"],
    ["  ", "taxIdMissing"],
    ["RSSMRA80A01H501", "taxIdShape"],
    ["RSSMRA8OA01H501U", "taxIdLetterO"],
    ["O0743110157", "taxIdLetterO"],
    ["IT001E12345678", "taxIdIsPod"],
    ["MARIO ROSSI", "taxIdShape"],
    ["9".repeat(41), "taxIdShape"],
  ])("R1 answers the tax id %s by its shape", (taxId, message) => {
    expect(slips({ taxId })).toEqual({ taxId: message });
  });

  test("R1 answers a POD typed as customer code together with the other slips", () => {
    const found = slips({ customerCode: "it001e12345678", taxId: "X", billNumber: "" });
    expect(found).toEqual({
      customerCode: "customerCodeIsPod",
      taxId: "taxIdShape",
      billNumber: "billNumberMissing",
    });
  });

  test("R1 answers a supply point typed as bill number", () => {
    expect(slips({ billNumber: "it001e12345678" })).toEqual({ billNumber: "billNumberIsPod" });
    expect(slips({ billNumber: " " })).toEqual({ billNumber: "billNumberMissing" });
  });

  test.each([
    ["corta", "passwordShort"],
    ["x".repeat(129), "passwordLong"],
    ["viva-mario-sempre", undefined],
    ["123456789012345", "passwordCommon"],
    ["Password-1234!", "passwordCommon"],
    ["aaaaaaaaaaaaaa", "passwordCommon"],
  ])("the password %s", (password, message) => {
    const found = slips({ password, email: "anna@posta.example" });
    expect(found.password).toBe(message);
  });

  test("a password must not contain the e-mail's name", () => {
    expect(passwordSlip("viva-Mario-sempre", "mario@posta.example")).toBe("passwordHasEmail");
    expect(passwordSlip("quattro gatti sul tetto", "mario@posta.example")).toBeNull();
  });

  test("128 characters are counted after NFKC", () => {
    expect(slips({ password: "ﬁ".repeat(65) })).toEqual({ password: "passwordLong" });
  });

  test("every slip has its sentence in every language", () => {
    const keys = ["companyMissing", "taxIdShape", "taxIdLetterO", "taxIdIsPod", "codeLong"];
    for (const language of ["it", "en", "de"] as const) {
      for (const key of keys) {
        expect(MESSAGES[language].errors).toHaveProperty(key);
      }
    }
  });
});

describe("readCustomerCode", () => {
  test.each([
    ["^[0-9]{9}$", " 100 200 300 ", "100200300"],
    ["^[0-9]{9}$", "100-200-300", "100200300"],
    ["^TC[0-9]{6}$", "tc204215", "TC204215"],
    ["^[a-z]-[0-9]$", "a-1", "a-1"],
  ])("R1 reads by the pattern %s the code %s", (pattern, typed, code) => {
    expect(readCustomerCode(typed, pattern)).toEqual({ code });
  });

  test.each([
    ["IT001E12345678", "customerCodeIsPod"],
    ["it 001 e 12345678 a", "customerCodeIsPod"],
    ["08450000047322", "customerCodeIsPdr"],
    ["1OO2OO3OO", "customerCodeLetterO"],
    ["RSSMRA80A01H501U", "customerCodeIsTaxId"],
    ["12345", "customerCodeShape"],
    ["18E5E2L1234567", "customerCodeIsMeter"],
    ["m1234567", "customerCodeIsMeter"],
    ["", "customerCodeShape"],
  ])("R1 names the slip in %s", (typed, slip) => {
    expect(readCustomerCode(typed, "^[0-9]{9}$")).toEqual({ slip });
  });

  test("R1 a bill's number typed twice is named", () => {
    expect(readCustomerCode("E2026 000123", "^[0-9]{9}$", "e2026000123")).toEqual({
      slip: "customerCodeIsBill",
    });
  });

  test("R1 a POD is answered even where a company takes any code", () => {
    expect(readCustomerCode("IT001E12345678", ".*")).toEqual({ slip: "customerCodeIsPod" });
  });

  test("a pattern that cannot be read lets every code through", () => {
    expect(readCustomerCode("100", "^[0-9{9$(")).toEqual({ code: "100" });
  });
});

test("only the ends of a tax id are shown", () => {
  expect(maskTaxId("RSSMRA80A01H501U")).toBe("RSS•••••••••••1U");
});

test("an address is shown by its first letter and domain, a pseudonym as it is", () => {
  expect(maskEmail("maria.rossi@posta.example")).toBe("m•••@posta.example");
  expect(maskEmail("@posta.example")).toBe("•••@posta.example");
  expect(maskEmail("deleted-5f3a")).toBe("deleted-5f3a");
});

describe("where sign-in may lead", () => {
  test.each([
    "/bills",
    "/de/bills/01a20566-b9d5",
    "/consumption?contract=EL-1&view=year&date=2026-01-01",
  ])("%s is a path of ours", (path) => {
    expect(isOwnPath(path)).toBe(true);
  });

  test.each([
    "//evil.example",
    "/.//evil.example",
    "/..//evil.example/x",
    "/bills/..//evil.example",
    "/bills/../x",
    "/\\evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/bills?next=//evil.example",
    "",
  ])("%s is not", (path) => {
    expect(isOwnPath(path)).toBe(false);
  });
});
