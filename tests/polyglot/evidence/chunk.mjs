// LCK1 chunks (formats.md §3).
import { createDecipheriv, hkdfSync } from 'node:crypto';
import * as zlib from 'node:zlib';
import { require } from './faults.mjs';
import { tagged, taggedHash, sha256, u64, uuidBytes } from './crypto.mjs';

export const HeaderLength = 96;
export const SegmentSize = 65536;
export const MaxFile = 10_485_760;
export const MaxPayload = 10_483_104;
const TagLength = 16;
export const Compressions = ['none', 'zstd'];
export const Streams = [undefined, 'init', 'av', 'events'];
export const Flag = { last: 1, truncated: 2 };

/** Length of the file of a chunk with this payload. */
export const fileLength = (payload) => HeaderLength + payload + TagLength * Math.max(1, Math.ceil(payload / SegmentSize));

export const chunkHash = (sessionId, index, file) =>
  taggedHash('lucid/chunk/v1', uuidBytes(sessionId), u64(index), u64(file.length), sha256(file));

export function readHeader(file) {
  require(file.length >= HeaderLength, 'the chunk is shorter than its header');
  const header = {
    bytes: file.subarray(0, HeaderLength),
    compression: Compressions[file[6]],
    stream: Streams[file[7]],
    sessionId: file.subarray(8, 24),
    index: file.readBigUInt64BE(24),
    keyId: file.subarray(32, 48),
    salt: file.subarray(48, 80),
    payloadLength: Number(file.readBigUInt64BE(84)),
    flags: file[92],
  };
  require(file.toString('latin1', 0, 4) === 'LCK1', 'the chunk does not begin with LCK1');
  require(file[4] === 1 && file[5] === 1, 'unknown version or suite of the chunk');
  require(header.compression !== undefined && header.stream !== undefined, 'unknown compression or stream of the chunk');
  require(header.index < 1n << 20n, 'the index of the chunk is too large');
  require(file.readUInt32BE(80) === SegmentSize, 'unknown segment size');
  require(header.payloadLength <= MaxPayload, 'the payload of the chunk is too long');
  require((header.flags & ~3) === 0 && file[93] === 0 && file[94] === 0 && file[95] === 0, 'reserved bits of the chunk are set');
  require(file.length === fileLength(header.payloadLength), 'the length of the chunk does not follow from its payload');
  return header;
}

/** The plain bytes of a chunk that has been verified; plainLength is that of the manifest. */
export function open(file, dataKey, plainLength) {
  const header = readHeader(file);
  const info = tagged('lucid/chunk-key/v1', header.sessionId, u64(header.index));
  const key = Buffer.from(hkdfSync('sha256', dataKey, header.salt, info, 32));
  const parts = [];
  const count = Math.max(1, Math.ceil(header.payloadLength / SegmentSize));
  for (let k = 0; k < count; k++) {
    const start = HeaderLength + k * (SegmentSize + TagLength);
    const end = Math.min(start + SegmentSize + TagLength, file.length);
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(k, 7);
    nonce[11] = k === count - 1 ? 1 : 0;
    const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TagLength });
    cipher.setAAD(header.bytes);
    cipher.setAuthTag(file.subarray(end - TagLength, end));
    const plain = cipher.update(file.subarray(start, end - TagLength));
    try {
      cipher.final();
    } catch {
      require(false, `segment ${k} does not decrypt with this key`);
    }
    parts.push(plain);
  }
  const plain = decompress(Buffer.concat(parts), header.compression, plainLength);
  require(plain.length === plainLength, 'the plain length is not that of the manifest');
  return plain;
}

function decompress(payload, compression, plainLength) {
  if (compression === 'none') return payload;
  require(typeof zlib.zstdDecompressSync === 'function', 'the chunk is compressed with zstd, which this Node cannot read (22.15 or newer can)');
  try {
    return zlib.zstdDecompressSync(payload, { maxOutputLength: Math.max(plainLength, 1) });
  } catch {
    return require(false, 'the payload is no zstd frame of the plain length');
  }
}
