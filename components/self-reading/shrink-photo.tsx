"use client";

import { useEffect, useRef } from "react";

/** Pixels of the longer side: the figures of a meter are still read on it. */
const LONGER_SIDE = 2_400;
const QUALITY = 0.85;

/**
 * Within a form with one photo: draws a photo that has too many bytes smaller before it is sent. What the browser
 * cannot draw, and every photo without a script, goes as it is, and the server says what is wrong.
 */
export function ShrinkPhoto({ mostBytes }: { mostBytes: number }) {
  const marker = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const form = marker.current?.closest("form");
    const input = form?.querySelector<HTMLInputElement>("input[type=file]");
    const onSubmit = (event: SubmitEvent) => {
      const [photo] = input?.files ?? [];
      if (!form || !input || !photo || photo.size <= mostBytes) {
        return;
      }
      event.preventDefault();
      drawnSmaller(photo)
        .then((smaller) => {
          const files = new DataTransfer();
          files.items.add(smaller);
          input.files = files.files;
        })
        .catch(() => {})
        // Past this listener.
        .finally(() => form.submit());
    };
    form?.addEventListener("submit", onSubmit);
    return () => form?.removeEventListener("submit", onSubmit);
  }, [mostBytes]);
  return <span ref={marker} hidden />;
}

async function drawnSmaller(photo: File): Promise<File> {
  // As the phone was held: the drawn picture has no note of that.
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGER_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const drawn = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, "image/jpeg", QUALITY),
  );
  if (!drawn) {
    throw new Error("not drawn");
  }
  return new File([drawn], "photo.jpg", { type: "image/jpeg" });
}
