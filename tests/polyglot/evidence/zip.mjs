// The zip archive of a bundle, built again from its entries (formats.md §10). All numbers are little-endian.

export const LocalHeaderLength = 30;
const Date1980 = 0x0021;
const Max16 = 0xffff;
const Max32 = 0xffffffff;

const u16 = (...values) => {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeUInt16LE(value, 2 * i));
  return bytes;
};
const u32 = (...values) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i));
  return bytes;
};
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const signature = (third, fourth) => Buffer.of(0x50, 0x4b, third, fourth);

export const localHeader = ({ name, length, crc }) =>
  Buffer.concat([signature(3, 4), u16(10, 0, 0, 0, Date1980), u32(crc, length, length), u16(name.length, 0), name]);

function centralHeader({ name, length, crc, offset }) {
  const far = offset >= Max32;
  const version = far ? 45 : 10;
  const extra = far ? Buffer.concat([u16(1, 8), u64(offset)]) : Buffer.alloc(0);
  return Buffer.concat([
    signature(1, 2), u16(version, version, 0, 0, 0, Date1980), u32(crc, length, length), u16(name.length, extra.length, 0, 0, 0),
    u32(0, Math.min(offset, Max32)), name, extra,
  ]);
}

/** Everything after the last entry. */
export function directory(entries, offset) {
  const headers = Buffer.concat(entries.map(centralHeader));
  const count = entries.length;
  const parts = [headers];
  if (count >= Max16 || headers.length >= Max32 || offset >= Max32) {
    parts.push(signature(6, 6), u64(44), u16(45, 45), u32(0, 0), u64(count), u64(count), u64(headers.length), u64(offset));
    parts.push(signature(6, 7), u32(0), u64(offset + headers.length), u32(1));
  }
  parts.push(signature(5, 6), u16(0, 0, Math.min(count, Max16), Math.min(count, Max16)), u32(Math.min(headers.length, Max32), Math.min(offset, Max32)), u16(0));
  return Buffer.concat(parts);
}
