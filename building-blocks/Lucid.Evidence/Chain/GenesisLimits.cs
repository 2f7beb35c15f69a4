namespace Lucid.Evidence;

/// <summary>Limits every block of the chain keeps.</summary>
/// <param name="BlockSizeBytes">Largest block: header, signature, embedded commit and body; 65,536 to 16 MiB.</param>
/// <param name="TransactionsPerBlock">1 to 10,000.</param>
/// <param name="ParticipantsMin">Node validators needed to leave bootstrap mode for good, 1 to 100.</param>
public sealed record GenesisLimits(int BlockSizeBytes = 1_048_576, int TransactionsPerBlock = 1000, int ParticipantsMin = 3);
