import { getTranslations } from "next-intl/server";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import { currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import type { RenderedMail } from "@/lib/mail/rendered-mail";
import type { MailChoice } from "./mail-choice-form";

/** The address part that names a choice. */
function queryOf(choice: MailChoice): string {
  const { template, language, company, bill, width } = choice;
  const given = Object.entries({ template, language, company, bill, width }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return new URLSearchParams(given).toString();
}

/** One e-mail: subject, the line beside it, the HTML in a frame of a width, the text. */
export async function MailPreview({ mail, choice }: { mail: RenderedMail; choice: MailChoice }) {
  const t = await getTranslations("staff.emails");
  const source = `/staff/emails/${choice.template}?${queryOf(choice)}`;
  return (
    <section aria-labelledby="preview">
      <h2 id="preview" className="mb-4 font-semibold text-xl">
        {t(`names.${choice.template}`)}
        <span className="block font-normal text-base text-muted">
          {choice.bill && choice.template === "new-bill"
            ? t("asBill", { bill: choice.bill })
            : t("sample")}
        </span>
      </h2>
      <Facts
        items={[
          { label: t("subject"), value: mail.subject },
          { label: t("preheader"), value: mail.preheader },
        ]}
      />
      <h3 className="mt-8 mb-2 font-semibold text-lg">{t("asHtml")}</h3>
      <nav aria-label={t("width")} className="mb-3 flex flex-wrap gap-x-6">
        {(["wide", "narrow"] as const).map((width) => (
          <LocalLink
            key={width}
            href={`/staff/emails?${queryOf({ ...choice, width })}`}
            aria-current={choice.width === width ? "true" : undefined}
            className="inline-block py-2 text-accent underline underline-offset-2 aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:no-underline"
          >
            {t(width)}
          </LocalLink>
        ))}
      </nav>
      <iframe
        key={source}
        title={t("frame", { subject: mail.subject })}
        src={localizedPath(await currentLanguage(), source)}
        sandbox=""
        className={`h-[52rem] max-w-full rounded-lg border border-line bg-panel ${choice.width === "narrow" ? "w-[360px]" : "w-full"}`}
      />
      <h3 className="mt-8 mb-2 font-semibold text-lg">{t("asText")}</h3>
      <pre className="whitespace-pre-wrap rounded-lg border border-line bg-panel p-4 text-sm [overflow-wrap:anywhere]">
        {mail.text}
      </pre>
      <p className="mt-6">
        <LocalLink href="/staff/emails" className="text-accent underline underline-offset-2">
          {t("all")}
        </LocalLink>
      </p>
    </section>
  );
}
