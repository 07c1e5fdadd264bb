"use server";

import { getTranslations } from "next-intl/server";
import { formAction } from "@/lib/auth/action";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findCompany } from "@/lib/companies/queries";
import { localizedPath } from "@/lib/i18n/languages";
import { addContract, addContractByProof } from "../commands/add-contract";
import { removeContract } from "../commands/remove-contract";
import { ownContractSchema, proofSchema } from "../schema";

/** Adds a proposed contract with one button (R5). */
export const addContractAction = formAction({
  context: () => requireCustomer("/contracts"),
  schema: ownContractSchema,
  run: async (ctx, input) => {
    await addContract(ctx, input);
    return { done: (await getTranslations("addContracts"))("added") };
  },
});

/** Adds a contract by what its bill says; the answer is the same whatever comes of it (R5). */
export const addContractByProofAction = formAction({
  context: () => requireCustomer("/contracts/add"),
  schema: proofSchema,
  run: async (ctx, input) => {
    const result = await addContractByProof(ctx, input);
    const t = await getTranslations("addContracts");
    if (result.ok) {
      return { done: t("asked") };
    }
    if (result.code === "otherTaxId") {
      return { invalid: { taxId: t("otherTaxId") } };
    }
    const company = await findCompany(ctx.db, input.company);
    const sentence = (await getTranslations("errors"))(result.code, {
      company: company?.name ?? "",
      example: company?.customerCodeExample ?? "",
    });
    return {
      invalid: { [result.code === "companyMissing" ? "company" : "customerCode"]: sentence },
    };
  },
});

/** Takes a contract out of the account. */
export const removeContractAction = formAction({
  context: () => requireCustomer("/contracts"),
  schema: ownContractSchema,
  run: async (ctx, input) => {
    await removeContract(ctx, input);
    return { redirectTo: `${localizedPath(await currentLanguage(), "/contracts")}?removed=done` };
  },
});
