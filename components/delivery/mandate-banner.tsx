import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import type { MandateEnd } from "@/lib/contracts/queries/mandate-ends";
import { contractWords, fromBillWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { formatDate } from "@/lib/time";

interface MandateBannerProps {
  ends: MandateEnd[];
  language: Language;
}

/** R14: says before the next cut-off which contracts go back to paper with their mandate, and when. */
export async function MandateBanner({ ends, language }: MandateBannerProps) {
  const t = await getTranslations("directDebit.banner");
  const tDelivery = await getTranslations("delivery");
  const groups = new Map<string, { first: MandateEnd; contractNumbers: string[] }>();
  for (const end of ends) {
    const key = `${end.companySlug} ${end.until}`;
    const group = groups.get(key) ?? { first: end, contractNumbers: [] };
    group.contractNumbers.push(end.contractNumber);
    groups.set(key, group);
  }
  const words = ({ first, contractNumbers }: { first: MandateEnd; contractNumbers: string[] }) =>
    t.rich("text", {
      over: first.over ? "yes" : "no",
      company: first.companyName,
      date: formatDate(first.until, language),
      contracts: contractWords(tDelivery, contractNumbers),
      from: fromBillWords(tDelivery, first.cutOffOn, language),
      link: (text) => (
        <LocalLink href={`/direct-debit/${first.companySlug}`} className="underline">
          {text}
        </LocalLink>
      ),
    });
  const [only, ...others] = [...groups.values()];
  if (!only) {
    return null;
  }
  if (others.length === 0) {
    return (
      <Notice tone="warning" title={t("title", { over: only.first.over ? "yes" : "no" })}>
        {words(only)}
      </Notice>
    );
  }
  // One box, however many days and companies there are.
  return (
    <Notice tone="warning" title={t("titleSeveral")}>
      <ul className="mt-1 grid list-disc gap-1 pl-5">
        {[...groups].map(([key, group]) => (
          <li key={key}>{words(group)}</li>
        ))}
      </ul>
    </Notice>
  );
}
