interface MeterPhotoProps {
  /** The route that gives the photo to whoever may see it. */
  path: string;
  /** When it came: another one in its place has another address, and so is fetched anew. */
  addedAt: Date;
  alt: string;
}

/** The photo that came with a self-reading, as its customer and the desk see it. */
export function MeterPhoto({ path, addedAt, alt }: MeterPhotoProps) {
  return (
    // biome-ignore lint/performance/noImgElement: a private picture, which no optimiser may keep
    <img
      src={`${path}?at=${addedAt.getTime()}`}
      alt={alt}
      className="my-4 max-h-[40rem] max-w-full rounded-md border border-line"
    />
  );
}
