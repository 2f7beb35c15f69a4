// RFC 6962 trees (formats.md §2).
import { sha256 } from './crypto.mjs';

export const leafHash = (input) => sha256(Buffer.of(0), input);
const node = (left, right) => sha256(Buffer.of(1), left, right);

/** Root over leaf inputs. */
export function root(inputs) {
  if (inputs.length === 0) return sha256();
  const stack = []; // perfect subtrees, largest first
  for (const input of inputs) {
    let tree = { size: 1, hash: leafHash(input) };
    while (stack.at(-1)?.size === tree.size) tree = { size: tree.size * 2, hash: node(stack.pop().hash, tree.hash) };
    stack.push(tree);
  }
  return stack.reduceRight((right, left) => ({ hash: node(left.hash, right.hash) })).hash;
}

/** RFC 9162 §2.1.3.2. Sizes are BigInts, for heights of a chain may be large. */
export function verifyInclusion(leaf, index, size, path, expected) {
  index = BigInt(index);
  size = BigInt(size);
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1n;
  let hash = leaf;
  for (const sibling of path) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      hash = node(sibling, hash);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      hash = node(hash, sibling);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && hash.equals(expected);
}

/** RFC 9162 §2.1.4.2. */
export function verifyConsistency(first, second, path, firstRoot, secondRoot) {
  first = BigInt(first);
  second = BigInt(second);
  if (first === 0n || first > second) return false;
  if (first === second) return path.length === 0 && firstRoot.equals(secondRoot);
  if (path.length === 0) return false;
  const steps = (first & (first - 1n)) === 0n ? [firstRoot, ...path] : path;
  let fn = first - 1n;
  let sn = second - 1n;
  while (fn & 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let [fr, ...rest] = steps;
  let sr = fr;
  for (const step of rest) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = node(step, fr);
      sr = node(step, sr);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = node(sr, step);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && fr.equals(firstRoot) && sr.equals(secondRoot);
}
