// HPKE (RFC 9180), base mode, single shot, as key envelopes use it (formats.md §4).
import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { require } from './faults.mjs';
import { tagged, thumbprint, unbase64, uuidBytes } from './crypto.mjs';

const u16 = (value) => Buffer.of(value >> 8, value & 0xff);
const hmac = (key, data) => createHmac('sha256', key).update(data).digest();

export const Kems = {
  'HPKE-P256-SHA256-A256GCM': {
    id: 0x0010,
    encLength: 65,
    curve: 'P-256',
    publicJwk: (raw) => ({ kty: 'EC', crv: 'P-256', x: raw.subarray(1, 33).toString('base64url'), y: raw.subarray(33).toString('base64url') }),
    raw: (jwk) => Buffer.concat([Buffer.of(4), Buffer.from(jwk.x, 'base64url'), Buffer.from(jwk.y, 'base64url')]),
    publicMembers: ({ crv, kty, x, y }) => ({ crv, kty, x, y }),
  },
  'HPKE-X25519-SHA256-A256GCM': {
    id: 0x0020,
    encLength: 32,
    curve: 'X25519',
    publicJwk: (raw) => ({ kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }),
    raw: (jwk) => Buffer.from(jwk.x, 'base64url'),
    publicMembers: ({ crv, kty, x }) => ({ crv, kty, x }),
  },
};

/** The key id and algorithm of a private JWK. */
export function recipient(jwk) {
  const alg = Object.keys(Kems).find((name) => Kems[name].curve === jwk?.crv);
  require(alg !== undefined && typeof jwk.d === 'string', 'the key is no private JWK of P-256 or X25519');
  return { alg, kid: thumbprint(Kems[alg].publicMembers(jwk)) };
}

/** The data key of a session for the holder of a private JWK. */
export function openEnvelope(envelope, jwk, sessionId, dekId) {
  const kem = Kems[envelope.alg];
  const enc = unbase64(envelope.enc);
  const info = tagged('lucid/key-envelope/v1', uuidBytes(sessionId), uuidBytes(dekId));
  let shared;
  try {
    const dh = diffieHellman({
      privateKey: createPrivateKey({ key: jwk, format: 'jwk' }),
      publicKey: createPublicKey({ key: kem.publicJwk(enc), format: 'jwk' }),
    });
    shared = decapsulated(kem, dh, enc, kem.raw(jwk));
  } catch {
    require(false, 'the envelope has no usable encapsulated key');
  }
  const { key, nonce } = schedule(kem, shared, info);
  const wrapped = unbase64(envelope.wrapped);
  const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  cipher.setAAD(Buffer.from(envelope.kid, 'ascii'));
  cipher.setAuthTag(wrapped.subarray(-16));
  const plain = cipher.update(wrapped.subarray(0, -16));
  try {
    cipher.final();
  } catch {
    require(false, 'the envelope does not open with this key');
  }
  return plain;
}

function decapsulated(kem, dh, enc, publicKey) {
  const suite = Buffer.concat([Buffer.from('KEM'), u16(kem.id)]);
  const prk = labeledExtract(suite, Buffer.alloc(0), 'eae_prk', dh);
  return labeledExpand(suite, prk, 'shared_secret', Buffer.concat([enc, publicKey]), 32);
}

function schedule(kem, shared, info) {
  const suite = Buffer.concat([Buffer.from('HPKE'), u16(kem.id), u16(1), u16(2)]);
  const none = Buffer.alloc(0);
  const context = Buffer.concat([Buffer.of(0), labeledExtract(suite, none, 'psk_id_hash', none), labeledExtract(suite, none, 'info_hash', info)]);
  const secret = labeledExtract(suite, shared, 'secret', none);
  return { key: labeledExpand(suite, secret, 'key', context, 32), nonce: labeledExpand(suite, secret, 'base_nonce', context, 12) };
}

const labeledExtract = (suite, salt, label, ikm) => hmac(salt, Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]));

/** One block of HKDF-Expand is all that any length here needs. */
const labeledExpand = (suite, prk, label, info, length) =>
  hmac(prk, Buffer.concat([u16(length), Buffer.from('HPKE-v1'), suite, Buffer.from(label), info, Buffer.of(1)])).subarray(0, length);
