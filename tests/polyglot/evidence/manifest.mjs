// The manifest (formats.md §5).
import { require } from './faults.mjs';
import { array, base64, base64url, boolean, canonicalBytes, hash, integer, object, oneOf, optional, parse, text, time, uuid } from './json.mjs';
import { hex, sha256, tagged, unhex } from './crypto.mjs';
import { fileLength, MaxFile } from './chunk.mjs';
import { root } from './merkle.mjs';

const kid = base64url(32);
const MaxPlain = 67_108_864;
const MaxChunks = 1 << 20;
const MaxItems = 100_000;
const run = integer(0, 2 ** 31 - 1);

const shape = object({
  v: oneOf(1),
  manifest_id: uuid,
  session_id: uuid,
  manifest_version: integer(1),
  previous_manifest_hash: optional(hash),
  owner_id: text(128),
  node_id: text(128),
  server_id: text(128),
  created_at: time,
  session: object({
    started_at: time,
    ended_at: time,
    duration_ms: integer(),
    paused: array(object({ from_ms: integer(), to_ms: integer() }), 0, MaxItems),
    gaps: array(object({ from_ms: integer(), to_ms: integer(), reason: text(256) }), 0, MaxItems),
    end_reason: text(256),
  }),
  capture: object({
    codec: text(64),
    audio_codec: optional(text(64)),
    fps: integer(1, 1000),
    runs: array(object({ run, width: integer(1, 65535), height: integer(1, 65535) }), 0, MaxItems),
    recorder_version: text(128),
    capture_build: text(128),
  }),
  policy: optional(object({ policy_id: text(128), policy_hash: hash })),
  consents: array(object({ consent_id: uuid, receipt_hash: hash }), 0, 64),
  crypto: object({
    suite: oneOf('LCK1-HKDF-SHA256-A256GCM'),
    segment_size: oneOf(65536),
    custody: oneOf('owner', 'owner+platform'),
    dek_id: uuid,
    recipients: array(object({ kid, alg: text(64) }), 0, 64),
  }),
  chunks: array(object({
    index: integer(0, MaxChunks - 1),
    stream: oneOf('init', 'av', 'events'),
    run,
    start_ms: integer(),
    end_ms: integer(),
    plain_len: integer(0, MaxPlain),
    cipher_len: integer(112, MaxFile),
    compression: oneOf('none', 'zstd'),
    chunk_hash: hash,
    status: oneOf('stored', 'truncated'),
  }), 1, MaxChunks),
  missing: array(integer(0, MaxChunks - 1)),
  chunk_count: integer(),
  total_cipher_bytes: integer(),
  incomplete: boolean,
  audit_head: optional(hash),
  merkle: object({ hash: oneOf('SHA-256'), construction: oneOf('RFC6962'), root: hash, tree_size: integer(), height: integer() }),
  signature: optional(object({ alg: oneOf('ES256'), kid, value: base64(64) })),
});

/** The bytes that are hashed and signed. */
export const signedBytes = ({ signature, ...rest }) => tagged('lucid/manifest/v1', canonicalBytes(rest));
export const manifestHash = (manifest) => hex(sha256(signedBytes(manifest)));

/** Reads a manifest and checks everything in it that needs no other document. */
export function readManifest(bytes) {
  const manifest = parse(bytes, shape, 'manifest.json');
  const { chunks, missing, merkle, session } = manifest;
  require((manifest.previous_manifest_hash !== undefined) === manifest.manifest_version > 1, 'the hash of the previous manifest is present exactly from version 2 on');
  require(session.started_at <= session.ended_at, 'the session ends before it starts');
  for (const span of [...session.paused, ...session.gaps]) require(span.from_ms <= span.to_ms, 'a span ends before it starts');
  require(new Set(manifest.crypto.recipients.map((r) => r.kid)).size === manifest.crypto.recipients.length, 'a recipient is named twice');

  const ascending = (list) => list.every((value, i) => i === 0 || list[i - 1] < value);
  const indices = chunks.map((chunk) => chunk.index);
  require(ascending(indices) && ascending(missing), 'chunks or missing indices are not in order');
  const all = [...indices, ...missing].sort((a, b) => a - b);
  require(all.every((value, i) => value === i), 'the indices of stored and missing chunks have a hole or a repetition');

  for (const chunk of chunks) {
    const uncompressed = fileLength(chunk.plain_len);
    require(chunk.compression === 'none' ? chunk.cipher_len === uncompressed : chunk.cipher_len < uncompressed, `the lengths of chunk ${chunk.index} do not go together`);
    require(chunk.start_ms <= chunk.end_ms, `chunk ${chunk.index} ends before it starts`);
  }
  require(manifest.chunk_count === chunks.length && merkle.tree_size === chunks.length, 'the number of chunks is not that of the list');
  require(manifest.total_cipher_bytes === chunks.reduce((sum, chunk) => sum + chunk.cipher_len, 0), 'the total of bytes is not that of the list');
  require(manifest.incomplete === (missing.length > 0 || chunks.some((chunk) => chunk.status === 'truncated')), 'incomplete is not what the chunks say');
  require(merkle.height === Math.ceil(Math.log2(merkle.tree_size)), 'the height of the tree does not follow from its size');
  require(hex(root(chunks.map((chunk) => unhex(chunk.chunk_hash)))) === merkle.root, 'the Merkle root is not that of the chunks');
  return manifest;
}
