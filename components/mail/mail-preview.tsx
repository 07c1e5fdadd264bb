import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { kindOfTemplate } from "@/lib/mail/bill-mail";
import type { ArchivedMail } from "@/lib/mail/queries/mail-archive";
import type { PreviewedMail } from "@/lib/mail/queries/preview-mail";
import { LastSentMail } from "./last-sent-mail";
import type { MailChoice } from "./mail-choice-form";
import { MailFrame } from "./mail-frame";
import { MailboxLine } from "./mailbox-line";
import { TestMailForm } from "./test-mail-form";

/** The address part that names a choice. */
function queryOf(choice: MailChoice): string {
  const given = Object.entries(choice).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return new URLSearchParams(given).toString();
}

interface MailPreviewProps {
  mail: PreviewedMail;
  lastSent: ArchivedMail | null;
  choice: MailChoice;
  ownEmail: string;
  language: Language;
}

/** One e-mail as a mailbox lists it, as it looks, as text; and the last one really sent beside it. */
export async function MailPreview(props: MailPreviewProps) {
  const { mail, lastSent, choice, ownEmail, language } = props;
  const t = await getTranslations("staff.emails");
  return (
    <section aria-labelledby="preview">
      <h2 id="preview" className="mb-4 font-semibold text-xl [overflow-wrap:anywhere]">
        {t(`names.${mail.template}`)}
        <span className="block font-normal text-base text-muted">
          {t(
            `of.${mail.of === "customer" && !kindOfTemplate(mail.template) ? "customerAccount" : mail.of}`,
            { bill: choice.bill ?? "", contract: choice.contract ?? "" },
          )}
        </span>
      </h2>
      <MailboxLine mail={mail} />
      <div className="mt-8 mb-3 flex flex-wrap gap-x-10">
        <Switch
          label={t("width")}
          values={["wide", "narrow"]}
          chosen={choice.width}
          hrefOf={(width) => `/staff/emails?${queryOf({ ...choice, width })}`}
        />
        <Switch
          label={t("theme")}
          values={["light", "dark"]}
          chosen={choice.theme}
          hrefOf={(theme) => `/staff/emails?${queryOf({ ...choice, theme })}`}
        />
      </div>
      <p className="mb-4 text-muted text-sm">{t("noImages")}</p>
      <div className={choice.width === "narrow" ? "grid gap-8 @2xl:grid-cols-2" : "grid gap-8"}>
        <div className="min-w-0">
          <h3 className="mb-2 font-semibold text-lg">{t("now")}</h3>
          <p className="mb-3 text-muted text-sm">
            {t("version", { version: short(mail.version) })}
          </p>
          <MailFrame
            title={t("frame", { subject: mail.subject })}
            src={localizedPath(language, `/staff/emails/${choice.template}?${queryOf(choice)}`)}
            narrow={choice.width === "narrow"}
            language={mail.language}
          />
        </div>
        <LastSentMail mail={lastSent} current={mail.version} choice={choice} language={language} />
      </div>
      <h3 className="mt-8 mb-2 font-semibold text-lg">{t("asText")}</h3>
      <pre
        lang={mail.language}
        className="whitespace-pre-wrap rounded-lg border border-line bg-panel p-4 text-sm [overflow-wrap:anywhere]"
      >
        {mail.text}
      </pre>
      <TestMailForm choice={choice} ownEmail={ownEmail} />
      <p className="mt-6">
        <LocalLink href="/staff/emails" className="text-accent underline underline-offset-2">
          {t("all")}
        </LocalLink>
      </p>
    </section>
  );
}

const short = (version: string) => version.slice(0, 12);

type View = "wide" | "narrow" | "light" | "dark";

interface SwitchProps<Value extends View> {
  label: string;
  values: readonly Value[];
  chosen: Value;
  hrefOf: (value: Value) => string;
}

async function Switch<Value extends View>(props: SwitchProps<Value>) {
  const t = await getTranslations("staff.emails");
  return (
    <nav aria-label={props.label} className="flex flex-wrap gap-x-5">
      {props.values.map((value) => (
        <LocalLink
          key={value}
          href={props.hrefOf(value)}
          aria-current={props.chosen === value ? "true" : undefined}
          className="inline-block py-2 text-accent underline underline-offset-2 aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:no-underline"
        >
          {t(value as View)}
        </LocalLink>
      ))}
    </nav>
  );
}
