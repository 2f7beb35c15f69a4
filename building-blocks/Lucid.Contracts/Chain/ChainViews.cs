namespace Lucid.Contracts.Chain;

/// <summary>GET /chain/info (02 §4.1). Hash rate and difficulty are constants for old clients.</summary>
public sealed record ChainInfo(
    string NetworkName, string NetworkId, string Version, string ConsensusAlgorithm, int BlockTimeSeconds, int BlockTime, long CurrentHeight,
    string GenesisBlock, long TotalTransactions, int NetworkHashRate = 0, int Difficulty = 1);

/// <summary>GET /chain/status.</summary>
/// <param name="Status">healthy, syncing or error.</param>
/// <param name="BlockProductionRate">Blocks per minute over the last blocks, at most 100 of them.</param>
/// <param name="ConsensusMode">bootstrap or poot.</param>
/// <param name="Role">producer, observer, paused or stopped.</param>
public sealed record ChainStatus(
    string Status, long CurrentHeight, long NetworkHeight, int SyncPercentage, DateTimeOffset LastBlockTime, int PeerCount,
    int ConsensusParticipants, double BlockProductionRate, string ConsensusMode, string Role);

public sealed record ChainHeight(long Height, DateTimeOffset Timestamp);

/// <param name="Signature">Base64, over the precommit bytes (02 §6).</param>
public sealed record PrecommitView(string ValidatorId, string Signature);

/// <summary>GET /chain/tree-head: a header is the signed head of the tree over the blocks before it, so tree_size = height.</summary>
public sealed record TreeHeadView(
    long TreeSize, string RootHash, long Height, string BlockHash, DateTimeOffset Timestamp, string Producer, IReadOnlyList<PrecommitView> Commit, string NetworkId);

/// <summary>GET /chain/consistency (RFC 9162 §2.1.4).</summary>
public sealed record ConsistencyView(long First, long Second, string FirstRoot, string SecondRoot, IReadOnlyList<string> Proof);

public sealed record ValidatorView(string ValidatorId, string NodeId, string PublicKey, long SinceHeight);

/// <summary>GET /chain/validators: who votes in an epoch.</summary>
public sealed record ValidatorsView(long Epoch, IReadOnlyList<ValidatorView> Validators, string SetHash, int Quorum);

/// <summary>POST /internal/v1/chain/{pause,resume,resync}.</summary>
public sealed record ChainCommand(string Reason);

/// <param name="VerifiedHeight">For resync: every block up to here was read from disk and verified again.</param>
public sealed record ChainCommandResult(bool Paused, long VerifiedHeight);
