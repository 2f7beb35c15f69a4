// The genesis document, block 0, and the keys in force (formats.md §6).
import { require } from './faults.mjs';
import { array, base64, base64url, canonicalBytes, integer, object, oneOf, text, time } from './json.mjs';
import { ed25519, hex, sha256, tagged, taggedHash, thumbprint, unbase64 } from './crypto.mjs';
import { leafHash } from './merkle.mjs';
import { blockHash, encodeHeader, NoRoot } from './block.mjs';

export const ed25519Key = base64(32);
export const manifestKey = object({ crv: oneOf('P-256'), kty: oneOf('EC'), x: base64url(32), y: base64url(32) });
export const validator = object({ node_id: text(128), public_key: ed25519Key });
const threshold = integer(1, 100);

const document = object({
  v: oneOf(1),
  network_name: text(64),
  genesis_time: time,
  slot_seconds: integer(1, 3600),
  limits: object({ block_size_bytes: integer(65536, 16_777_216), participants_min: integer(1, 100), transactions_per_block: integer(1, 10_000) }),
  authority_keys: array(ed25519Key, 1, 100),
  validators: array(validator, 0, 100),
  governance: object({
    keys: array(ed25519Key, 1, 100),
    thresholds: object({ consensus: threshold, key_rotation: threshold, parameter: threshold, validator_set: threshold }),
  }),
  tally_issuer_key: ed25519Key,
  anchoring_keys: array(ed25519Key, 1, 100),
  manifest_keys: array(manifestKey, 1, 100),
});

const unique = (values) => new Set(values).size === values.length;

/** Checks the document inside a receipt and gives what follows from it. */
export function readGenesis(value) {
  document(value, 'genesis');
  require(86_400 % value.slot_seconds === 0, 'slot_seconds does not divide a day');
  require(Object.values(value.governance.thresholds).every((t) => t <= value.governance.keys.length), 'a threshold is higher than the number of governance keys');
  require(unique(value.authority_keys) && unique(value.anchoring_keys) && unique(value.governance.keys)
    && unique(value.validators.map((v) => v.public_key)) && unique(value.manifest_keys.map(thumbprint)), 'a key of the genesis stands twice in one list');

  const bytes = canonicalBytes(value);
  const networkId = taggedHash('lucid/genesis/v1', bytes);
  const time = Date.parse(value.genesis_time);
  const authorities = firstSet(value);
  const transaction = canonicalBytes({
    data: { document: value, subtype: 'genesis' },
    fee: 0,
    network_id: hex(networkId),
    nonce: '0',
    sender: Buffer.alloc(32).toString('base64'),
    signature: Buffer.alloc(64).toString('base64'),
    timestamp_ms: time,
    type: 'system',
    v: 1,
  });
  const zero = Buffer.alloc(32);
  const header = encodeHeader({
    networkId,
    height: 0n,
    slot: 0n,
    timestamp: BigInt(time),
    previousHash: zero,
    merkleRoot: leafHash(transaction),
    historyRoot: NoRoot,
    lastCommitHash: zero,
    validatorSetHash: setHash(authorities),
    workTallyRoot: zero,
    transactionCount: 1,
    bodySize: 4 + transaction.length,
    producer: zero,
    producerRank: 0,
  });
  return { document: value, networkId, time, authorities, header, hash: blockHash(header), slotsPerEpoch: BigInt(86_400 / value.slot_seconds) };
}

const byKeyHash = (key) => hex(sha256(unbase64(key)));
const sortedBy = (list, order) => list.map((item) => [order(item), item]).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);

/** Every list in the order in which it is hashed. */
function ordered(set) {
  return {
    ...set,
    anchoring_keys: sortedBy(set.anchoring_keys, byKeyHash),
    authority_keys: sortedBy(set.authority_keys, byKeyHash),
    governance: { ...set.governance, keys: sortedBy(set.governance.keys, byKeyHash) },
    manifest_keys: sortedBy(set.manifest_keys, thumbprint),
    validators: sortedBy(set.validators, (v) => byKeyHash(v.public_key)),
  };
}

const firstSet = (document) => ordered({
  anchoring_keys: document.anchoring_keys,
  authority_keys: document.authority_keys,
  governance: document.governance,
  manifest_keys: document.manifest_keys,
  mode: document.validators.length < document.limits.participants_min ? 'bootstrap' : 'poot',
  sequence: 0,
  tally_issuer_key: document.tally_issuer_key,
  validators: document.validators,
});

export const setHash = (set) => taggedHash('lucid/valset/v1', canonicalBytes(set));

/** The voters of a set: id in hex → key. */
export function voters(set) {
  const keys = set.mode === 'bootstrap' ? set.authority_keys : set.validators.map((v) => v.public_key);
  return new Map(keys.map((key) => [byKeyHash(key), unbase64(key)]));
}

export const quorum = (count) => Math.floor((2 * count) / 3) + 1;

const approvals = array(object({ key: ed25519Key, signature: base64(64) }));
const kid = base64url(32);
const changes = {
  validator_set: object({ approvals, reason: text(), sequence: integer(), subtype: oneOf('validator_set'), validators: array(validator, 0, 100) }),
  key_rotation: object({
    add: array(() => {}),
    approvals,
    reason: text(),
    remove: array(() => {}),
    role: oneOf('authority', 'governance', 'tally_issuer', 'anchoring', 'manifest'),
    sequence: integer(),
    subtype: oneOf('key_rotation'),
  }),
};

/** Follows the keys in force through a chain, block after block in ascending order of slots. */
export class Authorities {
  #pending; // the set of the next epoch, if the present one has had changes

  constructor(genesis) {
    this.genesis = genesis;
    this.current = genesis.authorities;
    this.epoch = 0n;
  }

  /** The set in force at a slot. */
  at(slot) {
    const epoch = slot / this.genesis.slotsPerEpoch;
    if (epoch > this.epoch && this.#pending !== undefined) {
      this.current = this.#pending;
      this.#pending = undefined;
    }
    this.epoch = epoch;
    return this.current;
  }

  /** Applies a change from a block at the slot that was asked for last. */
  apply({ data, sender }) {
    const shape = changes[data.subtype];
    require(shape !== undefined, 'the transaction changes neither keys nor validators');
    shape(data, 'data');
    const governance = this.current.governance;
    require(governance.keys.includes(sender), 'the change was not sent by a governance key');

    const { approvals, ...approved } = data;
    const message = tagged('lucid/governance/v1', this.genesis.networkId, canonicalBytes(approved));
    require(unique(approvals.map((a) => a.key)), 'an approval stands twice');
    for (const { key, signature } of approvals) {
      require(governance.keys.includes(key), 'an approval is by a key that is not in force');
      require(ed25519(unbase64(key), message, unbase64(signature)), 'an approval does not verify');
    }
    require(approvals.length >= governance.thresholds[data.subtype], 'the change has too few approvals');

    const base = this.#pending ?? this.current;
    require(data.sequence === base.sequence + 1, 'the change is not the next one of the sequence');
    const next = data.subtype === 'validator_set' ? this.#withValidators(base, data.validators) : withKeys(base, data);
    this.#pending = ordered({ ...next, sequence: data.sequence });
  }

  #withValidators(base, list) {
    const least = this.genesis.document.limits.participants_min;
    require(unique(list.map((v) => v.public_key)), 'a validator stands twice');
    if (base.mode === 'poot') {
      require(list.length >= least, 'the list of validators is too short');
      const before = this.current.validators;
      if (before.length >= 4) {
        const has = (in_, v) => in_.some((other) => other.public_key === v.public_key);
        require(before.filter((v) => !has(list, v)).length * 3 < before.length, 'a third of the validators or more would go at once');
        require(list.filter((v) => !has(before, v)).length * 3 < list.length, 'a third of the validators or more would be new at once');
      }
    }
    return { ...base, validators: list, mode: base.mode === 'poot' || list.length >= least ? 'poot' : 'bootstrap' };
  }
}

const roles = {
  authority: { get: (set) => set.authority_keys, put: (set, keys) => ({ ...set, authority_keys: keys }) },
  governance: { get: (set) => set.governance.keys, put: (set, keys) => ({ ...set, governance: { ...set.governance, keys } }) },
  anchoring: { get: (set) => set.anchoring_keys, put: (set, keys) => ({ ...set, anchoring_keys: keys }) },
  manifest: { get: (set) => set.manifest_keys, put: (set, keys) => ({ ...set, manifest_keys: keys }) },
  tally_issuer: { get: (set) => [set.tally_issuer_key], put: (set, [key]) => ({ ...set, tally_issuer_key: key }) },
};

function withKeys(base, { role, add, remove }) {
  const manifest = role === 'manifest';
  const id = manifest ? thumbprint : (key) => key;
  array(manifest ? manifestKey : ed25519Key)(add, 'data.add');
  array(manifest ? kid : ed25519Key)(remove, 'data.remove');
  require(add.length + remove.length > 0, 'the rotation changes nothing');
  const ids = add.map(id);
  require(unique(ids) && unique(remove) && !ids.some((x) => remove.includes(x)), 'the rotation names a key twice');

  const old = roles[role].get(base);
  require(remove.every((x) => old.some((key) => id(key) === x)), 'the rotation removes a key that is not there');
  require(!ids.some((x) => old.some((key) => id(key) === x)), 'the rotation adds a key that is there');
  const keys = [...old.filter((key) => !remove.includes(id(key))), ...add];
  require(keys.length >= 1 && keys.length <= 100, 'the role would have no key or too many');
  require(role !== 'tally_issuer' || keys.length === 1, 'there is exactly one tally issuer');
  require(role !== 'governance' || keys.length >= Math.max(...Object.values(base.governance.thresholds)), 'too few governance keys would remain');
  return roles[role].put(base, keys);
}
