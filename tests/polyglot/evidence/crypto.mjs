// Hashes and signatures of formats.md §1, with what node:crypto has.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { canonicalBytes } from './json.mjs';

export const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** "lucid/…" followed by one zero byte. */
export const tag = (name) => Buffer.from(`${name}\0`, 'ascii');
export const tagged = (name, ...parts) => Buffer.concat([tag(name), ...parts]);
export const taggedHash = (name, ...parts) => sha256(tag(name), ...parts);
export const hex = (bytes) => bytes.toString('hex');
export const unhex = (text) => Buffer.from(text, 'hex');
export const unbase64 = (text) => Buffer.from(text, 'base64');
export const uuidBytes = (text) => unhex(text.replaceAll('-', ''));

export function u64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

// y coordinates of the points whose order divides 8, little-endian, sign bit cleared: (0,1), (0,-1), (±i,0) and four of order 8.
const SmallOrder = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]);
const FieldPrime = (1n << 255n) - 19n;
const SpkiPrefix = unhex('302a300506032b6570032100');

function y(point) {
  const bytes = Buffer.from(point);
  bytes[31] &= 0x7f;
  return bytes;
}

const isSmall = (point) => SmallOrder.has(hex(y(point)));
const isCanonical = (point) => BigInt(`0x${hex(y(point).reverse())}`) < FieldPrime;

/** Strict Ed25519. OpenSSL refuses S >= L and compares the bytes of R, which is the equation without the cofactor. */
export function ed25519(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (isSmall(publicKey) || !isCanonical(publicKey) || isSmall(signature.subarray(0, 32))) return false;
  const key = createPublicKey({ key: Buffer.concat([SpkiPrefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
}

/** ES256 with r ‖ s; a JWK that is no point of the curve verifies nothing. */
export function es256(jwk, message, signature) {
  try {
    return verify('sha256', message, { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

/** RFC 7638, over exactly the members that a public key carries here. */
export const thumbprint = (jwk) => sha256(canonicalBytes(jwk)).toString('base64url');
