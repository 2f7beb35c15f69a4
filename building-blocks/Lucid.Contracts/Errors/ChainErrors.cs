using static Lucid.Contracts.Errors.LucidErrors;

namespace Lucid.Contracts.Errors;

/// <summary>Numbers of the blockchain cluster (02 §5); the same numbers mean other things elsewhere.</summary>
public static class ChainErrors
{
    public static readonly ErrorCode BlockNotFound = Define(4001, 404, "Block not found");
    public static readonly ErrorCode BlockStructure = Define(4002, 400, "Block structure invalid");
    public static readonly ErrorCode BlockValidation = Define(4003, 400, "Block validation failed");
    public static readonly ErrorCode BlockSignature = Define(4004, 400, "Block signature invalid");
    public static readonly ErrorCode MerkleRootMismatch = Define(4005, 400, "Merkle root mismatch");
    public static readonly ErrorCode BlockTimestamp = Define(4006, 400, "Block timestamp or slot invalid");
    public static readonly ErrorCode BlockHeight = Define(4007, 409, "Height mismatch");
    public static readonly ErrorCode BlockSize = Define(4008, 413, "Block size limit");
    public static readonly ErrorCode TransactionNotFound = Define(5001, 404, "Transaction not found");
    public static readonly ErrorCode TransactionFormat = Define(5002, 400, "Transaction format invalid");
    public static readonly ErrorCode TransactionConflict = Define(5002, 409, "Nonce already used for another transaction");
    public static readonly ErrorCode TransactionSignature = Define(5003, 400, "Transaction signature invalid");
    public static readonly ErrorCode TransactionFee = Define(5004, 400, "Fee must be 0");
    public static readonly ErrorCode TransactionRate = Define(5005, 429, "Transaction rate limit");
    public static readonly ErrorCode BatchFailed = Define(5006, 400, "Whole batch failed");
    public static readonly ErrorCode ConfirmationTimeout = Define(5007, 504, "Confirmation timed out");
    public static readonly ErrorCode AnchoringNotFound = Define(6001, 404, "Anchoring not found");
    public static readonly ErrorCode AnchoringInvalid = Define(6002, 400, "Anchoring request invalid");
    public static readonly ErrorCode AnchoringUnconfirmed = Define(6002, 409, "Anchoring not confirmed yet");
    public static readonly ErrorCode AnchoringState = Define(6002, 409, "Not possible in this state of the anchoring");
    public static readonly ErrorCode VerificationFailed = Define(6003, 400, "Verification could not run");
    public static readonly ErrorCode ManifestInvalid = Define(6004, 400, "Manifest invalid");
    public static readonly ErrorCode AnchoringRate = Define(6005, 429, "Anchoring rate limit");
    public static readonly ErrorCode AnchoredDifferently = Define(6006, 409, "Session already anchored with different content");
    public static readonly ErrorCode NotParticipant = Define(7001, 403, "Not an authorised participant");
    public static readonly ErrorCode VoteInvalid = Define(7002, 400, "Vote invalid");
    public static readonly ErrorCode VoteConflict = Define(7002, 409, "Vote conflicts with an earlier one");
    public static readonly ErrorCode ConsensusTimeout = Define(7003, 504, "Consensus timed out");
    public static readonly ErrorCode TooFewParticipants = Define(7004, 503, "Too few participants");
    public static readonly ErrorCode VoteSignature = Define(7005, 400, "Vote signature invalid");
    public static readonly ErrorCode RoundNotActive = Define(7006, 409, "Round not active");
    public static readonly ErrorCode TreeNotFound = Define(8001, 404, "Merkle tree or chunk not found");
    public static readonly ErrorCode TreeCorrupt = Define(8002, 500, "Stored tree corrupt");
    public static readonly ErrorCode ProofMalformed = Define(8003, 400, "Proof malformed");
    public static readonly ErrorCode TreeBuildFailed = Define(8004, 500, "Tree could not be built");
    public static readonly ErrorCode ChunkHashInvalid = Define(8005, 400, "Chunk hash invalid");
    public static readonly ErrorCode TreeTooHigh = Define(8006, 400, "Tree height limit");
    public static readonly ErrorCode Internal = Define(5901, 500, "Internal error");
    public static readonly ErrorCode Database = Define(5902, 503, "Database unavailable");
    public static readonly ErrorCode Dependency = Define(5903, 503, "Dependency failed");
    public static readonly ErrorCode Configuration = Define(5904, 500, "Configuration error");
    public static readonly ErrorCode Timeout = Define(5906, 504, "Timed out");
    public static readonly ErrorCode CircuitOpen = Define(5907, 503, "Circuit open");
    public static readonly ErrorCode Unavailable = Define(5908, 503, "Unavailable");
}
