import type { ReactNode } from "react";
import { Icon } from "./icon";
import { Unbroken } from "./unbroken";

const TONES = {
  info: "border-accent bg-accent-soft",
  success: "border-success bg-success-soft",
  warning: "border-warning bg-warning-soft",
  danger: "border-danger bg-danger-soft",
} as const;

const MARKS = {
  info: "text-accent",
  success: "text-success",
  warning: "text-warning",
  danger: "text-danger",
} as const;

export type Tone = keyof typeof TONES;

interface NoticeProps {
  tone?: Tone;
  title?: string;
  /** For what an action answers: screen readers are told. What is part of the page stays quiet. */
  announced?: boolean;
  children: ReactNode;
}

/** A message of the page; tells its kind by words, colour and drawing only repeat it. */
export function Notice({ tone = "info", title, announced = false, children }: NoticeProps) {
  const role = tone === "danger" ? "alert" : "status";
  return (
    <div
      role={announced ? role : undefined}
      className={`mb-6 flex gap-3 border-l-4 p-4 ${TONES[tone]}`}
    >
      <Icon name={tone} className={`mt-0.5 size-6 ${MARKS[tone]}`} />
      <div className="min-w-0 grow [overflow-wrap:anywhere]">
        {title ? (
          <p className="font-semibold">
            <Unbroken>{title}</Unbroken>
          </p>
        ) : null}
        <div>{children}</div>
      </div>
    </div>
  );
}
