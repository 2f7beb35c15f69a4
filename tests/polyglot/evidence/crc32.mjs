// CRC-32 as zip has it (Node 20.15 and 22.2 brought their own).
import * as zlib from 'node:zlib';

const Table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function computed(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = Table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

export const crc32 = zlib.crc32 ?? computed;
