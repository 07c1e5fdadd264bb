import { crc32, deflateRawSync } from "node:zlib";

/** One file of a ZIP as it is written, right or wrong. */
export interface ZipFileBytes {
  name: string;
  content?: Buffer;
  stored?: boolean;
  flags?: number;
  method?: number;
  /** Unix kind and rights, such as 0o120777 for a link. */
  mode?: number;
  /** What the directory says instead of the truth. */
  says?: { bytes?: number; packed?: number; crc32?: number; offset?: number };
}

/** A ZIP file, byte by byte: libraries refuse to write wrong ones. */
export function zipOf(files: ZipFileBytes[], { entries = files.length } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = Buffer.alloc(0), stored, says = {}, ...file } of files) {
    const packed = stored ? content : deflateRawSync(content);
    const method = file.method ?? (stored ? 0 : 8);
    const raw = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE((file.flags ?? 0) | 0x800, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(says.crc32 ?? crc32(content), 10);
    common.writeUInt32LE(says.packed ?? packed.length, 14);
    common.writeUInt32LE(says.bytes ?? content.length, 18);
    common.writeUInt16LE(raw.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, raw, packed]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(((file.mode ?? 0) << 16) >>> 0, 6);
    central.writeUInt32LE(says.offset ?? offset, 10);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 3]), common, central, raw);
    parts.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries & 0xffff, 4);
  end.writeUInt16LE(entries & 0xffff, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from("PK\x05\x06"), end]);
}
