// Where the bytes of a bundle come from. read() gives fewer bytes at the end of the file.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Unreadable } from './faults.mjs';

export const memory = (bytes) => ({ read: (offset, length) => bytes.subarray(offset, offset + length) });

/** Reads a file piece by piece: a recording need not fit into memory. */
export function withFile(path, use) {
  let descriptor;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw new Unreadable(`${path} cannot be opened: ${error.code}`);
  }
  try {
    const { size } = fstatSync(descriptor);
    return use({
      read(offset, length) {
        const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
        let done = 0;
        try {
          while (done < bytes.length) {
            const count = readSync(descriptor, bytes, done, bytes.length - done, offset + done);
            if (count === 0) break;
            done += count;
          }
        } catch (error) {
          throw new Unreadable(`${path} cannot be read: ${error.code}`);
        }
        return bytes.subarray(0, done);
      },
    });
  } finally {
    closeSync(descriptor);
  }
}
