import type { ReactNode } from "react";

const TONES = {
  info: "border-accent bg-accent-soft",
  success: "border-success bg-success-soft",
  warning: "border-warning bg-warning-soft",
  danger: "border-danger bg-danger-soft",
} as const;

export type Tone = keyof typeof TONES;

interface NoticeProps {
  tone?: Tone;
  title?: string;
  children: ReactNode;
}

/** A message of the page; tells its kind by words, the colour only repeats it. */
export function Notice({ tone = "info", title, children }: NoticeProps) {
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={`mb-6 border-l-4 p-4 ${TONES[tone]}`}
    >
      {title ? <p className="font-semibold">{title}</p> : null}
      <div>{children}</div>
    </div>
  );
}
