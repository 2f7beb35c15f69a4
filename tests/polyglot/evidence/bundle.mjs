// The evidence bundle (formats.md §10) and its whole verification (§11).
import { crc32 } from './crc32.mjs';
import { require, Unreadable, within } from './faults.mjs';
import { array, base64, base64url, canonicalBytes, hash, integer, object, oneOf, parse, text, uuid } from './json.mjs';
import { es256, hex, sha256, thumbprint, unbase64, uuidBytes } from './crypto.mjs';
import { chunkHash, Flag, MaxFile, readHeader } from './chunk.mjs';
import { Kems } from './hpke.mjs';
import { manifestKey } from './genesis.mjs';
import { manifestHash, readManifest, signedBytes } from './manifest.mjs';
import { compareKnown, readReceipt, verifyReceipt } from './receipt.mjs';
import { directory, localHeader, LocalHeaderLength } from './zip.mjs';

const MaxDocument = 402653184;
const ReadmeHash = 'aaaf7810e81dd3d26469941a93b8fd69d807b26d5df06041c1d4052e9c665f19';

const index = object({ entries: array(object({ length: integer(0, MaxDocument), path: text(64), sha256: hash })), v: oneOf(1) });
const keys = object({
  dek_id: uuid,
  envelopes: array(object({ alg: oneOf(...Object.keys(Kems)), enc: base64(), kid: base64url(32), wrapped: base64(48) })),
  manifest_key: manifestKey,
  session_id: uuid,
  v: oneOf(1),
});

export const chunkPath = (i) => `chunks/${String(i).padStart(6, '0')}.lck1`;

/** Reads entries one after the other and remembers what the directory at the end has to say. */
class Entries {
  #offset = 0;
  seen = [];

  constructor(source) {
    this.source = source;
  }

  /** The next entry, which has to have this path. */
  next(path, mostLength = Infinity) {
    const start = this.#offset;
    const name = Buffer.from(path, 'utf8');
    const header = this.source.read(start, LocalHeaderLength + name.length);
    require(header.length === LocalHeaderLength + name.length, 'the bundle ends early');
    const length = header.readUInt32LE(22);
    require(length <= mostLength, 'the entry is longer than it may be');
    const data = this.source.read(start + header.length, length);
    require(data.length === length, 'the bundle ends early');
    const entry = { path, name, length, crc: crc32(data), offset: start, data };
    require(localHeader(entry).equals(header), 'the header of the entry is another one than follows from it');
    this.seen.push({ ...entry, data: undefined });
    this.#offset = start + header.length + length;
    return data;
  }

  /** The bytes of an entry that was read before. */
  again(i) {
    const { offset, name, length } = this.seen[i];
    return this.source.read(offset + LocalHeaderLength + name.length, length);
  }

  /** What follows the last entry is exactly the directory. */
  end() {
    const expected = directory(this.seen, this.#offset);
    const rest = this.source.read(this.#offset, expected.length + 1);
    require(rest.equals(expected), 'what follows the last entry is not the directory of these entries');
  }
}

/** A bundle begins with the local header of index.json; its checksum and length are its own. */
function requireBeginning(source) {
  const name = Buffer.from('index.json');
  const header = source.read(0, LocalHeaderLength + name.length);
  const isWhole = header.length === LocalHeaderLength + name.length;
  if (!isWhole || !localHeader({ name, crc: header.readUInt32LE(14), length: header.readUInt32LE(18) }).equals(header)) {
    throw new Unreadable('the file does not begin like a bundle');
  }
}

/** Judges a bundle: source = { read(offset, length) }, fewer bytes at its end. Throws Invalid or Unreadable. */
export function verifyBundle(source, { genesis: pinned = undefined, known = [] } = {}) {
  requireBeginning(source);
  const entries = new Entries(source);
  const listed = within('index.json', () => parse(entries.next('index.json'), index, 'index.json').entries);
  let position = 0;
  const next = (path, most) => within(path, () => {
    const entry = listed[position++];
    require(entry?.path === path, 'the index lists something else at this place');
    const data = entries.next(path, most);
    require(data.length === entry.length && hex(sha256(data)) === entry.sha256, 'length or SHA-256 is not that of the index');
    return data;
  });

  const manifestBytes = next('manifest.json');
  const manifest = within('manifest.json', () => readManifest(manifestBytes));
  const belonging = ['manifest.json', 'receipt.json', ...manifest.chunks.map(({ index: i }) => chunkPath(i)), 'keys.json', 'README.txt'];
  within('index.json', () => require(canonicalBytes(listed.map(({ path }) => path)).equals(canonicalBytes(belonging)), 'the index lists other entries than belong to the manifest'));
  const receiptBytes = next('receipt.json');
  const receipt = within('receipt.json', () => readReceipt(receiptBytes));
  const chain = within('receipt.json', () => verifyReceipt(receipt, pinned));
  const compared = within('receipt.json', () => compareKnown(chain.points, known, chain.genesis.networkId));
  within('receipt.json', () => verifyRecord(receipt.anchor.record, manifest));
  within('manifest.json', () => verifySignature(manifest, chain.set));
  manifest.chunks.forEach((chunk) => {
    const path = chunkPath(chunk.index);
    const file = next(path, MaxFile);
    within(path, () => verifyChunk(file, chunk, manifest));
  });
  const keysBytes = next('keys.json');
  const keyFile = within('keys.json', () => readKeys(keysBytes, manifest));
  const readme = next('README.txt');
  within('README.txt', () => require(hex(sha256(readme)) === ReadmeHash, 'the text is not that of version 1'));
  entries.end();
  return { manifest, receipt, chain, compared, keys: keyFile, chunkFile: (i) => entries.again(3 + i) };
}

/** Step 7: the anchor is of this manifest. */
function verifyRecord(record, manifest) {
  const expected = {
    session_id: manifest.session_id,
    merkle_root: manifest.merkle.root,
    manifest_hash: manifestHash(manifest),
    policy_hash: manifest.policy?.policy_hash,
    chunk_count: manifest.chunk_count,
    total_size: manifest.total_cipher_bytes,
    created_at: manifest.created_at,
    started_at: manifest.session.started_at,
    ended_at: manifest.session.ended_at,
  };
  for (const [name, value] of Object.entries(expected)) require(record[name] === value, `${name} of the anchor is not that of the manifest`);
}

function verifySignature(manifest, set) {
  require(manifest.signature !== undefined, 'the manifest is not signed');
  const key = set.manifest_keys.find((jwk) => thumbprint(jwk) === manifest.signature.kid);
  require(key !== undefined, 'the key of the manifest is not in force');
  require(es256(key, signedBytes(manifest), unbase64(manifest.signature.value)), 'the signature of the manifest does not verify');
}

function verifyChunk(file, chunk, manifest) {
  require(hex(chunkHash(manifest.session_id, chunk.index, file)) === chunk.chunk_hash, 'the chunk is not the one of the manifest');
  const header = readHeader(file);
  require(header.sessionId.equals(uuidBytes(manifest.session_id)), 'the chunk is of another session');
  require(header.index === BigInt(chunk.index), 'the chunk has another index');
  require(header.keyId.equals(uuidBytes(manifest.crypto.dek_id)), 'the chunk names another key');
  require(header.stream === chunk.stream && header.compression === chunk.compression, 'stream or compression is not that of the manifest');
  require(file.length === chunk.cipher_len, 'the length of the chunk is not that of the manifest');
  require(((header.flags & Flag.truncated) !== 0) === (chunk.status === 'truncated'), 'the chunk says otherwise whether it is truncated');
  require((header.flags & Flag.last) === 0 || chunk.index === manifest.chunks.at(-1).index, 'a chunk before the last one says that it is the last');
}

function readKeys(bytes, manifest) {
  const value = parse(bytes, keys, 'keys.json');
  require(value.session_id === manifest.session_id && value.dek_id === manifest.crypto.dek_id, 'the keys are of another recording');
  require(thumbprint(value.manifest_key) === manifest.signature.kid, 'the key is not the one that signed the manifest');
  const named = value.envelopes.map(({ kid, alg }) => ({ alg, kid }));
  require(canonicalBytes(named).equals(canonicalBytes(manifest.crypto.recipients.map(({ kid, alg }) => ({ alg, kid })))), 'the envelopes are not those of the recipients');
  for (const { alg, enc } of value.envelopes) require(unbase64(enc).length === Kems[alg].encLength, 'an encapsulated key has another length than its algorithm');
  return value;
}
