import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { LocalLink } from "@/components/ui/local-link";
import { Unbroken } from "@/components/ui/unbroken";

/** Every question we answer, by what it is about; the start page shows some of them. */
export const QUESTIONS = {
  bills: ["optional", "paper", "change", "cutOff", "address", "directDebit", "discount", "noMail"],
  access: ["register", "codes", "email", "otherTaxId", "forgotPassword", "lostMailbox"],
  account: ["moreContracts", "contractEnd", "deletion"],
} as const;

type Question = (typeof QUESTIONS)[keyof typeof QUESTIONS][number];

/** The pages that answers lead to, by the tag that stands in their texts. */
const PAGES = {
  bills: "/bills",
  contracts: "/contracts",
  delivery: "/delivery",
  forgot: "/forgot-password",
  profile: "/profile",
  signup: "/signup",
};

interface QuestionListProps {
  questions: readonly Question[];
  /** What follows an answer, such as a list of links. */
  more?: Partial<Record<Question, ReactNode>>;
}

/** Questions that open to their answers, without JavaScript too. */
export async function QuestionList({ questions, more = {} }: QuestionListProps) {
  const t = await getTranslations("help");
  const links = Object.fromEntries(
    Object.entries(PAGES).map(([tag, href]) => [
      tag,
      (text: ReactNode) => (
        <LocalLink href={href} className="text-accent underline underline-offset-2">
          {text}
        </LocalLink>
      ),
    ]),
  );
  return (
    <div className="divide-y divide-line border-line border-y">
      {questions.map((question) => (
        <details key={question} id={question} className="group">
          <summary className="cursor-pointer py-4 font-semibold marker:text-accent">
            <Unbroken>{t(`questions.${question}.q`)}</Unbroken>
          </summary>
          <div className="max-w-prose pb-5 pl-5 text-muted">
            <p>{t.rich(`questions.${question}.a`, links)}</p>
            {more[question]}
          </div>
        </details>
      ))}
    </div>
  );
}
