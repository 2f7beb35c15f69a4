// The worked example of formats.md, computed again from its inputs.
import { canonical } from './json.mjs';
import { ed25519, es256, hex, sha256, taggedHash, thumbprint, unbase64, unhex } from './crypto.mjs';
import { blockHash, blockSignatureBytes, readCommit, readHeader, voteBytes } from './block.mjs';
import { chunkHash, open } from './chunk.mjs';
import { readGenesis, setHash } from './genesis.mjs';
import { openEnvelope, recipient } from './hpke.mjs';
import { manifestHash, readManifest, signedBytes } from './manifest.mjs';
import { leafHash, root, verifyConsistency, verifyInclusion } from './merkle.mjs';
import { readReceipt, verifyReceipt } from './receipt.mjs';
import { readTransaction, transactionId } from './transaction.mjs';
import { directory, localHeader } from './zip.mjs';
import { crc32 } from './crc32.mjs';

/** name → value of every block marked `vectors`. */
export function readVectors(document) {
  const lines = [...document.matchAll(/```vectors\n([\s\S]*?)```/g)].flatMap(([, block]) => block.trimEnd().split('\n'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
}

/** What follows from the others, by name; `true` is said where a value is checked and not computed. */
const computations = {
  jcs_output: (v) => canonical(JSON.parse(v.jcs_input)),
  root_1: () => hex(root(chunkHashes(1))),
  root_2: () => hex(root(chunkHashes(2))),
  root_3: () => hex(root(chunkHashes(3))),
  root_7: () => hex(root(chunkHashes(7))),
  inclusion_4_of_7: (v) => verifyInclusion(leafHash(chunkHashes(7)[4]), 4, 7, hashes(v.inclusion_4_of_7), unhex(v.root_7)),
  consistency_3_to_7: (v) => verifyConsistency(3, 7, hashes(v.consistency_3_to_7), unhex(v.root_3), unhex(v.root_7)),
  plain: (v) => hex(open(unhex(v.lck1_file), unhex(v.data_key), 20)),
  lck1_sha256: (v) => hex(sha256(unhex(v.lck1_file))),
  chunk_hash: (v) => hex(chunkHash(JSON.parse(v.manifest).session_id, 0, unhex(v.lck1_file))),
  data_key: (v) => hex(openEnvelope(JSON.parse(v.envelope), privateJwk(v), JSON.parse(v.keys).session_id, JSON.parse(v.keys).dek_id)),
  envelope: (v) => JSON.parse(v.envelope).kid === recipient(privateJwk(v)).kid,
  manifest: (v) => canonical(readManifest(Buffer.from(v.manifest))),
  manifest_hash: (v) => manifestHash(JSON.parse(v.manifest)),
  manifest_signature: (v) => es256(JSON.parse(v.manifest_key), signedBytes(JSON.parse(v.manifest)), unbase64(v.manifest_signature)),
  manifest_kid: (v) => thumbprint(JSON.parse(v.manifest_key)),
  network_id: (v) => hex(genesis(v).networkId),
  genesis_header: (v) => hex(genesis(v).header),
  genesis_hash: (v) => hex(genesis(v).hash),
  authority_set: (v) => canonical(genesis(v).authorities),
  validator_set_hash: (v) => hex(setHash(genesis(v).authorities)),
  transaction: (v) => canonical(readTransaction(Buffer.from(v.transaction), unhex(v.network_id))),
  tx_id: (v) => transactionId(JSON.parse(v.transaction)),
  header: (v) => readHeader(unhex(v.header)).merkleRoot.equals(leafHash(Buffer.from(v.transaction))),
  block_hash: (v) => hex(blockHash(unhex(v.header))),
  block_signature: (v) => ed25519(authority(v), blockSignatureBytes(unhex(v.block_hash)), unbase64(v.block_signature)),
  precommit_bytes: (v) => hex(voteBytes(unhex(v.network_id), 1, 3, 2, unhex(v.block_hash))),
  commit: (v) => ed25519(authority(v), unhex(v.precommit_bytes), readCommit(unhex(v.commit)).precommits[0].signature),
  commit_hash: (v) => hex(taggedHash('lucid/commit/v1', unhex(v.commit))),
  receipt: (v) => verifyReceipt(readReceipt(Buffer.from(v.receipt)), v.genesis_hash).points.length === 2,
  index: (v) => canonical({ v: 1, entries: contents(v).map(([path, bytes]) => ({ path, length: bytes.length, sha256: hex(sha256(bytes)) })) }),
  readme_sha256: (v) => hex(sha256(readme(v))),
  bundle_length: (v) => String(bundle(v).length),
  bundle_sha256: (v) => hex(sha256(bundle(v))),
};

/** Counts the vectors that were computed or checked, and names those that are not as the document says. */
export function checkVectors(document) {
  const vectors = { ...readVectors(document), readme_text: readmeOf(document) };
  const wrong = Object.entries(computations).filter(([name, compute]) => {
    try {
      const result = compute(vectors);
      return result !== true && result !== vectors[name];
    } catch (error) {
      return `${error.message}` !== '';
    }
  });
  return { computed: Object.keys(computations).length, wrong: wrong.map(([name]) => name) };
}

const chunkHashes = (count) => Array.from({ length: count }, (_, i) => sha256(Buffer.from(`chunk-${i}`)));
const hashes = (text) => text.split(' ').map(unhex);
const genesis = (v) => readGenesis(JSON.parse(v.genesis));
const authority = (v) => unbase64(JSON.parse(v.genesis).authority_keys[0]);
const privateJwk = (v) => ({ ...JSON.parse(v.recipient_jwk), d: unhex(v.recipient_private).toString('base64url') });
const readmeOf = (document) => document.match(/```readme\n([\s\S]*?)```/)?.[1];
const readme = (v) => Buffer.from(v.readme_text, 'utf8');

const contents = (v) => [
  ['manifest.json', Buffer.from(v.manifest)],
  ['receipt.json', Buffer.from(v.receipt)],
  ['chunks/000000.lck1', unhex(v.lck1_file)],
  ['keys.json', Buffer.from(v.keys)],
  ['README.txt', readme(v)],
];

function bundle(v) {
  const parts = [];
  const entries = [];
  let offset = 0;
  for (const [path, data] of [['index.json', Buffer.from(v.index)], ...contents(v)]) {
    const entry = { name: Buffer.from(path), length: data.length, crc: crc32(data), offset };
    const header = localHeader(entry);
    parts.push(header, data);
    offset += header.length + data.length;
    entries.push(entry);
  }
  return Buffer.concat([...parts, directory(entries, offset)]);
}
