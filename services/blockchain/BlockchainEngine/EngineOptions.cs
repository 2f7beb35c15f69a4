using System.ComponentModel.DataAnnotations;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine;

/// <summary>Settings of the engine (02 §2). What the genesis document fixes may be repeated here and must then agree with it.</summary>
public sealed record EngineOptions
{
    /// <summary>The canonical genesis document.</summary>
    [Required]
    public string? GenesisFile { get; set; }

    /// <summary>64 hex; the only chain this engine serves. Required in production.</summary>
    [RegularExpression("[0-9a-f]{64}")]
    public string? GenesisHash { get; set; }

    /// <summary>Folder of the block log and of the log of accepted transactions.</summary>
    [Required]
    public string BlockStoragePath { get; set; } = "/data/blocks";

    [AllowedValues("PoOT")]
    public string ConsensusAlgorithm { get; set; } = "PoOT";

    /// <summary>Ed25519 seed, base64, mostly as <c>VALIDATOR_KEY_FILE</c>; without it the secret <c>validator-key</c> of the secret store.</summary>
    [Secret]
    public string? ValidatorKey { get; set; }

    public int? BlockTimeSeconds { get; set; }

    public int? BlockSizeLimitMb { get; set; }

    public int? MaxTransactionsPerBlock { get; set; }

    /// <summary>Fewest node validators the operator accepts for leaving bootstrap mode; the genesis document must not ask for fewer.</summary>
    public int? ConsensusParticipantsMin { get; set; }

    /// <summary>Signatures are always required; the guide's switches exist so that <c>false</c> is refused instead of ignored.</summary>
    [AllowedValues(true)]
    public bool BlockSignatureRequired { get; set; } = true;

    /// <inheritdoc cref="BlockSignatureRequired"/>
    [AllowedValues(true)]
    public bool TransactionSignatureRequired { get; set; } = true;

    /// <inheritdoc cref="BlockSignatureRequired"/>
    [AllowedValues(true)]
    public bool MerkleProofValidation { get; set; } = true;

    /// <summary>Settings that contradict the genesis document, one sentence each.</summary>
    public IEnumerable<string> Contradictions(Genesis genesis)
    {
        if (GenesisHash is not null && GenesisHash != genesis.Hash.ToString())
        {
            yield return $"GENESIS_HASH: '{GenesisHash}' is not the hash {genesis.Hash} of GENESIS_FILE; accepted is the chain that was pinned.";
        }

        if (BlockTimeSeconds is { } seconds && seconds != genesis.SlotSeconds)
        {
            yield return $"BLOCK_TIME_SECONDS: {seconds} is not slot_seconds of the genesis document; accepted is {genesis.SlotSeconds}, or nothing.";
        }

        if (BlockSizeLimitMb is { } megabytes && (long)megabytes << 20 != genesis.Limits.BlockSizeBytes)
        {
            yield return $"BLOCK_SIZE_LIMIT_MB: {megabytes} MB is not the {genesis.Limits.BlockSizeBytes} bytes of the genesis document; set the same or nothing.";
        }

        if (MaxTransactionsPerBlock is { } transactions && transactions != genesis.Limits.TransactionsPerBlock)
        {
            yield return $"MAX_TRANSACTIONS_PER_BLOCK: {transactions} is not the limit of the genesis document; accepted is {genesis.Limits.TransactionsPerBlock}, or nothing.";
        }

        if (ConsensusParticipantsMin is { } participants && participants > genesis.Limits.ParticipantsMin)
        {
            yield return $"CONSENSUS_PARTICIPANTS_MIN: {participants} is more than participants_min of the genesis document; accepted is at most {genesis.Limits.ParticipantsMin}, or nothing.";
        }
    }
}
