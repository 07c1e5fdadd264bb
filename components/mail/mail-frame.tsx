interface MailFrameProps {
  title: string;
  src: string;
  narrow: boolean;
  /** Of the mail, which may be another than the page's. */
  language: string;
}

/** An e-mail's HTML in a frame where nothing of it can run or load. */
export function MailFrame({ title, src, narrow, language }: MailFrameProps) {
  return (
    <iframe
      key={src}
      title={title}
      src={src}
      sandbox=""
      lang={language}
      className={`h-[52rem] max-w-full rounded-lg border border-line bg-panel ${narrow ? "w-[360px]" : "w-full"}`}
    />
  );
}
