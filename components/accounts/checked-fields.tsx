"use client";

import { TextField, type TextFieldProps } from "@/components/ui/field";
import type { Finding } from "@/components/ui/field-parts";
import {
  billNumberSlip,
  type CustomerCodeSlip,
  looksLikeEmail,
  passwordSlip,
  podSlip,
  readCustomerCode,
  taxIdSlip,
} from "@/lib/accounts/rules";
import { normalizeTaxId, taxIdChecksumHolds } from "@/lib/accounts/tax-id";

type FieldProps = Omit<TextFieldProps, "check" | "type">;

const finding = (sentence: string | undefined): Finding | null => (sentence ? { sentence } : null);

/** What another field of the same form holds. */
const typedIn = (form: HTMLFormElement | null, name: string) =>
  String((form && new FormData(form).get(name)) ?? "");

export function CheckedEmail({ sentence, ...field }: FieldProps & { sentence: string }) {
  return (
    <TextField
      {...field}
      type="email"
      spellCheck={false}
      check={(typed) => (looksLikeEmail(typed) ? null : { sentence })}
    />
  );
}

interface CheckedTaxIdProps extends FieldProps {
  sentences: Record<NonNullable<ReturnType<typeof taxIdSlip>> | "taxIdChecksum", string>;
}

/** Its shape binds; check characters that are wrong only warn (R1). */
export function CheckedTaxId({ sentences, ...field }: CheckedTaxIdProps) {
  const check = (typed: string): Finding | null => {
    const slip = taxIdSlip(typed);
    if (slip) {
      return { sentence: sentences[slip] };
    }
    return taxIdChecksumHolds(normalizeTaxId(typed))
      ? null
      : { sentence: sentences.taxIdChecksum, warns: true };
  };
  return <TextField {...field} check={check} />;
}

interface CheckedCustomerCodeProps extends FieldProps {
  /** Of each company, by its slug: what its codes look like, and the sentence that says so. */
  companies: Record<string, { pattern: string; sentence: string }>;
  sentences: Record<Exclude<CustomerCodeSlip, "customerCodeShape">, string>;
}

/** By the shape of the company's own codes, once it is chosen. */
export function CheckedCustomerCode({ companies, sentences, ...field }: CheckedCustomerCodeProps) {
  const check = (typed: string, form: HTMLFormElement | null): Finding | null => {
    const company = companies[typedIn(form, "company")];
    if (!company) {
      const slip = podSlip(typed);
      return finding(slip ? sentences[slip] : undefined);
    }
    const read = readCustomerCode(typed, company.pattern, typedIn(form, "billNumber"));
    if ("code" in read) {
      return null;
    }
    return finding(read.slip === "customerCodeShape" ? company.sentence : sentences[read.slip]);
  };
  return <TextField {...field} check={check} />;
}

export function CheckedBillNumber({ sentence, ...field }: FieldProps & { sentence: string }) {
  return <TextField {...field} check={(typed) => (billNumberSlip(typed) ? { sentence } : null)} />;
}

interface CheckedPasswordProps extends FieldProps {
  /** Characters. */
  shortest: number;
  sentences: Record<NonNullable<ReturnType<typeof passwordSlip>> | "passwordShort", string>;
  /** Whose it is, where no field of the form says so. */
  email?: string;
}

/** A password that is being chosen. */
export function CheckedPassword(props: CheckedPasswordProps) {
  const { shortest, sentences, email, ...field } = props;
  const check = (typed: string, form: HTMLFormElement | null): Finding | null => {
    const slip =
      [...typed.normalize("NFKC")].length < shortest
        ? "passwordShort"
        : passwordSlip(typed, email ?? typedIn(form, "email"));
    return finding(slip ? sentences[slip] : undefined);
  };
  return <TextField {...field} type="password" autoComplete="new-password" check={check} />;
}
