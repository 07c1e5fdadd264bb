"use client";

import { useEffect, useRef, useState } from "react";

/** What is said while a file goes to the storage, and when it does not. */
interface DirectUploadWords {
  sending: string;
  failed: string;
  /** By the problem that the server named. */
  problems: Record<string, string>;
}

interface DirectUploadProps {
  /** Where the form may ask for a place in the storage. */
  address: string;
  /** Bytes of a form that the server takes itself. */
  formBytes: number;
  words: DirectUploadWords;
}

interface Offer {
  id: string;
  puts: Record<string, { url: string; headers: Record<string, string> }>;
}

/**
 * Within a form with files: what is too large for it goes to the storage itself, and the form takes its id along.
 * Without a script the form does what it can.
 */
export function DirectUpload({ address, formBytes, words }: DirectUploadProps) {
  const marker = useRef<HTMLDivElement>(null);
  const underWay = useRef(false);
  const [sent, setSent] = useState<{ done: number; of: number } | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const form = marker.current?.closest("form");
    const onSubmit = (event: SubmitEvent) => {
      const files = form ? filesOf(form) : {};
      const bytes = Object.values(files).reduce((sum, { size }) => sum + size, 0);
      if (!form || !files.file || bytes <= formBytes) {
        return;
      }
      event.preventDefault();
      // A second press sends nothing a second time.
      if (underWay.current) {
        return;
      }
      underWay.current = true;
      setProblem("");
      setSent({ done: 0, of: bytes });
      sendFiles(form, address, files, (done) => setSent({ done, of: bytes }))
        .then((offer) => sendForm(form, offer.id, files))
        .catch((error: unknown) => {
          underWay.current = false;
          setSent(null);
          setProblem(words.problems[error instanceof Problem ? error.code : ""] ?? words.failed);
        });
    };
    form?.addEventListener("submit", onSubmit);
    return () => form?.removeEventListener("submit", onSubmit);
  }, [address, formBytes, words]);
  return (
    <div ref={marker}>
      {sent ? (
        <p className="mb-5" role="status">
          <label htmlFor="sent" className="block font-semibold">
            {words.sending}
          </label>
          <progress id="sent" max={sent.of} value={sent.done} className="mt-2 w-full max-w-md" />
        </p>
      ) : null}
      {problem ? (
        <p role="alert" className="mb-5 font-semibold text-danger">
          {problem}
        </p>
      ) : null}
    </div>
  );
}

/** The server's reason not to take the files. */
class Problem extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

function filesOf(form: HTMLFormElement): Record<string, File> {
  return Object.fromEntries(
    [...new FormData(form)].filter(
      (entry): entry is [string, File] => entry[1] instanceof File && entry[1].size > 0,
    ),
  );
}

/** Asks for places and fills them, one file after the other. */
async function sendFiles(
  form: HTMLFormElement,
  address: string,
  files: Record<string, File>,
  onProgress: (bytes: number) => void,
): Promise<Offer> {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const announced = Object.entries(files).map(([part, { name, size }]) => [
    part,
    { name, bytes: size },
  ]);
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(Object.fromEntries([...fields, ...announced])),
  });
  const told = (await answer.json()) as Offer & { problem?: string };
  if (!answer.ok) {
    throw new Problem(told.problem ?? "");
  }
  let before = 0;
  for (const [part, { url, headers }] of Object.entries(told.puts)) {
    const file = files[part];
    if (file) {
      await put(url, headers, file, (bytes) => onProgress(before + bytes));
      before += file.size;
    }
  }
  return told;
}

/** One PUT; a request of this kind alone tells how far it is. */
function put(
  url: string,
  headers: Record<string, string>,
  file: File,
  onProgress: (bytes: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () =>
      request.status < 300 ? resolve() : reject(new Error(String(request.status)));
    request.onerror = () => reject(new Error("no answer"));
    request.send(file);
  });
}

/** Sends the form without its files. */
function sendForm(form: HTMLFormElement, upload: string, files: Record<string, File>): void {
  for (const [name, value] of Object.entries({ upload, fileName: files.file?.name ?? "" })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  for (const input of form.querySelectorAll<HTMLInputElement>("input[type=file]")) {
    input.disabled = true;
  }
  // Past the listener above.
  form.submit();
}
