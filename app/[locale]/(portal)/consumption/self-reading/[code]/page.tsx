import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { ReceiptPhoto } from "@/components/self-reading/receipt-photo";
import { ReceiptSheet } from "@/components/self-reading/receipt-sheet";
import { CompanyColours } from "@/components/shell/company-colours";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findReadingReceipt } from "@/lib/consumption/queries/told-readings";
import { receiptCodeSchema } from "@/lib/consumption/schema";

interface ReceiptPageProps {
  params: Promise<{ code: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const loadReceipt = cache(async (asked: string) => {
  const ctx = await requireCustomer(`/consumption/self-reading/${asked}`);
  const code = receiptCodeSchema.safeParse(asked);
  const receipt = code.success ? await findReadingReceipt(ctx, code.data) : null;
  return receipt ?? notFound();
});

export async function generateMetadata({ params }: ReceiptPageProps): Promise<Metadata> {
  const { receiptCode: code } = await loadReceipt((await params).code);
  return { title: (await getTranslations("readingReceipt"))("title", { code }) };
}

/** The receipt of a self-reading, to be kept or printed; later also what became of it. */
export default async function ReceiptPage({ params, searchParams }: ReceiptPageProps) {
  const receipt = await loadReceipt((await params).code);
  const t = await getTranslations("readingReceipt");
  const language = await currentLanguage();
  const { photo } = await searchParams;
  const { linkedAs } = receipt;
  const list = linkedAs ? `?contract=${encodeURIComponent(linkedAs)}` : "";
  return (
    <CompanyColours accentColor={receipt.accentColor}>
      <p className="mb-4" data-print="no">
        <LocalLink href={`/consumption/self-reading${list}`} className="text-accent underline">
          {t("back")}
        </LocalLink>
      </p>
      <PageHeader title={t("title", { code: receipt.receiptCode })}>
        {t(`lead.${receipt.state}`)}
      </PageHeader>
      <ReceiptSheet receipt={receipt} language={language} />
      <ReceiptPhoto
        receipt={receipt}
        language={language}
        outcome={typeof photo === "string" ? photo : undefined}
      />
    </CompanyColours>
  );
}
