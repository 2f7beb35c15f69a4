// The receipt (formats.md §9) and its verification (§11, steps 3 to 6).
import { Invalid, require, Unusable } from './faults.mjs';
import { array, base64, canonical, canonicalBytes, hash, integer, object, oneOf, optional, parse, parseLoose } from './json.mjs';
import { ed25519, hex, tagged, u64, unbase64, unhex } from './crypto.mjs';
import { Authorities, ed25519Key, quorum, readGenesis, setHash, voters } from './genesis.mjs';
import { verifyFinal } from './block.mjs';
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.mjs';
import { anchorEntry, readAnchorData, readTransaction, verifyOwner } from './transaction.mjs';

const MaxBytes = 16 * 1024 * 1024;
const block = object({ commit: base64(), header: base64(295), signature: base64(64) });
const path = array(hash);
const placed = object({ leaf_index: integer(), path });
const proof = object({ block, inclusion: placed, transaction: base64() });

const shape = object({
  v: oneOf(1),
  genesis: () => {}, // readGenesis
  genesis_hash: hash,
  network_id: hash,
  anchor: anchorEntry,
  proof,
  batch: optional(placed),
  authority_chain: array(proof),
  head: optional(object({ block, consistency: path, inclusion: path })),
  witnesses: array(object({ key: ed25519Key, signature: base64(64), timestamp_ms: integer() })),
});

export function readReceipt(bytes) {
  require(bytes.length <= MaxBytes, 'the receipt is too long');
  return parse(bytes, shape, 'receipt.json');
}

/** Verifies a receipt under a pinned genesis hash (hex), or none. */
export function verifyReceipt(receipt, pinned) {
  const genesis = readGenesis(receipt.genesis);
  require(hex(genesis.hash) === receipt.genesis_hash, 'the genesis hash does not follow from the document');
  require(hex(genesis.networkId) === receipt.network_id, 'the network id does not follow from the document');
  require(pinned === undefined || pinned === receipt.genesis_hash, 'the receipt is of another genesis than the one that is pinned');

  const walk = new Walk(genesis);
  const steps = [...receipt.authority_chain];
  const shown = walk.before(steps, receipt.proof.block);
  const anchoring = walk.final(receipt.proof.block);
  const set = walk.set;
  const transaction = included(receipt.proof, anchoring.header, genesis);
  require(set.anchoring_keys.includes(transaction.sender), 'the anchor was not sent by an anchoring key');
  verifyCarried(receipt, transaction);
  const ownerSigned = verifyOwner(receipt.anchor);

  const points = [point(anchoring.header)];
  if (receipt.head !== undefined) {
    walk.before(steps, receipt.head.block);
    points.push(point(verifyHead(receipt, anchoring.header, walk)));
  }
  require(steps.length === 0, 'a change of keys is shown that is not before the blocks of the receipt');
  verifyWitnesses(receipt, genesis, points[1]);
  return { genesis, set, shown, points, ownerSigned, mode: set.mode, signers: anchoring.signers, voters: anchoring.voters, witnesses: receipt.witnesses.length, header: anchoring.header };
}

/** Blocks of a receipt in the order of the chain, each judged by the keys in force at its slot. */
class Walk {
  #last; // { height, slot, hash, leaf }

  constructor(genesis) {
    this.genesis = genesis;
    this.authorities = new Authorities(genesis);
  }

  /** Verifies and applies the steps that stand before a block. */
  before(steps, { header }) {
    const height = unbase64(header).readBigUInt64BE(38);
    while (steps.length > 0 && unbase64(steps[0].block.header).readBigUInt64BE(38) < height) {
      const step = steps.shift();
      const { header: at } = this.final(step.block, step.inclusion.leaf_index);
      const transaction = included(step, at, this.genesis);
      require(transaction.type === 'system', 'a step of the authority chain is no system transaction');
      this.authorities.apply(transaction);
    }
  }

  final(block, leaf = undefined) {
    const bytes = { header: unbase64(block.header), signature: unbase64(block.signature), commit: unbase64(block.commit) };
    const slot = bytes.header.readBigUInt64BE(46);
    const last = this.#last;
    const hash = Buffer.from(bytes.header);
    if (last !== undefined) {
      const same = last.hash.equals(hash);
      require(same ? leaf !== undefined && last.leaf !== undefined && leaf > last.leaf : bytes.header.readBigUInt64BE(38) > last.height && slot > last.slot, 'the blocks of the receipt do not ascend');
    }
    this.set = this.authorities.at(slot);
    const result = verifyFinal(bytes, this.genesis, voters(this.set), quorum, setHash(this.set));
    this.#last = { height: result.header.height, slot, hash, leaf };
    return result;
  }
}

function included({ inclusion, transaction }, header, genesis) {
  const bytes = unbase64(transaction);
  require(verifyInclusion(leafHash(bytes), inclusion.leaf_index, header.transactionCount, inclusion.path.map(unhex), header.merkleRoot), 'the transaction is not in its block');
  return readTransaction(bytes, genesis.networkId);
}

/** The transaction carries the entry itself, or a batch that contains it at the place of its session. */
function verifyCarried({ anchor, batch }, transaction) {
  const carried = readAnchorData(transaction);
  require((carried.batch === undefined) === (batch === undefined), 'the receipt has a batch path exactly when the transaction carries a batch');
  if (batch === undefined) {
    require(canonical(carried.entry) === canonical(anchor), 'the transaction carries another anchor');
    return;
  }
  const { batch_root: root, session_ids: sessions } = carried.batch;
  require(sessions[batch.leaf_index] === anchor.record.session_id, 'the session is not at this place of the batch');
  require(verifyInclusion(leafHash(canonicalBytes(anchor)), batch.leaf_index, sessions.length, batch.path.map(unhex), unhex(root)), 'the anchor is not in the batch');
}

function verifyHead({ head }, anchoring, walk) {
  const { header } = walk.final(head.block);
  require(verifyInclusion(leafHash(anchoring.hash), anchoring.height, header.height, head.inclusion.map(unhex), header.historyRoot), 'the block is not in the history of the later head');
  require(verifyConsistency(anchoring.height, header.height, head.consistency.map(unhex), anchoring.historyRoot, header.historyRoot), 'the later head does not continue the history of the block');
  return header;
}

function verifyWitnesses({ witnesses }, genesis, head) {
  require(witnesses.length === 0 || head !== undefined, 'witnesses need a head');
  require(new Set(witnesses.map((w) => w.key)).size === witnesses.length, 'a witness stands twice');
  for (const { key, signature, timestamp_ms: time } of witnesses) {
    const message = tagged('lucid/witness/v1', genesis.networkId, u64(head.height), unhex(head.root), u64(time));
    require(ed25519(unbase64(key), message, unbase64(signature)), 'a witness signature does not verify');
  }
}

/** What one header fixes: the block at a height, and the root over those before it. */
const point = (header) => ({ height: header.height, block: hex(header.hash), root: hex(header.historyRoot) });

/** Points of a file that was kept from earlier: a receipt, or a tree head. */
export function knownPoints(bytes) {
  try {
    const value = parseLoose(bytes, 'known head');
    if (value?.proof !== undefined) {
      const { genesis, points } = verifyReceipt(readReceipt(bytes), undefined);
      return points.map((p) => ({ ...p, network: hex(genesis.networkId) }));
    }
    integer()(value?.tree_size, 'tree_size');
    hash(value.root_hash, 'root_hash');
    if (value.height !== undefined) require(value.height === value.tree_size, 'tree_size is not the height');
    if (value.block_hash !== undefined) hash(value.block_hash, 'block_hash');
    if (value.network_id !== undefined) hash(value.network_id, 'network_id');
    return [{ height: BigInt(value.tree_size), root: value.root_hash, block: value.block_hash, network: value.network_id }];
  } catch (error) {
    if (error instanceof Invalid) throw new Unusable(`known head: ${error.message}`);
    throw error;
  }
}

/** Compares with what is known. Gives how many points could be compared. */
export function compareKnown(points, known, networkId) {
  let agreeing = 0;
  for (const old of known) {
    require(old.network === undefined || old.network === hex(networkId), 'a known head is of another network');
    const here = points.find((p) => p.height === old.height);
    if (here === undefined) continue;
    require(here.root === old.root && (old.block === undefined || old.block === here.block), `the chain of the receipt is another one than what is known of it at height ${old.height}`);
    agreeing++;
  }
  return { agreeing, notComparable: known.length - agreeing };
}
