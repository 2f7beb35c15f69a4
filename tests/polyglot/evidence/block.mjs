// Headers, votes, commits (formats.md §8).
import { require } from './faults.mjs';
import { ed25519, hex, sha256, tagged, taggedHash, u64 } from './crypto.mjs';

export const HeaderLength = 295;
const MaxPosition = 1n << 63n;
export const NoRoot = sha256(); // of the empty tree

export function encodeHeader(h) {
  const bytes = Buffer.alloc(HeaderLength);
  bytes.write('LUCB', 0, 'latin1');
  bytes.writeUInt16BE(1, 4);
  h.networkId.copy(bytes, 6);
  bytes.writeBigUInt64BE(h.height, 38);
  bytes.writeBigUInt64BE(h.slot, 46);
  bytes.writeBigInt64BE(h.timestamp, 54);
  h.previousHash.copy(bytes, 62);
  h.merkleRoot.copy(bytes, 94);
  h.historyRoot.copy(bytes, 126);
  h.lastCommitHash.copy(bytes, 158);
  h.validatorSetHash.copy(bytes, 190);
  h.workTallyRoot.copy(bytes, 222);
  bytes.writeUInt32BE(h.transactionCount, 254);
  bytes.writeUInt32BE(h.bodySize, 258);
  h.producer.copy(bytes, 262);
  bytes[294] = h.producerRank;
  return bytes;
}

export function readHeader(bytes) {
  require(bytes.length === HeaderLength && bytes.toString('latin1', 0, 4) === 'LUCB' && bytes.readUInt16BE(4) === 1, 'no header of version 1');
  const at = (offset) => bytes.subarray(offset, offset + 32);
  const header = {
    networkId: at(6),
    height: bytes.readBigUInt64BE(38),
    slot: bytes.readBigUInt64BE(46),
    timestamp: bytes.readBigInt64BE(54),
    merkleRoot: at(94),
    historyRoot: at(126),
    validatorSetHash: at(190),
    transactionCount: bytes.readUInt32BE(254),
    bodySize: bytes.readUInt32BE(258),
    producer: at(262),
    hash: blockHash(bytes),
  };
  require(header.height < MaxPosition && header.slot < MaxPosition && header.timestamp >= 0n, 'height, slot or time of the header is out of range');
  return header;
}

export const blockHash = (header) => taggedHash('lucid/block/v1', header);

export function readCommit(bytes) {
  require(bytes.length >= 50, 'the commit is too short');
  const count = bytes.readUInt16BE(48);
  require(bytes.length === 50 + count * 96, 'the commit has another length than its count says');
  const commit = { height: bytes.readBigUInt64BE(0), slot: bytes.readBigUInt64BE(8), blockHash: bytes.subarray(16, 48), precommits: [] };
  for (let i = 0, offset = 50; i < count; i++, offset += 96) {
    commit.precommits.push({ voter: hex(bytes.subarray(offset, offset + 32)), signature: bytes.subarray(offset + 32, offset + 96) });
  }
  require(commit.precommits.every((p, i) => i === 0 || commit.precommits[i - 1].voter < p.voter), 'the precommits are not in ascending order of voters');
  return commit;
}

export const blockSignatureBytes = (hash) => tagged('lucid/block-sig/v1', hash);

export const voteBytes = (networkId, height, slot, phase, hash) =>
  tagged('lucid/vote/v1', networkId, u64(height), u64(slot), Buffer.of(phase), hash);

/** A block as receipts show it is final under these voters (id in hex → key). Gives its header and who signed. */
export function verifyFinal({ header: headerBytes, signature, commit: commitBytes }, genesis, voters, quorum, setHash) {
  const header = readHeader(headerBytes);
  const { document, networkId, time } = genesis;
  require(header.networkId.equals(networkId), 'the block is of another network');
  require(header.height > 0n, 'block 0 is not shown but follows from the genesis');
  const start = BigInt(time) + header.slot * BigInt(document.slot_seconds * 1000);
  require(header.timestamp >= start && header.timestamp < start + BigInt(document.slot_seconds * 1000), 'the time of the block is outside its slot');
  require(header.transactionCount <= document.limits.transactions_per_block, 'the block has more transactions than allowed');
  require(header.validatorSetHash.equals(setHash), 'the block names another set of keys than the one in force');
  const producer = voters.get(hex(header.producer));
  require(producer !== undefined, 'the producer of the block is no voter');
  require(ed25519(producer, blockSignatureBytes(header.hash), signature), 'the signature of the block does not verify');

  const commit = readCommit(commitBytes);
  require(commit.height === header.height && commit.blockHash.equals(header.hash), 'the commit is for another block');
  require(commit.slot >= header.slot && commit.slot < MaxPosition, 'the commit is of a slot before its block');
  const message = voteBytes(networkId, commit.height, commit.slot, 2, header.hash);
  for (const { voter, signature: vote } of commit.precommits) {
    const key = voters.get(voter);
    require(key !== undefined, 'a precommit is by somebody who is no voter');
    require(ed25519(key, message, vote), 'a precommit does not verify');
  }
  require(commit.precommits.length >= quorum(voters.size), 'the commit has no quorum');
  return { header, signers: commit.precommits.length, voters: voters.size };
}
