import { arrivedFiles, readArrived, type UploadOwner } from "@/lib/storage/direct-uploads";
import { ProblemError } from "./problem";
import { type ReceivedBody, withBody } from "./received-body";
import { LARGEST_BODY, MEDIA, type Medium } from "./rules";

/** A file that was sent to the storage before, by the id that POST /uploads gave. */
export interface NamedUpload {
  id: string;
  owner: UploadOwner;
  /** What the import takes. */
  medium: Medium;
}

/** A body in a file of this machine, or a file where the storage has it. */
export type Received = ReceivedBody & ({ file: string } | { key: string; isZip: boolean });

/**
 * Lets `work` receive what a call is about: its body, or an upload that was named in its place.
 * @throws {ProblemError} if that is not taken, or is not there
 */
export async function withReceived<T>(
  request: Request,
  upload: NamedUpload | undefined,
  work: (receive: () => Promise<Received>) => Promise<T>,
): Promise<T> {
  return upload
    ? await work(() => receiveNamed(request, upload))
    : await withBody(request, LARGEST_BODY, work);
}

async function receiveNamed(
  { headers }: Request,
  { id, owner, medium }: NamedUpload,
): Promise<Received> {
  if (Number(headers.get("content-length") ?? 0) > 0) {
    throw new ProblemError("invalid_request", "Send no body beside upload=; the file is there.");
  }
  const { file } = await arrivedFiles(owner, id);
  if (!file) {
    throw new ProblemError(
      "refused",
      `Nothing arrived for the upload ${id}; ask for one with POST /uploads and send the file first.`,
    );
  }
  if (!file.key.endsWith(MEDIA[medium])) {
    throw new ProblemError("refused", `The upload ${id} was announced as something else.`);
  }
  return await readArrived(file);
}
