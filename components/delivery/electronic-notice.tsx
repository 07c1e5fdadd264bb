import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Unbroken } from "@/components/ui/unbroken";
import { NOTICE_VERSION } from "@/lib/delivery/rules";

interface ElectronicNoticeProps {
  /** What electronic earns (R13); null when nothing is configured. */
  offer: string | null;
  /** From which bill it starts (R11). */
  from: string;
  /** For several contracts at once, where `offer` and `from` are lists. */
  several?: boolean;
  /** The box that accepts it. */
  children: ReactNode;
}

/** The notice in force that electronic asks to be accepted (R9); its words are of its version. */
export async function ElectronicNotice({ offer, from, several, children }: ElectronicNoticeProps) {
  const t = await getTranslations(`delivery.notice.${NOTICE_VERSION}`);
  const many = several ? "Several" : "";
  const discount = several
    ? t("discountSeveral", { offers: offer ?? "" })
    : t("discount", { offer: offer ?? "" });
  return (
    <div className="mb-5 border-accent border-l-4 bg-accent-soft p-4">
      <h3 className="mb-2 font-semibold">
        <Unbroken>{t("title")}</Unbroken>
      </h3>
      <ul className="mb-4 grid list-disc gap-1 pl-5">
        <li>{t(`paperStops${many}`)}</li>
        <li>{offer ? discount : t("noDiscount")}</li>
        <li>{t(`from${many}`, { from })}</li>
        <li>{t("back")}</li>
      </ul>
      {children}
    </div>
  );
}
