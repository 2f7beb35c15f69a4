// Transactions and anchor entries (formats.md §7).
import { require } from './faults.mjs';
import { array, base64, canonicalBytes, hash, integer, object, oneOf, optional, parse, time, u64Text, uuid } from './json.mjs';
import { ed25519, hex, sha256, tagged, unbase64 } from './crypto.mjs';
import { ed25519Key } from './genesis.mjs';

const MaxBytes = 102_400;

const transaction = object({
  data: (value, path) => require(typeof value === 'object' && !Array.isArray(value), `${path} is no object`),
  fee: oneOf(0),
  network_id: hash,
  nonce: u64Text,
  sender: ed25519Key,
  signature: base64(64),
  timestamp_ms: integer(),
  type: oneOf('session_anchor', 'data_storage', 'consensus_vote', 'system'),
  v: oneOf(1),
});

export const record = object({
  v: oneOf(1),
  session_id: uuid,
  owner_ref: hash,
  merkle_root: hash,
  manifest_hash: hash,
  policy_hash: optional(hash),
  hash_alg: oneOf('sha256-rfc6962'),
  chunk_count: integer(1, 1 << 20),
  total_size: integer(0, 107_374_182_400),
  created_at: time,
  started_at: optional(time),
  ended_at: optional(time),
});

export const anchorEntry = object({ owner_signature: optional(base64(64)), record, signer_key: optional(ed25519Key) });
const batchData = object({ batch_root: hash, session_ids: array(uuid, 1, 1000) });

const unsigned = ({ signature, ...rest }) => tagged('lucid/tx/v1', canonicalBytes(rest));
export const transactionId = (value) => hex(sha256(unsigned(value)));

/** Reads a transaction and verifies its signature. */
export function readTransaction(bytes, networkId) {
  require(bytes.length <= MaxBytes, 'the transaction is too long');
  const value = parse(bytes, transaction, 'transaction');
  require(value.network_id === hex(networkId), 'the transaction is of another network');
  require(ed25519(unbase64(value.sender), unsigned(value), unbase64(value.signature)), 'the signature of the transaction does not verify');
  return value;
}

/** What an anchor transaction carries: one entry, or a batch. */
export function readAnchorData(value) {
  require(value.type === 'session_anchor', 'the transaction anchors nothing');
  const batch = Object.hasOwn(value.data, 'batch_root');
  (batch ? batchData : anchorEntry)(value.data, 'data');
  if (batch) require(new Set(value.data.session_ids).size === value.data.session_ids.length, 'a session stands twice in the batch');
  return { batch: batch ? value.data : undefined, entry: batch ? undefined : value.data };
}

/** The owner's signature of an entry, if there is one. True when there is one. */
export function verifyOwner(entry) {
  require((entry.owner_signature === undefined) === (entry.signer_key === undefined), 'signature and key of the owner stand together');
  if (entry.signer_key === undefined) return false;
  const message = tagged('lucid/anchor/v1', canonicalBytes(entry.record));
  require(ed25519(unbase64(entry.signer_key), message, unbase64(entry.owner_signature)), "the owner's signature does not verify");
  return true;
}
